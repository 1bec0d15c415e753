import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createProgress } from '../../cli/src/progress.ts';
import { cliMessages } from '../../cli/src/messages.en.ts';
import { format } from '../../core/src/messages.ts';
import { bad, good, makePipe, plainEnvironment, useCli } from './harness.ts';

const cli = useCli();

describe('formats', () => {
  test.each([
    ['json', /^\{\n {2}"version": 1/],
    ['sarif', /"version": "2\.1\.0"/],
    ['github', /^::error file=a\.yaml,line=9,/],
    ['junit', /^<\?xml version="1\.0"/],
    ['stylish', /^a\.yaml\n/],
  ])('--format %s', (name, shape) => {
    cli.write({ 'a.yaml': bad });
    expect(cli.run(['lint', '--format', name])).toEqual({
      code: 1,
      out: expect.stringMatching(shape) as string,
      err: '',
    });
  });

  test('SARIF names files by addresses relative to the working directory', () => {
    cli.write({ 'k8s/a b#1.yaml': bad });
    expect(cli.run(['lint', '--format', 'sarif']).out).toContain('"uri": "k8s/a%20b%231.yaml",\n');
  });

  test('--output writes the report to a file, without colours, and prints none', () => {
    cli.write({ 'a.yaml': bad });
    const shown = cli.run(['lint', 'a.yaml']).out;
    expect(cli.run(['lint', '--output', 'report.txt', 'a.yaml'], '', { FORCE_COLOR: '1' })).toEqual({
      code: 1,
      out: '',
      err: '',
    });
    expect(cli.read('report.txt')).toBe(shown);
    expect(cli.run(['lint', '--output', 'no/where.txt', 'a.yaml'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^no\/where\.txt cannot be written: /) as string,
    });
  });

  test('colours are for terminals, or on demand', () => {
    cli.write({ 'a.yaml': bad });
    const colours = (args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean =>
      cli.run(['lint', ...args], '', env).out.includes('\u001b[');
    expect(colours([])).toBe(false);
    expect(colours(['--color', 'always'])).toBe(true);
    expect(colours([], { FORCE_COLOR: '1' })).toBe(true);
    expect(colours(['--color', 'never'], { FORCE_COLOR: '1' })).toBe(false);
  });

  test('--quiet shows findings alone', () => {
    cli.write({ 'a.yaml': bad });
    const { out } = cli.run(['lint', '--quiet', '--no-frames']);
    expect(out.split('\n')).toEqual(['a.yaml', expect.stringContaining('restart-policy-not-always'), '']);
    cli.write({ 'a.yaml': good });
    expect(cli.run(['lint', '--quiet'])).toEqual({ code: 0, out: '', err: '' });
  });

  test('a reader that goes away early is no error', async () => {
    cli.write(Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`${index}.yaml`, bad])));
    const child = spawn(process.execPath, [cli.bundle, 'lint', '--preset', 'minimal'], {
      cwd: cli.folder,
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    const [told, [code]] = (await Promise.all([readAll(child.stderr), once(child, 'exit')])) as [string, [number]];
    expect({ told, code }).toEqual({ told: '', code: 1 });
  });
});

describe('what the command line says about rules', () => {
  test('--rule sets levels over every file and override; it may be repeated', () => {
    const override =
      'rules: { restart-policy-not-always: error }\noverrides: [{ files: ["*.yaml"], rules: { restart-policy-not-always: error } }]\n';
    cli.write({ 'a.yaml': bad, 'selfheal.yaml': override });
    expect(cli.run(['lint']).out).toContain('error  ');
    expect(cli.run(['lint', '--rule', 'restart-policy-not-always=info']).out).toContain('info  ');
    expect(cli.run(['lint', '--rule', 'single-replica=off', '--rule=restart-policy-not-always=off']).code).toBe(0);
  });

  test('--preset decides over the configuration', () => {
    cli.write({ 'a.yaml': bad.replace(/ +livenessProbe:.*\n/, ''), 'selfheal.yaml': 'extends: strict\n' });
    expect(cli.run(['lint', '--preset', 'recommended']).out).toContain('liveness-probe-missing');
    expect(cli.run(['lint', '--preset', 'minimal']).out).not.toContain('liveness-probe-missing');
  });

  test.each([
    [['lint', '--rule', 'single-replcia=off'], 'There is no rule "single-replcia". Did you mean "single-replica"?'],
    [
      ['lint', '--rule', 'single-replica'],
      '--rule needs a rule and a level, such as --rule single-replica=off, not "single-replica".',
    ],
    [
      ['lint', '--rule', 'single-replica=fatal'],
      '--rule single-replica cannot be "fatal". Choose one of: error, warning, info, hint, off.',
    ],
    [
      ['lint', '--preset', 'all'],
      '--preset cannot be "all". Choose one of: minimal, recommended, strict, kube-linter, kube-score, polaris.',
    ],
    [['lint', '--kubernetes', 'latest'], '--kubernetes needs a version such as 1.32, not "latest".'],
    [['lint', '--format'], '--format needs a value: --format NAME.'],
    [['lint', '--format', '--fix'], '--format needs a value: --format NAME.'],
    [['lint', '--output='], '--output needs a value: --output FILE.'],
    [['lint', '--fix=yes'], '--fix takes no value, but was given "yes".'],
    [['lint', '--format', 'json', '--format', 'sarif'], '--format was given more than once.'],
    [['lint', '--fx'], '"selfheal lint" has no option "--fx". Did you mean "--fix"?'],
    [['lint', '-q'], '"selfheal lint" has no option "-q".'],
    [['lint', '--fix', '--diff'], '--fix and --diff do not go together.'],
    [['lint', '--write-baseline'], '--write-baseline needs to know the file: add --baseline FILE.'],
    [['lint', '--color', 'maybe'], '--color cannot be "maybe". Choose one of: auto, always, never.'],
    [['rules', 'x'], '"selfheal rules" takes no argument "x".'],
    [['rules', '--fix'], '"selfheal rules" has no option "--fix".'],
    [['help', 'lnt'], 'There is no command "lnt". Did you mean "lint"?'],
    [
      ['--format', 'json'],
      'There is no command "--format". Choose one of: lint, explain, rules, watch, replay, rights, help.',
    ],
  ])('%j ends with 2 and says what to write', (args, text) => {
    cli.write({ 'a.yaml': good });
    const { code, out, err } = cli.run(
      args.includes('--preset') || args[0] !== 'lint'
        ? args
        : [...args.slice(0, 1), '--preset', 'minimal', ...args.slice(1)],
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`selfheal: ${text}`);
    expect(err).toMatch(/\nRun "selfheal .*\n$/);
  });
});

describe('what cannot be read', () => {
  test('is named, the rest is checked, and the end is 2', () => {
    cli.write({ 'a.yaml': bad });
    symlinkSync('gone.yaml', join(cli.folder, 'dangling.yaml'));
    writeFileSync(join(cli.folder, 'latin.yaml'), Buffer.from([0x61, 0x3a, 0xe4, 0x0a]));
    const { code, out, err } = cli.run(['lint']);
    expect(code).toBe(2);
    expect(err).toMatch(
      /^dangling\.yaml cannot be read, so it is not checked: ENOENT.*\nlatin\.yaml is no UTF-8 text, so it is not checked\.\n$/,
    );
    expect(out).toContain('restart-policy-not-always');
  });

  const windows = process.platform === 'win32';
  if (windows) console.log('skipped: Windows folders cannot be closed by their mode');
  test.skipIf(windows)('a folder that is closed is named', () => {
    cli.write({ 'closed/a.yaml': bad, 'b.yaml': good });
    chmodSync(join(cli.folder, 'closed'), 0);
    // Every folder is open to root, so there the command runs as nobody.
    const { code, err } = cli.run(['lint'], '', {}, process.getuid?.() === 0 ? 65534 : undefined);
    chmodSync(join(cli.folder, 'closed'), 0o755);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/^closed cannot be read.*EACCES/) as string });
  });

  test('pipes in a folder are not waited for', ({ skip }) => {
    cli.write({ 'a.yaml': good });
    if (!makePipe(join(cli.folder, 'pipe.yaml'))) skip('this system has no named pipes');
    expect(cli.run(['lint'])).toMatchObject({ code: 0, err: '' });
  });

  test('links that lead in circles end, and files behind links are found once', () => {
    cli.write({ 'a/x.yaml': bad });
    symlinkSync('..', join(cli.folder, 'a/up'));
    const { files } = JSON.parse(cli.run(['lint', '--format', 'json']).out) as { files: { path: string }[] };
    expect(files.map(({ path }) => path)).toEqual(['a/x.yaml']);
  });
});

