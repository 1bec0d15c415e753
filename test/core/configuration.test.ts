import { describe, expect, test } from 'vitest';
import type { Configuration } from '../../core/src/lint/configuration.ts';
import { defaultConfiguration, readConfiguration, settingFor } from '../../core/src/lint/configuration.ts';
import type { Rule } from '../../core/src/lint/rule.ts';
import { deployment } from './manifests.ts';
import { lintFiles, probeRule, root, serviceRule, testRules } from './support.ts';

const read = (text: string): ReturnType<typeof readConfiguration> => readConfiguration(text, testRules);
const configured = (text: string): Configuration => {
  const { configuration, problems } = read(text);
  expect(problems).toEqual([]);
  return configuration;
};

/** Malformed files: text, then each mistake as message, the text it points at, and what the message fills in. */
const malformed: readonly (readonly [
  string,
  string,
  readonly (readonly [string, string, Readonly<Record<string, string>>])[],
])[] = [
  ['unknown key', 'extend: strict\n', [['unknown-key', 'extend', { name: 'extend', suggestion: 'extends' }]]],
  ['unknown key like no other', 'zzzzzzzz: 1\n', [['unknown-key', 'zzzzzzzz', { name: 'zzzzzzzz' }]]],
  [
    'unknown preset',
    'extends: recomended\n',
    [['wrong-value', 'recomended', { name: 'extends', value: 'recomended' }]],
  ],
  ['preset of the wrong type', 'extends: [strict]\n', [['wrong-value', 'extends', { name: 'extends' }]]],
  [
    'unknown rule',
    'rules:\n  test-prob: off\n',
    [['unknown-rule', 'test-prob', { name: 'test-prob', suggestion: 'test-probe' }]],
  ],
  [
    'unknown level',
    'rules:\n  test-probe: fatal\n',
    [['wrong-value', 'fatal', { name: 'test-probe', value: 'fatal' }]],
  ],
  [
    'unknown option',
    'rules:\n  test-probe: {limt: 3}\n',
    [['unknown-option', 'limt', { rule: 'test-probe', name: 'limt', suggestion: 'limit' }]],
  ],
  [
    'option of the wrong type',
    'rules:\n  test-probe: {limit: "3"}\n',
    [['wrong-value', '"3"', { name: 'test-probe.limit' }]],
  ],
  [
    'list option of the wrong type',
    'rules:\n  test-probe: {names: a}\n',
    [['wrong-value', 'a', { name: 'test-probe.names', expected: 'a list' }]],
  ],
  [
    'level of the wrong kind in a map',
    'rules:\n  test-probe: {level: loud}\n',
    [['wrong-value', 'loud', { name: 'test-probe.level' }]],
  ],
  ['version', 'kubernetes: latest\n', [['wrong-value', 'latest', { name: 'kubernetes', value: 'latest' }]]],
  [
    'pod templates that are no list',
    'podTemplates: {group: example.com}\n',
    [['wrong-value', 'podTemplates', { name: 'podTemplates', expected: 'a list' }]],
  ],
  ['pod template that is no map', 'podTemplates: [Worker]\n', [['wrong-value', 'Worker', { name: 'podTemplates' }]]],
  [
    'pod template without a path',
    'podTemplates: [{group: example.com, kind: Worker}]\n',
    [['missing-value', 'group: example.com', { name: 'podTemplates.template' }]],
  ],
  [
    'pod template of a group with a version, with a path that is none',
    'podTemplates: [{group: example.com/v1, kind: worker, template: "spec[0]", replicas: 3.5.}]\n',
    [
      ['wrong-value', 'example.com/v1', { name: 'podTemplates.group' }],
      ['wrong-value', 'worker', { name: 'podTemplates.kind' }],
      ['wrong-value', '"spec[0]"', { name: 'podTemplates.template' }],
      ['wrong-value', '3.5.', { name: 'podTemplates.replicas' }],
    ],
  ],
  [
    'unknown key of a pod template',
    'podTemplates: [{group: a.example, kind: Worker, template: spec.template, replica: spec.size}]\n',
    [['unknown-key', 'replica', { name: 'replica', suggestion: 'replicas' }]],
  ],
  [
    'pod template of a kind that is known, or declared twice',
    'podTemplates:\n  - {group: argoproj.io, kind: Rollout, template: spec.template}\n  - &a {group: a.example, kind: Worker, template: spec.template}\n  - {group: a.example, kind: Worker, template: spec.pods}\n',
    [
      ['wrong-value', 'Rollout', { name: 'podTemplates.kind', expected: 'a kind that Selfheal does not know' }],
      ['wrong-value', 'Worker', { name: 'podTemplates.kind', expected: 'one entry for each kind' }],
    ],
  ],
  ['ignore that is no list', 'ignore: a.yaml\n', [['wrong-value', 'a.yaml', { name: 'ignore', expected: 'a list' }]]],
  [
    'overrides that are no list',
    'overrides: {files: [a]}\n',
    [['wrong-value', 'overrides', { name: 'overrides', expected: 'a list' }]],
  ],
  [
    'unknown key of an override',
    'overrides:\n  - file: [a]\n',
    [['unknown-key', 'file', { name: 'file', suggestion: 'files' }]],
  ],
  [
    'unknown rule of an override',
    'overrides:\n  - rules: {test-servic: off}\n',
    [['unknown-rule', 'test-servic', { suggestion: 'test-service' }]],
  ],
  [
    'unknown key of known',
    'known: {storageClass: [a]}\n',
    [['unknown-key', 'storageClass', { suggestion: 'storageClasses' }]],
  ],
  ['rules that are no map', 'rules: [test-probe]\n', [['wrong-value', 'rules', { name: 'rules' }]]],
  ['known that is no map', 'known: containers\n', [['wrong-value', 'containers', { name: 'known' }]]],
  ['an override that is no map', 'overrides: [x]\n', [['wrong-value', 'x', { name: 'overrides' }]]],
  ['a list at the top', '- extends: strict\n', [['wrong-value', 'extends: strict', { name: 'selfheal.yaml' }]]],
  ['a word at the top', 'strict\n', [['wrong-value', 'strict', { name: 'selfheal.yaml' }]]],
  [
    'several mistakes',
    'extend: a\nrules: {x-y-z-unlike: off, test-probe: loud}\n',
    [
      ['unknown-key', 'extend', {}],
      ['unknown-rule', 'x-y-z-unlike', {}],
      ['wrong-value', 'loud', {}],
    ],
  ],
];

