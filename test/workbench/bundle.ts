/** Bundles the suite into one CommonJS file, as an extension host loads it. */
import path from 'node:path';
import { build } from 'esbuild';

/** Top folder of the checkout. */
export const root = path.dirname(path.dirname(import.meta.dirname));

/** Writes the bundle and returns its path. Mocha stays outside: it finds its own parts by path. */
export async function bundleSuite(): Promise<string> {
  const outfile = path.join(root, 'test-results/suite/index.cjs');
  await build({
    entryPoints: [path.join(root, 'test/workbench/suite/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return outfile;
}
