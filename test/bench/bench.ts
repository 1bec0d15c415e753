/** Prepares the ground and runs the suites in their order. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { buildAll } from '../../scripts/build.ts';
import { reporter } from './measure.ts';
import { activation } from './suites/activation.ts';
import { cluster } from './suites/cluster.ts';
import { incremental } from './suites/incremental.ts';
import { keystroke } from './suites/keystroke.ts';
import { live } from './suites/live.ts';
import { localFindings } from './suites/local-findings.ts';
import { memory } from './suites/memory.ts';
import { workspaceLint } from './suites/workspace-lint.ts';
import type { Bench, Suite } from './suite.ts';
import { root } from './suite.ts';
import type { Row } from './table.ts';

export const suites: Readonly<Record<string, Suite>> = {
  keystroke,
  workspace: workspaceLint,
  memory,
  activation,
  live,
  cluster,
  local: localFindings,
  incremental,
};

export interface BenchOptions {
  readonly quick: boolean;
  /** Names of suites; empty for all. */
  readonly only: readonly string[];
  readonly peer: boolean;
  /** Told which suite begins. */
  progress(text: string): void;
}

export interface BenchResult {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/** Runs the suites one after another. */
export async function runBench({ quick, only, peer, progress }: BenchOptions): Promise<BenchResult> {
  const unknown = only.find((name) => !Object.hasOwn(suites, name));
  if (unknown !== undefined)
    throw new Error(`There is no suite "${unknown}". Suites: ${Object.keys(suites).join(', ')}.`);
  const scratch = mkdtempSync(join(tmpdir(), 'selfheal-bench-'));
  const notes = new Set<string>();
  const shared = process.env.SELFHEAL_SHARED ?? join(root, '..', 'shared');
  const bench: Bench = {
    quick,
    rounds: quick ? 1 : 3,
    scratch,
    bundles: join(scratch, 'dist'),
    shared: existsSync(shared) ? shared : undefined,
    peer,
    note: (text) => notes.add(text),
  };
  try {
    progress('bundles');
    mkdirSync(bench.bundles);
    writeFileSync(join(scratch, 'reporter.cjs'), reporter);
    await buildAll(bench.bundles, { minify: true });
    await buildFolder('floors', 'floor-', ['read.ts', 'parse.ts', 'server.ts', 'language-client.ts'], bench.bundles, {
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
    });
    await buildFolder(
      'cluster',
      'cluster-',
      ['server.ts', 'session.ts', 'worker.ts', 'informer.ts', 'parse.ts'],
      bench.bundles,
      {
        format: 'esm',
        outExtension: { '.js': '.mjs' },
        // Packages in CommonJS ask for modules of Node by this name.
        banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      },
    );
    const rows: Row[] = [];
    for (const [name, suite] of Object.entries(suites)) {
      if (only.length > 0 && !only.includes(name)) continue;
      progress(name);
      rows.push(...(await suite(bench)));
    }
    return { rows, notes: [...notes] };
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What is measured beside the product is bundled like the product, so that loading it costs alike. */
async function buildFolder(
  name: string,
  prefix: string,
  files: readonly string[],
  outdir: string,
  options: BuildOptions,
): Promise<void> {
  const folder = fileURLToPath(new URL(name, import.meta.url));
  await build({
    entryPoints: files.map((file) => join(folder, file)),
    entryNames: `${prefix}[name]`,
    outdir,
    absWorkingDir: root,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    mainFields: ['module', 'main'],
    logLevel: 'warning',
    ...options,
  });
}