describe('a malformed selfheal.yaml', () => {
  test.each(malformed)('%s', (_name, text, expected) => {
    const { problems } = read(text);
    expect(problems.map(({ message, range }) => [message, text.slice(range.start, range.end)])).toEqual(
      expected.map(([message, at]) => [message, at]),
    );
    for (const [index, [, , data]] of expected.entries()) expect(problems[index]?.data).toMatchObject(data);
    for (const { message, data } of problems)
      if (message.startsWith('unknown')) expect(data['suggestion']).toBeTruthy();
      else if (message === 'wrong-value') expect(data['expected']).toBeTruthy();
  });

  test('broken YAML gives one problem and the defaults', () => {
    const { configuration, problems } = read('extends: "strict\nrules: {\n');
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toBe('syntax');
    expect(problems[0]?.data['reason']).toBeTruthy();
    expect(configuration).toEqual(defaultConfiguration);
  });

  test('what is right in it still counts', () => {
    const { configuration } = read(
      'extends: strict\nrule: x\nrules:\n  nonsense-of-mine: off\n  test-probe: error\nignore: [a]\n',
    );
    expect(configuration.extends).toBe('strict');
    expect(configuration.rules.get('test-probe')).toEqual({ level: 'error' });
    expect(configuration.ignore).toEqual(['a']);
  });

  test.each(['', '# only a comment\n', '---\n', 'null\n'])('%j is the default', (text) => {
    expect(configured(text)).toEqual(defaultConfiguration);
  });
});

