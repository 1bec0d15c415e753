import { describe, expect, test } from 'vitest';
import { bad, good, useCli } from './harness.ts';

const cli = useCli();

describe('selfheal lint', () => {
  test('ends with 0 and says so when clean', () => {
    cli.write({ 'a.yaml': good });
    expect(cli.run(['lint', 'a.yaml'])).toEqual({
      code: 0,
      out: expect.stringContaining('Nothing found in 1 file:'),
      err: '',
    });
  });

  test('names file, line, level, message and rule, and ends with 1', () => {
    cli.write({ 'k8s/a.yaml': bad });
    const { code, out } = cli.run(['lint']);
    expect(code).toBe(1);
    expect(out).toContain('k8s/a.yaml\n');
    expect(out).toMatch(
      / {2}9:22 {2}error {4}A DaemonSet only accepts restartPolicy Always\..* {2}restart-policy-not-always\n/,
    );
    expect(out).toContain('1 error, 0 warnings in 1 file.');
  });

  test('lists files in one order, however they are named, and none twice', () => {
    cli.write({ 'b.yaml': bad, 'a/z.yml': bad, 'a/b/c.yaml': bad });
    const paths = (args: readonly string[]): string[] =>
      (JSON.parse(cli.run(['lint', '--format', 'json', ...args]).out) as { files: { path: string }[] }).files.map(
        ({ path }) => path,
      );
    expect(paths(['.'])).toEqual(['a/b/c.yaml', 'a/z.yml', 'b.yaml']);
    expect(paths(['b.yaml', 'a', '**/*.yaml'])).toEqual(['a/b/c.yaml', 'a/z.yml', 'b.yaml']);
  });

  test('writes JSON with places that count from 1', () => {
    cli.write({ 'a.yaml': bad });
    const report = JSON.parse(cli.run(['lint', '--format=json', 'a.yaml']).out) as {
      counts: object;
      files: { findings: object[] }[];
    };
    expect(report.counts).toEqual({ error: 1, warning: 0, info: 0, hint: 0 });
    expect(report.files[0]?.findings[0]).toMatchObject({
      rule: 'restart-policy-not-always',
      severity: 'error',
      line: 9,
      column: 22,
      endLine: 9,
      endColumn: 31,
      fix: 'safe',
      object: { kind: 'DaemonSet', name: 'agent' },
    });
  });

  test('--fix writes safe fixes and keeps everything else', () => {
    cli.write({ 'a.yaml': bad });
    expect(cli.run(['lint', '--fix', 'a.yaml']).code).toBe(0);
    expect(cli.read('a.yaml')).toBe(good);
  });

  test('reads standard input; --fix writes it to standard output', () => {
    expect(cli.run(['lint', '-'], bad)).toMatchObject({
      code: 1,
      out: expect.stringContaining('stdin.yaml') as string,
    });
    expect(cli.run(['lint', '--fix', '-'], bad)).toMatchObject({ code: 0, out: good });
  });

  test('follows the nearest selfheal.yaml above a file', () => {
    cli.write({ 'a.yaml': bad, 'sub/a.yaml': bad, 'sub/selfheal.yaml': 'rules: { restart-policy-not-always: off }\n' });
    const { out } = cli.run(['lint']);
    expect(out).toContain('a.yaml');
    expect(out).not.toContain('sub/a.yaml');
  });

  test('judges custom resources of the folders whose selfheal.yaml says where their pods are', () => {
    const worker = bad
      .replace('apps/v1', 'example.com/v1')
      .replace('DaemonSet', 'Worker')
      .replace('  template:', '  pods:')
      .replace(/ +resources: .*\n/, '');
    const declared = 'podTemplates: [{ group: example.com, kind: Worker, template: spec.pods }]\n';
    cli.write({ 'a.yaml': worker, 'sub/a.yaml': worker, 'sub/selfheal.yaml': declared });
    const { out } = cli.run(['lint', '--preset', 'recommended']);
    expect(out).toContain('sub/a.yaml\n');
    expect(out).toContain('memory-limit-missing');
    expect(out).toContain(' in 3 files');
    expect(out).not.toMatch(/^a\.yaml$/m);
    cli.write({ 'sub/selfheal.yaml': declared.replace('kind: Worker, ', '') });
    expect(cli.run(['lint']).err).toContain(
      'sub/selfheal.yaml:1:18: "podTemplates.kind" is missing; expected: the name',
    );
  });

  test('names a mistake in selfheal.yaml with its line and a suggestion, and goes on', () => {
    cli.write({ 'a.yaml': bad, 'selfheal.yaml': 'rules:\n  restart-policy-not-allways: off\n' });
    const { code, err } = cli.run(['lint']);
    expect(code).toBe(1);
    expect(err).toBe(
      'selfheal.yaml:2:3: No rule is called "restart-policy-not-allways". Did you mean: restart-policy-not-always?\n',
    );
  });

  test('--fail-on and --max-warnings decide what ends with 1', () => {
    cli.write({ 'a.yaml': bad, 'selfheal.yaml': 'rules: { restart-policy-not-always: warning }\n' });
    expect(cli.run(['lint']).code).toBe(1);
    expect(cli.run(['lint', '--fail-on', 'error']).code).toBe(0);
    expect(cli.run(['lint', '--max-warnings', '1']).code).toBe(0);
    expect(cli.run(['lint', '--max-warnings', '0']).code).toBe(1);
  });

  test('speaks Chinese where the terminal does', () => {
    cli.write({ 'a.yaml': bad });
    expect(cli.run(['lint'], '', { LC_ALL: 'zh_CN.UTF-8' }).out).toMatch(/\p{Script=Han}/u);
  });

  test.each([
    [['lint', 'nowhere'], 'There is no file or folder "nowhere"'],
    [['lint', 'x/*.yaml'], 'Nothing matches "x/*.yaml"'],
    [['lint', '--format', 'xml'], '--format cannot be "xml". Choose one of: stylish, json, sarif, github, junit.'],
    [['lint', '--max-warnings', 'many'], '--max-warnings needs a whole number'],
    [['lint', '--bogus'], '"selfheal lint" has no option "--bogus".'],
    [['lint', '--config', 'none.yaml', '.'], 'There is no configuration file "none.yaml"'],
    [['lnt'], 'There is no command "lnt". Did you mean "lint"?'],
    [['lint', '-', 'a.yaml'], '"-" reads standard input'],
  ])('%j ends with 2 and says why', (args, reason) => {
    cli.write({ 'a.yaml': good });
    const { code, err } = cli.run(args);
    expect(code).toBe(2);
    expect(err).toContain(reason);
  });

  test('says what it can', () => {
    expect(cli.run(['--help'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('selfheal lint [PATH…]') as string,
    });
    expect(cli.run(['--version']).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
