/** Presets that reproduce what other linters count, and the table of which rule stands for which of their checks. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../core/src/lint/configuration.ts';
import type { Preset } from '../../core/src/lint/presets.ts';
import { presetSetting } from '../../core/src/lint/presets.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { deployment } from './manifests.ts';
import { lintText } from './support.ts';

/** Rules by the check of another linter, by linter. */
const table = JSON.parse(readFileSync(new URL('../fixtures/rule-aliases.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, string[]>
>;
const aliasesOf = (id: string): string[] =>
  Object.entries(table)
    .flatMap(([tool, checks]) =>
      Object.entries(checks).flatMap(([check, mapped]) => (mapped.includes(id) ? [`${tool}:${check}`] : [])),
    )
    .sort();

describe('names in other linters', () => {
  test.each(rules.map(({ id, aliases }) => [id, aliases] as const))('%s', (id, aliases) => {
    expect([...aliases].sort()).toEqual(aliasesOf(id));
  });
});

const on = (preset: Preset): string[] =>
  rules
    .filter((rule) => presetSetting(rule, preset).level !== 'off')
    .map(({ id }) => id)
    .sort();

describe.each(['kube-linter', 'kube-score', 'polaris'] as const)('preset %s', (tool) => {
  test('switches on exactly the rules that stand for checks of it, opt-in ones too', () => {
    const mapped = new Set(Object.values(table[tool] ?? {}).flat());
    mapped.delete('best-effort-pod');
    expect(on(tool)).toEqual(
      rules
        .map(({ id }) => id)
        .filter((id) => mapped.has(id))
        .sort(),
    );
    expect(on(tool).length).toBeGreaterThan(5);
  });

  test('is a name that a configuration may extend', () => {
    expect(readConfiguration(`extends: ${tool}\n`, rules)).toMatchObject({
      problems: [],
      configuration: { extends: tool },
    });
  });
});

const found = (text: string, configuration: string): string[] =>
  lintText(text, { configuration: readConfiguration(configuration, rules).configuration }).map(({ rule }) => rule);
const two = deployment('web').replace('spec:\n', 'spec:\n  replicas: 2\n');

describe('thresholds', () => {
  test('kube-linter wants three replicas, the others two', () => {
    expect(
      ['kube-linter', 'kube-score', 'polaris'].map((tool) =>
        found(two, `extends: ${tool}\n`).includes('single-replica'),
      ),
    ).toEqual([true, false, false]);
  });

  test('what the file says goes before them', () => {
    expect(found(two, 'extends: kube-linter\nrules: { single-replica: { minReplicas: 2 } }\n')).not.toContain(
      'single-replica',
    );
    expect(found(two, 'extends: kube-linter\nrules: { single-replica: off }\n')).not.toContain('single-replica');
  });
});

test('every finding counts, also those that ours join into one cause', () => {
  const asked = ['replicas-not-spread', 'single-replica'];
  const both = (configuration: string): string[] =>
    found(two, configuration)
      .filter((rule) => asked.includes(rule))
      .sort();
  expect(both('extends: kube-linter\n')).toEqual(asked);
  expect(both('extends: recommended\nrules: { single-replica: { minReplicas: 3 } }\n')).toEqual(['single-replica']);
});
