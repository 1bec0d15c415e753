import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const cli = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url));
const bad = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      restartPolicy: OnFailure # as before
      containers:
        - name: agent
          image: agent:1
          livenessProbe: { exec: { command: [alive] } }
          resources: { limits: { memory: 1Gi } }
`;
const good = bad.replace('OnFailure', 'Always');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function run(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { ...process.env, LANG: 'C', LC_ALL: 'C', NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
  });
  return { code: status, out: stdout, err: stderr };
}

describe('selfheal lint', () => {
  test('ends with 0 and says so when clean', () => {
    write({ 'a.yaml': good });
    expect(run(['lint', 'a.yaml'])).toEqual({ code: 0, out: expect.stringContaining('Nothing found in 1 files'), err: '' });
  });

  test('names file, line, level, message and rule, and ends with 1', () => {
    write({ 'k8s/a.yaml': bad });
    const { code, out } = run(['lint']);
    expect(code).toBe(1);
    expect(out).toContain('k8s/a.yaml\n');
    expect(out).toMatch(/ {2}9:22 {2}error {4}A DaemonSet only accepts restartPolicy Always\..* {2}restart-policy-not-always\n/);
    expect(out).toContain('1 errors, 0 warnings');
  });

  test('lists files in one order, however they are named, and none twice', () => {
    write({ 'b.yaml': bad, 'a/z.yml': bad, 'a/b/c.yaml': bad });
    const paths = (args: readonly string[]): string[] =>
      (JSON.parse(run(['lint', '--format', 'json', ...args]).out) as { files: { path: string }[] }).files.map(({ path }) => path);
    expect(paths(['.'])).toEqual(['a/b/c.yaml', 'a/z.yml', 'b.yaml']);
    expect(paths(['b.yaml', 'a', '**/*.yaml'])).toEqual(['a/b/c.yaml', 'a/z.yml', 'b.yaml']);
  });

  test('writes JSON with places that count from 1', () => {
    write({ 'a.yaml': bad });
    const report = JSON.parse(run(['lint', '--format=json', 'a.yaml']).out) as { counts: object; files: { findings: object[] }[] };
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
    write({ 'a.yaml': bad });
    expect(run(['lint', '--fix', 'a.yaml']).code).toBe(0);
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe(good);
  });

  test('reads standard input; --fix writes it to standard output', () => {
    expect(run(['lint', '-'], bad)).toMatchObject({ code: 1, out: expect.stringContaining('stdin.yaml') as string });
    expect(run(['lint', '--fix', '-'], bad)).toMatchObject({ code: 0, out: good });
  });

  test('follows the nearest selfheal.yaml above a file', () => {
    write({ 'a.yaml': bad, 'sub/a.yaml': bad, 'sub/selfheal.yaml': 'rules: { restart-policy-not-always: off }\n' });
    const { out } = run(['lint']);
    expect(out).toContain('a.yaml');
    expect(out).not.toContain('sub/a.yaml');
  });

  test('names a mistake in selfheal.yaml with its line and a suggestion, and goes on', () => {
    write({ 'a.yaml': bad, 'selfheal.yaml': 'rules:\n  restart-policy-not-allways: off\n' });
    const { code, err } = run(['lint']);
    expect(code).toBe(1);
    expect(err).toBe('selfheal.yaml:2:3: No rule is called "restart-policy-not-allways". Did you mean: restart-policy-not-always?\n');
  });

  test('--fail-on and --max-warnings decide what ends with 1', () => {
    write({ 'a.yaml': bad, 'selfheal.yaml': 'rules: { restart-policy-not-always: warning }\n' });
    expect(run(['lint']).code).toBe(1);
    expect(run(['lint', '--fail-on', 'error']).code).toBe(0);
    expect(run(['lint', '--max-warnings', '1']).code).toBe(0);
    expect(run(['lint', '--max-warnings', '0']).code).toBe(1);
  });

  test('speaks Chinese where the terminal does', () => {
    write({ 'a.yaml': bad });
    expect(run(['lint'], '', { LC_ALL: 'zh_CN.UTF-8' }).out).toMatch(/\p{Script=Han}/u);
  });

  test.each([
    [['lint', 'nowhere'], 'There is no file or folder "nowhere"'],
    [['lint', 'x/*.yaml'], 'Nothing matches "x/*.yaml"'],
    [['lint', '--format', 'xml'], '--format cannot be "xml": choose stylish, json.'],
    [['lint', '--max-warnings', 'many'], '--max-warnings needs a whole number'],
    [['lint', '--bogus'], "Unknown option '--bogus'"],
    [['lint', '--config', 'none.yaml', '.'], 'There is no configuration file "none.yaml"'],
    [['lnt'], 'There is no command "lnt"'],
    [['lint', '-', 'a.yaml'], '"-" reads standard input'],
  ])('%j ends with 2 and says why', (args, reason) => {
    write({ 'a.yaml': good });
    const { code, err } = run(args);
    expect(code).toBe(2);
    expect(err).toContain(reason);
  });

  test('says what it can', () => {
    expect(run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('selfheal lint [PATH…]') as string });
    expect(run(['--version']).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
