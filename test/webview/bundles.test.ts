import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Sources of a bundle; packages by their names. */
async function sourcesOf(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    outdir: 'dist',
    metafile: true,
    platform: entry.endsWith('.tsx') ? 'browser' : 'node',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    external: ['vscode'],
    logLevel: 'silent',
  });
  const names = Object.keys(metafile.inputs).map(
    (file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file,
  );
  return [...new Set(names)].sort();
}

test('what runs for a YAML file that is no manifest holds its own parts and no package', async () => {
  expect(await sourcesOf('client/src/extension.ts')).toEqual([
    'client/src/extension.ts',
    'client/src/manifest.ts',
    'client/src/parts/backend.ts',
    'client/src/parts/commands.ts',
    'client/src/parts/restore-dashboards.ts',
    'client/src/parts/tree-shell.ts',
    'client/src/parts/watch-manifests.ts',
  ]);
});

test('the client holds the language client, and neither a YAML parser, nor rules, nor a cluster client', async () => {
  const sources = await sourcesOf('client/src/language.ts');
  expect(sources).toContain('vscode-languageclient');
  expect(sources.filter((name) => /^(yaml|@kubernetes\/)|^server\/|core\/src\/(rules|lint|yaml)\//.test(name))).toEqual(
    [],
  );
});

test('the dashboard holds Preact, its own parts and the protocol', async () => {
  const sources = await sourcesOf('client/webview/main.tsx');
  const others = sources.filter((name) => !name.startsWith('client/webview/') && name !== 'preact');
  expect(others).toEqual([
    'core/src/dashboard-messages.ts',
    'core/src/elapsed.ts',
    'core/src/health-stream.ts',
    'core/src/listed.ts',
    'core/src/live/patch.ts',
    'core/src/messages.ts',
    'core/src/short-pod-name.ts',
  ]);
});
