import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { bundles } from '../../scripts/build.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A pod template that one rule alone objects to: its restart policy, at 9:22. */
export const bad = `apiVersion: apps/v1
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

/** The same after its safe fix. */
export const good = bad.replace('OnFailure', 'Always');

/** How a run ended, and what it printed. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The bundle of these sources in a folder of its own, and an empty working directory for each test. */
export interface Cli {
  readonly folder: string;
  readonly bundle: string;
  write(files: Readonly<Record<string, string>>): void;
  read(path: string): string;
  run(args: readonly string[], input?: string, env?: NodeJS.ProcessEnv, user?: number): Outcome;
}

/** Environment in which the language and the colours are those of nobody in particular. */
export const plainEnvironment = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
  const { NO_COLOR: _, FORCE_COLOR: __, LC_MESSAGES: ___, CI: ____, ...rest } = process.env;
  return { ...rest, LANG: 'C', LC_ALL: 'C', ...env };
};

const maker = 'mkfifo';

/** Makes a named pipe; false where the system has none. */
export const makePipe = (path: string): boolean =>
  process.platform !== 'win32' && spawnSync(maker, [path]).status === 0;

/** Builds the command line for the tests of a file. */
export function useCli(): Cli {
  let place = '';
  let folder = '';
  const bundle = (): string => join(place, 'cli.cjs');
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'selfheal-cli-bundle-'));
    chmodSync(place, 0o755);
    const own = bundles.find(({ name }) => name === 'cli.cjs')?.options;
    await build({ absWorkingDir: root, bundle: true, outfile: bundle(), mainFields: ['module', 'main'], ...own });
    cpSync(join(root, 'docs/rules'), join(place, 'docs/rules'), { recursive: true });
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'selfheal-cli-'));
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get folder() {
      return folder;
    },
    get bundle() {
      return bundle();
    },
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    run(args, input = '', env = {}, user) {
      // The examples are about one rule that every preset has: a new rule shall change no test of the command line.
      const whole = args[0] === 'lint' && !args.includes('--preset') ? [...args, '--preset', 'minimal'] : args;
      const result = spawnSync(process.execPath, [bundle(), ...whole], {
        cwd: folder,
        input,
        encoding: 'utf8',
        env: plainEnvironment(env),
        ...(user !== undefined && { uid: user, gid: user }),
      });
      return { code: result.status, out: result.stdout, err: result.stderr };
    },
  };
}
