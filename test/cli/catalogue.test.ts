import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { terminalText } from '../../cli/src/markdown.ts';
import { rulePage } from '../../cli/src/pages.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { useCli } from './harness.ts';

const cli = useCli();
const plain = (_style: string, text: string): string => text;

describe('selfheal rules', () => {
  test('lists every rule under its capability, with level, tier, preset and fixes', () => {
    const { code, out } = cli.run(['rules']);
    expect(code).toBe(0);
    for (const { id, severity, tier } of rules) expect(out).toMatch(new RegExp(`^  ${id} +${severity} +${tier} `, 'm'));
    expect(out).toMatch(
      /^Container restarts\n(?: {2}.*\n)* {2}restart-policy-not-always +error +1 +minimal +safe, review$/m,
    );
    expect(out).toContain(`\n${rules.length} rules.\n`);
  });

  test('as JSON', () => {
    const { rules: listed } = JSON.parse(cli.run(['rules', '--format', 'json']).out) as { rules: { id: string }[] };
    expect(listed.map(({ id }) => id).sort()).toEqual(rules.map(({ id }) => id).sort());
    expect(listed.find(({ id }) => id === 'restart-policy-not-always')).toMatchObject({
      capability: 'container-restarts',
      level: 'error',
      preset: 'minimal',
      fixes: ['safe', 'review'],
      links: ['https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy'],
    });
  });

  test('in Chinese', () => {
    expect(cli.run(['rules'], '', { LC_ALL: 'zh_CN.UTF-8' }).out).toContain('容器重启\n');
  });
});

describe('selfheal explain', () => {
  test('shows why, a manifest that is found and one that is not, from the pages beside the bundle', () => {
    const { code, out, err } = cli.run(['explain', 'restart-policy-not-always']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Always is the only policy that these kinds accept.');
    expect(out).toMatch(/^ {10}restartPolicy: OnFailure/m);
    expect(out).toMatch(/https:\/\/kubernetes\.io\/docs\/concepts\/workloads\/pods\/pod-lifecycle\/#restart-policy/);
    expect(out).not.toMatch(/```|^#+ /m);
  });

  test('has a page for every rule', () => {
    expect(rules.filter(({ id }) => rulePage(id) === undefined)).toEqual([]);
  });

  test('knows what the linter itself reports', () => {
    expect(cli.run(['explain', 'suppression-unused']).out).toContain('A suppression silences nothing any more.');
  });

  test('names the rule that was meant', () => {
    expect(cli.run(['explain', 'restart-policy-not-allways'])).toMatchObject({
      code: 2,
      err: 'selfheal: There is no rule "restart-policy-not-allways". Did you mean "restart-policy-not-always"?\nRun "selfheal rules" for what can be written here.\n',
    });
    expect(cli.run(['explain', 'zzzzzzzz']).err).toContain('There is no rule "zzzzzzzz". "selfheal rules" lists them.');
    expect(cli.run(['explain'])).toMatchObject({ code: 2, err: expect.stringContaining('Name one rule') as string });
  });

  test('says what the rule itself says where the pages are missing', () => {
    rmSync(join(dirname(cli.bundle), 'docs'), { recursive: true });
    const { code, out, err } = cli.run(['explain', 'single-replica']);
    expect(code).toBe(0);
    expect(err).toContain('was not shipped');
    expect(out).toContain('Kubernetes replaces a lost pod');
  });
});

describe('Markdown in a terminal', () => {
  test('wraps paragraphs and list items, aligns tables, keeps code as it is', () => {
    const page = [
      '# Title',
      '',
      'One `two` [three](https://x.y) **four**',
      'five',
      '',
      '- item one',
      '  goes on',
      '- item two',
      '',
      '| a | b |',
      '| --- | --- |',
      '| long cell | c |',
      '',
      '```yaml',
      'a:',
      '',
      '  b: "a long line that is not wrapped, whatever the width of the terminal is today"',
      '```',
      '',
    ].join('\n');
    expect(terminalText(page, plain, 40)).toBe(
      [
        'Title',
        '',
        'One two three (https://x.y) four five',
        '',
        '  - item one goes on',
        '  - item two',
        '',
        'a          b',
        'long cell  c',
        '',
        '    a:',
        '',
        '      b: "a long line that is not wrapped, whatever the width of the terminal is today"',
        '',
      ].join('\n'),
    );
    expect(
      terminalText('word '.repeat(30).trim(), plain, 40)
        .split('\n')
        .every((line) => line.length <= 40),
    ).toBe(true);
  });
});

test('help describes each command, and every option that it has', () => {
  for (const name of ['lint', 'explain', 'rules']) {
    expect(cli.run(['help', name])).toEqual({
      code: 0,
      out: expect.stringMatching(new RegExp(`^selfheal ${name}`)) as string,
      err: '',
    });
    expect(cli.run([name, '-h']).out).toBe(cli.run(['help', name]).out);
  }
  expect(cli.run([]).out).toContain('selfheal explain RULE');
});
