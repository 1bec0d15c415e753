/** What each bundle is made of: the promise that nothing is loaded before it is needed. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildAll } from '../../scripts/build.ts';

let out: string;
let metafiles: Map<string, Metafile>;
beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'selfheal-bundles-'));
  metafiles = await buildAll(out, { minify: true });
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

const holds = (bundle: string, what: string): boolean =>
  Object.keys(metafiles.get(bundle)?.inputs ?? {}).some((input) => input.includes(what));

describe('bundles', () => {
  test.each([
    ['extension.cjs', ['node_modules/', 'core/src/lint', 'server/src']],
    ['client.cjs', ['node_modules/yaml/', '@kubernetes', 'core/src/rules', 'server/src/cluster/session']],
    ['server.cjs', ['@kubernetes', 'server/src/cluster/session', 'node_modules/undici']],
    ['cluster.cjs', ['core/src/rules/', 'core/src/lint/', 'vscode-languageserver']],
    ['cli.cjs', ['@kubernetes', 'vscode-languageserver']],
    ['webview/dashboard.js', ['node_modules/yaml/', 'vscode', '@kubernetes', 'core/src/rules']],
  ])('%s holds none of %j', (bundle, forbidden) => {
    expect(Object.keys(metafiles.get(bundle)?.inputs ?? {}).length).toBeGreaterThan(0);
    expect(forbidden.filter((what) => holds(bundle, what))).toEqual([]);
  });

  test('the Kubernetes client is in the cluster bundle, so that the checks above look for the right name', () => {
    expect(holds('cluster.cjs', '@kubernetes/client-node')).toBe(true);
    expect(holds('client.cjs', 'vscode-languageclient')).toBe(true);
  });

  test('the core needs nothing but yaml', async () => {
    const { metafile } = await build({
      stdin: {
        contents: "import './core/src/rules/registry.ts'; import './core/src/live/engine.ts';",
        resolveDir: process.cwd(),
        loader: 'ts',
      },
      bundle: true,
      write: false,
      metafile: true,
      platform: 'neutral',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });
    const foreign = Object.keys(metafile.inputs).filter(
      (input) => !/^(?:core\/src|node_modules\/yaml)\//.test(input) && input !== '<stdin>',
    );
    expect(foreign).toEqual([]);
  });

  test('what activation loads stays small', () => {
    expect(statSync(join(out, 'extension.cjs')).size).toBeLessThan(20_000);
  });
});
