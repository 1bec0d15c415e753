/**
 * Bundles everything that ships into dist/. `--production` minifies; `--metafile` also writes what each bundle holds.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, Metafile } from 'esbuild';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

/** One bundle: its entry, and what it may find at run time. */
interface Bundle {
  readonly name: string;
  readonly options: BuildOptions;
}

const node: BuildOptions = {
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // The package's build for Node reads the environment at every token; the one for browsers is the same without that.
  alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
  // Sources say import.meta; a CommonJS bundle has __dirname and __filename.
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: {
    'import.meta.dirname': '__dirname',
    'import.meta.url': 'bundleUrl',
    SELFHEAL_VERSION: JSON.stringify(packageVersion()),
  },
};

/** Every bundle of the product, by its file below dist/. */
export const bundles: readonly Bundle[] = [
  {
    name: 'extension.cjs',
    options: { ...node, entryPoints: ['client/src/extension.ts'], external: ['vscode', './client.cjs'] },
  },
  { name: 'client.cjs', options: { ...node, entryPoints: ['client/src/language.ts'], external: ['vscode'] } },
  { name: 'server.cjs', options: { ...node, entryPoints: ['server/src/main.ts'], external: ['./cluster.cjs'] } },
  { name: 'cluster.cjs', options: { ...node, target: 'node22', entryPoints: ['server/src/cluster/worker.ts'] } },
  { name: 'cli.cjs', options: { ...node, entryPoints: ['cli/src/main.ts'] } },
  { name: 'cli-live.cjs', options: { ...node, target: 'node22', entryPoints: ['cli/src/live/main.ts'] } },
  {
    name: 'webview/dashboard.js',
    options: {
      platform: 'browser',
      format: 'iife',
      target: 'es2024',
      entryPoints: ['client/webview/main.tsx'],
      jsx: 'automatic',
      jsxImportSource: 'preact',
    },
  },
];

/** Builds the bundles; gives what each was made of. */
export async function buildAll(
  outDir: string,
  options: { readonly minify?: boolean; readonly sourcemap?: boolean } = {},
): Promise<Map<string, Metafile>> {
  const metafiles = new Map<string, Metafile>();
  await Promise.all(
    bundles.map(async ({ name, options: own }) => {
      const result = await build({
        absWorkingDir: root,
        bundle: true,
        outfile: join(outDir, name),
        minify: options.minify ?? false,
        sourcemap: options.sourcemap ?? false,
        metafile: true,
        logLevel: 'warning',
        mainFields: own.platform === 'browser' ? ['browser', 'module', 'main'] : ['module', 'main'],
        ...own,
      });
      if (result.metafile) metafiles.set(name, result.metafile);
    }),
  );
  return metafiles;
}

if (import.meta.main) {
  const outDir = join(root, 'dist');
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  cpSync(join(root, 'docs/rules'), join(outDir, 'docs/rules'), { recursive: true });
  const production = process.argv.includes('--production');
  const metafiles = await buildAll(outDir, { minify: production, sourcemap: !production });
  if (process.argv.includes('--metafile'))
    for (const [name, metafile] of metafiles)
      writeFileSync(join(outDir, `${name.replaceAll('/', '-')}.meta.json`), JSON.stringify(metafile));
}
