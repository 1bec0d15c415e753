import { describe, expect, test } from 'vitest';
import {
  completeConfiguration,
  completeSuppression,
  describeRule,
} from '../../core/src/features/configuration-assist.ts';
import { firstConfiguration } from '../../core/src/features/first-configuration.ts';
import { readConfiguration } from '../../core/src/lint/configuration.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { Project } from '../../core/src/workspace/project.ts';

/** Splits a text at its cursor mark. */
function at(marked: string): [text: string, offset: number] {
  const offset = marked.indexOf('|');
  return [marked.slice(0, offset) + marked.slice(offset + 1), offset];
}
const labels = (marked: string): string[] =>
  completeConfiguration(...at(marked), rules).items.map(({ label }) => label);

describe('completion in selfheal.yaml', () => {
  test.each([
    ['|', ['extends', 'rules', 'overrides', 'kubernetes', 'ignore', 'known', 'podTemplates']],
    ['podTemplates:\n  - |', ['group', 'kind', 'template', 'replicas', 'selector']],
    ['podTemplates:\n  - group: a.example\n    template: |', ['spec.template', 'spec.podTemplate']],
    ['extends: |', ['minimal', 'recommended', 'strict', 'kube-linter', 'kube-score', 'polaris']],
    ['rules:\n  single-replica: |', ['error', 'warning', 'info', 'hint', 'off']],
    ['known:\n  |', ['containers', 'storageClasses', 'namespaces', 'selectors', 'objects']],
    ['overrides:\n  - |', ['files', 'kinds', 'namespaces', 'names', 'rules']],
    ['overrides:\n  - files: [a]\n    |', ['files', 'kinds', 'namespaces', 'names', 'rules']],
    ['rules:\n  single-replica:\n    level: |', ['error', 'warning', 'info', 'hint', 'off']],
  ])('%j', (marked, expected) => {
    expect(labels(marked)).toEqual(expected);
  });

  test('offers every rule below rules, also in overrides and with a word begun', () => {
    const ids = rules.map(({ id }) => id);
    expect(labels('rules:\n  |')).toEqual(ids);
    expect(labels('overrides:\n  - files: [a]\n    rules:\n      |')).toEqual(ids);
    const { replaces } = completeConfiguration(...at('rules:\n  single-re|'), rules);
    expect(replaces).toEqual({ start: 9, end: 18 });
  });

  test("offers a rule's options", () => {
    const rule = rules.find(({ options }) => options !== undefined)!;
    expect(labels(`rules:\n  ${rule.id}:\n    |`)).toEqual(['level', ...Object.keys(rule.options!)]);
  });
});

describe('suppression comments', () => {
  test.each(['# selfheal-ignore |', 'replicas: 1 # selfheal-ignore single-replica, |', '#selfheal-ignore-file mem|'])(
    '%j offers rules',
    (marked) => {
      expect(completeSuppression(...at(marked), rules)?.items.map(({ label }) => label)).toContain(
        'memory-limit-missing',
      );
    },
  );
  test.each(['# selfheal-ignore a -- because |', 'replicas: |', '# about selfheal |'])(
    '%j offers nothing',
    (marked) => {
      expect(completeSuppression(...at(marked), rules)).toBeUndefined();
    },
  );
});

describe('hover', () => {
  test('tells what a rule is about', () => {
    const found = describeRule(...at('rules:\n  single|-replica: off'), rules);
    expect(found).toMatchObject({ range: { start: 9, end: 23 } });
    expect(found?.markdown).toContain('**single-replica**');
  });
  test('tells what a key is for, and nothing of other words', () => {
    expect(describeRule(...at('ext|ends: strict'), rules)?.markdown).toContain('minimal');
    expect(describeRule(...at('extends: str|ict'), rules)).toBeUndefined();
  });
});

test('a first configuration is valid, and names what the workspace needs', () => {
  const project = Project.from([
    [
      'file:///a.yaml',
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: a }\nspec: { storageClassName: fast }\n',
    ],
    [
      'file:///c.yaml',
      'apiVersion: example.com/v1\nkind: Worker\nmetadata: { name: a }\nspec: { replicas: 1, template: { spec: { containers: [{ name: a }] } } }\n',
    ],
    ['file:///b.yaml', 'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: slow }\n'],
  ]);
  const text = firstConfiguration(project, []);
  const { configuration, problems } = readConfiguration(text, rules);
  expect(problems).toEqual([]);
  expect(configuration.known.storageClasses).toEqual(['fast']);
  const uncommented = readConfiguration(text.replace('# podTemplates', 'podTemplates').replace('#   -', '  -'), rules);
  expect(uncommented.problems).toEqual([]);
  expect([...uncommented.configuration.podTemplates]).toEqual([
    ['example.com/Worker', { template: ['spec', 'template'], replicas: ['spec', 'replicas'] }],
  ]);
});