describe('progress', () => {
  const say = (id: string, data?: Readonly<Record<string, string | number>>): string =>
    format(cliMessages[id] ?? id, data);
  function recorded(): { lines: string[]; status: NodeJS.WriteStream } {
    const lines: string[] = [];
    return {
      lines,
      status: { columns: 80, write: (text: string) => lines.push(text) > 0 } as unknown as NodeJS.WriteStream,
    };
  }

  test('shows how far a long run is, not too often, and clears its line', () => {
    let time = 0;
    const { lines, status } = recorded();
    const progress = createProgress({ status, say }, false, () => time);
    for (time = 0; time <= 400; time += 10) progress.step('lint', time, 1000);
    progress.clear();
    progress.clear();
    expect(lines).toEqual([
      '\r\u001b[KChecking 150 of 1000 files',
      '\r\u001b[KChecking 300 of 1000 files',
      '\r\u001b[K',
    ]);
  });

  test('is silent in a short run, with --quiet and where nobody watches', () => {
    const { lines, status } = recorded();
    createProgress({ status, say }, false, () => 0).step('lint', 1, 2);
    let time = 0;
    const quiet = createProgress({ status, say }, true, () => (time += 1000));
    quiet.step('lint', 1, 2);
    quiet.clear();
    createProgress({ status: undefined, say }, false, () => (time += 1000)).step('lint', 1, 2);
    expect(lines).toEqual([]);
  });
});