describe('settings', () => {
  const levels = (text: string, rule: Rule, subject: Partial<Parameters<typeof settingFor>[2]> = {}): string =>
    settingFor(
      rule,
      configured(text),
      { path: 'a.yaml', kind: 'Deployment', namespace: undefined, name: 'web', ...subject },
      (glob, path) => glob === path,
    ).level;

  test('presets choose by tier and severity', () => {
    const rule = (tier: 1 | 2 | 3, severity: Rule['severity']): Rule => ({ ...probeRule, tier, severity });
    const table = [
      [1, 'error', 'error', 'error', 'error'],
      [1, 'warning', 'off', 'warning', 'warning'],
      [1, 'info', 'off', 'info', 'info'],
      [2, 'error', 'off', 'error', 'error'],
      [2, 'warning', 'off', 'warning', 'warning'],
      [2, 'info', 'off', 'off', 'info'],
      [3, 'error', 'off', 'off', 'off'],
    ] as const;
    for (const [tier, severity, minimal, recommended, strict] of table)
      expect([
        tier,
        severity,
        ...['minimal', 'recommended', 'strict'].map((preset) => levels(`extends: ${preset}\n`, rule(tier, severity))),
      ]).toEqual([tier, severity, minimal, recommended, strict]);
  });

  test('a rule named in the file overrules the preset; an unquoted off is off', () => {
    expect(levels('extends: minimal\nrules: {test-probe: hint}\n', probeRule)).toBe('hint');
    expect(levels('rules:\n  test-probe: off\n', probeRule)).toBe('off');
    expect(levels('rules:\n  test-probe: {level: off}\n', probeRule)).toBe('off');
    expect(levels('rules:\n  test-probe: {limit: 5}\n', probeRule)).toBe('warning');
  });

  test.each([
    ['files: [a.yaml]', {}, 'error'],
    ['files: [b.yaml]', {}, 'warning'],
    ['kinds: [Deployment]', {}, 'error'],
    ['kinds: [Pod, Deployment]', {}, 'error'],
    ['kinds: [Pod]', {}, 'warning'],
    ['namespaces: [shop]', { namespace: 'shop' }, 'error'],
    ['namespaces: [shop]', {}, 'warning'],
    ['names: [web]', {}, 'error'],
    ['names: [web], kinds: [Pod]', {}, 'warning'],
    ['names: [web], files: [a.yaml]', {}, 'error'],
  ])('an override by %s for %j gives %s', (where, subject, expected) => {
    expect(levels(`overrides: [{${where}, rules: {test-probe: error}}]\n`, probeRule, subject)).toBe(expected);
  });

  test('of several overrides the last one wins, options add up', () => {
    const configuration = configured(
      'rules: {test-probe: {limit: 1, names: [a]}}\noverrides:\n  - rules: {test-probe: {level: error, limit: 2}}\n  - rules: {test-probe: {level: hint}}\n',
    );
    const setting = settingFor(
      probeRule,
      configuration,
      { path: 'a', kind: 'X', namespace: undefined, name: undefined },
      () => true,
    );
    expect(setting).toEqual({ level: 'hint', options: { limit: 2, names: ['a'] } });
  });

  test('globs reach lint: ignored files have no findings, overrides change levels of their files and objects only', () => {
    const files = { 'apps/a.yaml': deployment('web'), 'vendor/b.yaml': deployment('web') };
    const setup = (text: string): Parameters<typeof lintFiles>[2] => ({
      rules: [probeRule, serviceRule],
      configuration: configured(text),
    });
    const severities = (path: string, text: string): string[] =>
      lintFiles(files, path, setup(text)).map(({ severity }) => severity);
    expect(severities('vendor/b.yaml', 'ignore: ["vendor/**"]\n')).toEqual([]);
    expect(severities('apps/a.yaml', 'ignore: ["vendor/**"]\n')).toEqual(['warning']);
    const byGlob = 'overrides: [{files: ["vendor/**"], names: ["w*"], rules: {test-probe: info}}]\n';
    expect([severities('vendor/b.yaml', byGlob), severities('apps/a.yaml', byGlob)]).toEqual([['info'], ['warning']]);
    expect(root.endsWith('/')).toBe(true);
  });

  test('what the user declares adds to what is known by default', () => {
    const { known, kubernetes } = configured(
      'kubernetes: 1.30\nknown: {containers: [my-agent], namespaces: [infra], storageClasses: [fast], selectors: [example.com/]}\n',
    );
    expect(kubernetes).toEqual({ major: 1, minor: 30 });
    expect(known.containers).toEqual([...defaultConfiguration.known.containers, 'my-agent']);
    expect(known.namespaces).toEqual([...defaultConfiguration.known.namespaces, 'infra']);
    expect(known.storageClasses).toEqual(['fast']);
    expect(known.selectors.at(-1)).toBe('example.com/');
  });
});
