/** The presets named after other linters find what those find, case by case; where not, a page for users says why. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ParityCase } from './case.ts';
import { readConfiguration } from '../../core/src/lint/configuration.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { lintText, repository } from '../rules/harness.ts';
import { kubeLinter } from './kube-linter.ts';
import { kubeScore } from './kube-score.ts';
import { polaris } from './polaris.ts';

const tools: Readonly<Record<string, readonly ParityCase[]>> = {
  'kube-linter': kubeLinter,
  'kube-score': kubeScore,
  polaris,
};

const rulesOf = (tool: string, check: string) => rules.filter(({ aliases }) => aliases.includes(`${tool}:${check}`));

function count(tool: string, { check, text }: ParityCase): number {
  const { configuration } = readConfiguration(`extends: ${tool}\n`, rules);
  const own = new Set(rulesOf(tool, check).map(({ id }) => id));
  return lintText(text, rules, configuration).filter(({ rule }) => own.has(rule)).length;
}

describe.each(Object.entries(tools))('%s', (tool, cases) => {
  test.each(cases.map((entry) => [entry.check, entry.title, entry] as const))('%s: %s', (_check, _title, entry) => {
    expect(count(tool, entry)).toBe(entry.differs?.ours ?? entry.theirs);
  });

  test('has a case for every check that a rule is mapped to', () => {
    const checks = new Set(
      rules
        .flatMap(({ aliases }) => aliases)
        .filter((alias) => alias.startsWith(`${tool}:`))
        .map((alias) => alias.slice(tool.length + 1)),
    );
    expect([...checks].filter((check) => !cases.some((entry) => entry.check === check))).toEqual([]);
  });
});

const heading = '## Case by case';

test('the page for users lists every difference', () => {
  const rows = Object.entries(tools).flatMap(([tool, cases]) =>
    cases.flatMap(({ check, title, theirs, differs }) =>
      differs === undefined
        ? []
        : [`| ${tool} | ${check} | ${title} | ${theirs} | ${differs.ours} | ${differs.because} |`],
    ),
  );
  const agreeing = Object.entries(tools).map(
    ([tool, cases]) =>
      `- ${tool}: ${cases.filter(({ differs }) => !differs).length} of ${cases.length} cases count the same.`,
  );
  const section = [
    heading,
    '',
    'Each check is compared on small manifests with what the tool reports on the like, as its own tests and source tell.',
    '',
    ...agreeing,
    '',
    'The others, and why:',
    '',
    '| Tool | Check | Manifest | Theirs | Ours | Why |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  const path = join(repository, 'docs', 'parity.md');
  const [written = ''] = readFileSync(path, 'utf8').split(heading);
  if (process.env['UPDATE'] !== undefined) writeFileSync(path, written + section);
  expect(readFileSync(path, 'utf8')).toBe(written + section);
});
