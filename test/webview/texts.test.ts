import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { english } from '../../client/webview/texts.en.ts';
import { settings } from '../../core/src/settings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const json = (path: string): Record<string, string> =>
  JSON.parse(readFileSync(`${root}/${path}`, 'utf8')) as Record<string, string>;
const sources = (folder: string): readonly string[] =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(`${root}/${folder}/${file}`, 'utf8'));
const placeholders = (text: string): readonly string[] => [...text.matchAll(/\{\{\w+\}\}|\{\d\}/g)].map(String).sort();

test('the dashboard says the same in Chinese as in English, with the same placeholders', () => {
  const chinese = json('l10n/dashboard.zh-cn.json');
  expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
  for (const [id, text] of Object.entries(english))
    expect([id, placeholders(chinese[id] ?? '')]).toEqual([id, placeholders(text)]);
});

test('every text id that the dashboard names has an English text', () => {
  const named = sources('client/webview').flatMap((source) =>
    [...source.matchAll(/'((?:ui|unit)\.[\w.]*\w)'(?!:)/g)].map((match) => match[1] ?? ''),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((id) => !(id in english))).toEqual([]);
});

test('every text of the extension has a Chinese one, and no Chinese one is left over', () => {
  const bundle = json('l10n/bundle.l10n.zh-cn.json');
  const used = sources('client/src').flatMap((source) =>
    [...source.matchAll(/(?<![\w.])(?:vscode\.l10n\.)?t\(\s*'([^']*)'/g)].map((match) => match[1] ?? ''),
  );
  expect(used.length).toBeGreaterThan(50);
  expect(Object.keys(bundle).sort()).toEqual([...new Set(used)].sort());
  for (const [key, text] of Object.entries(bundle)) expect([key, placeholders(text)]).toEqual([key, placeholders(key)]);
});

test('the manifest names only texts that both languages have', () => {
  const manifest = readFileSync(`${root}/package.json`, 'utf8');
  const named = [...new Set([...manifest.matchAll(/"%([\w.-]+)%"/g)].map((match) => match[1] ?? ''))].sort();
  const english = Object.keys(json('package.nls.json'));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((key) => !english.includes(key))).toEqual([]);
  expect(Object.keys(json('package.nls.zh-cn.json')).sort()).toEqual(english.sort());
});

test('settings are described in the manifest as where they are declared', () => {
  const described = Object.entries(json('package.nls.json')).filter(([key]) => key.startsWith('setting.'));
  const declared = Object.entries(settings).map(([name, setting]) => [`setting.${name}`, setting.description]);
  expect(Object.fromEntries(described)).toEqual(Object.fromEntries(declared));
});
