import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { messages } from '../../server/src/cluster/messages.en.ts';

const folder = new URL('../../server/src/cluster/', import.meta.url);
const chinese: unknown = JSON.parse(readFileSync(new URL('../../l10n/cluster.zh-cn.json', import.meta.url), 'utf8'));

const placeholders = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? ''))].sort();

test('every text exists in Chinese, with the same placeholders', () => {
  expect(Object.keys(chinese ?? {})).toEqual(Object.keys(messages));
  for (const [id, text] of Object.entries(chinese ?? {})) {
    const english = Object.entries(messages).find(([key]) => key === id)?.[1] ?? '';
    expect([id, placeholders(String(text))]).toEqual([id, placeholders(english)]);
    expect(text).toMatch(/\p{Script=Han}|^\{\{reason\}\}/u);
  }
});

test('every text is used', () => {
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'messages.en.ts')
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  expect(Object.keys(messages).filter((id) => !sources.includes(`'${id}'`))).toEqual([]);
});
