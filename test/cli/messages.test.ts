import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cliMessages } from '../../cli/src/messages.en.ts';
import { reportMessages } from '../../core/src/report/messages.en.ts';
import chinese from '../../l10n/cli.zh-cn.json' with { type: 'json' };
import { templatesFor } from '../../server/src/locale.ts';

const placeholders = (text: string): string[] => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();
const optionsIn = (text: string): string[] => (text.match(/--[a-z-]+|[A-Z]{2,}(?:=[A-Z]+)?/g) ?? []).sort();

test('every text exists in Chinese, with the same placeholders and the same options', () => {
  expect(Object.keys(chinese)).toEqual(Object.keys(cliMessages));
  for (const [id, text] of Object.entries<string>(chinese)) {
    const english = cliMessages[id] ?? '';
    expect([id, placeholders(text)]).toEqual([id, placeholders(english)]);
    if (id.startsWith('cli/usage')) expect([id, optionsIn(text)]).toEqual([id, optionsIn(english)]);
    expect([id, text]).toEqual([id, expect.stringMatching(/\p{Script=Han}|、/u)]);
  }
});

test('the Chinese texts reach whoever speaks Chinese', () => {
  expect(templatesFor('zh_CN.UTF-8').get('cli/clean')).toBe(chinese['cli/clean']);
  expect(templatesFor('en').get('cli/clean')).toBeUndefined();
});

test('every text is used', () => {
  const sources = ['../../cli/src/', '../../cli/src/commands/', '../../cli/src/live/', '../../core/src/report/']
    .map((folder) => new URL(folder, import.meta.url))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts') && name !== 'messages.en.ts')
        .map((name) => readFileSync(new URL(name, folder), 'utf8')),
    )
    .join('\n');
  // Ids that are put together from a prefix and a name.
  const families = /^cli\/(?:count|usage|progress|capability|column|rule|fix|baseline|step|connection)\./;
  const unused = Object.keys(cliMessages).filter((id) => !families.test(id) && !sources.includes(`'${id}'`));
  expect(unused).toEqual([]);
  const counted = [...new Set(Object.keys(cliMessages).flatMap((id) => /^cli\/count\.(\w+)\./.exec(id)?.[1] ?? []))];
  const levels = ['error', 'warning', 'info', 'hint'];
  expect(
    counted.filter((thing) => !levels.includes(thing) && !new RegExp(`'${thing}'|count\\.${thing}\\.`).test(sources)),
  ).toEqual([]);
});

test('the texts of reports are among those of the command line', () => {
  expect(Object.keys(reportMessages).filter((id) => cliMessages[id] !== reportMessages[id])).toEqual([]);
});
