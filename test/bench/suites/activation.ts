/** Loading the extension, and what is shipped. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { runNode, Samples } from '../measure.ts';
import { root } from '../suite.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';

/** Stands in for the editor: every member is a class, a function and a namespace at once. */
const loader = `const Module = require('node:module');
const anything = () => new Proxy(class {}, { get: (target, key) => (key === 'prototype' ? target.prototype : key === Symbol.toPrimitive ? () => '' : (target[key] ??= anything())) });
const load = Module._load;
Module._load = function (request, ...rest) { return request === 'vscode' ? editor : load.call(this, request, ...rest); };
const editor = anything();
const before = process.cpuUsage();
const start = performance.now();
for (const path of process.argv.slice(2)) require(path);
const wall = performance.now() - start;
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ wall, cpu: (user + system) / 1000 }));
process.exit(0);
`;

/** Bundles, by what they are to their reader. */
const shipped: readonly (readonly [file: string, what: string])[] = [
  ['extension.cjs', 'extension, at start'],
  ['client.cjs', 'extension, once a manifest is open'],
  ['server.cjs', 'language server'],
  ['cluster.cjs', 'cluster session'],
  ['cli.cjs', 'command line'],
  ['webview/dashboard.js', 'dashboard'],
];

export async function activation(bench: Bench): Promise<readonly Row[]> {
  const script = join(bench.scratch, 'load.cjs');
  writeFileSync(script, loader);
  const samples = new Samples();
  const load = async (name: string, ...files: string[]): Promise<void> => {
    const { stdout } = await runNode(bench, [script, ...files.map((file) => join(bench.bundles, file))]);
    const { wall, cpu } = JSON.parse(stdout) as { wall: number; cpu: number };
    samples.add(`${name} wall`, wall);
    samples.add(`${name} cpu`, cpu);
  };
  // Loading takes milliseconds: more rounds cost little and say more.
  for (let round = 0; round < (bench.quick ? 1 : 9); round++) {
    await load('floor', 'floor-language-client.cjs');
    await load('start', 'extension.cjs');
    await load('manifest', 'extension.cjs', 'client.cjs');
  }
  return [...loadRows(samples), ...sizeRows(bench, await peerSize(bench)), ...packageRows()];
}

function loadRows(samples: Samples): Row[] {
  const parts = [
    ['start', 'Load the extension for a YAML file that is no manifest'],
    ['manifest', 'Load all of the extension (a manifest is open)'],
  ] as const;
  return parts.flatMap(([name, what]) =>
    (['cpu', 'wall'] as const).map((measure): Row => ({
      id: `activation/${name}/${measure}`,
      what: `${what}: ${measure === 'cpu' ? 'CPU' : measure}`,
      unit: 'ms',
      ours: samples.median(`${name} ${measure}`) ?? Number.NaN,
      floor: samples.median(`floor ${measure}`),
      floorIs: 'loads vscode-languageclient',
      ...(measure === 'wall' && { budget: { of: 'floor', atMost: 1.8 } as const }),
    })),
  );
}

/** Size of yaml-language-server bundled the same way, bytes. */
async function peerSize(bench: Bench): Promise<number | undefined> {
  if (!bench.peer) return undefined;
  const { outputFiles } = await build({
    entryPoints: [join(root, 'node_modules', 'yaml-language-server', 'bin', 'yaml-language-server')],
    loader: { '': 'js' },
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
    outfile: 'peer.cjs',
  }).catch(() => ({ outputFiles: [] }));
  return outputFiles[0]?.contents.length;
}

function sizeRows({ bundles }: Bench, peer: number | undefined): Row[] {
  return shipped.flatMap(([file, what]): Row[] => {
    const content = readFileSync(join(bundles, file));
    const server = file === 'server.cjs';
    const row = (id: string, size: number, kind: string): Row => ({
      id: `size/${file}/${id}`,
      what: `Bundle: ${what}, ${kind}`,
      unit: 'kB',
      ours: size / 1000,
    });
    const minified = row('minified', content.length, 'minified');
    return [
      server && peer !== undefined
        ? { ...minified, peer: peer / 1000, budget: { of: 'peer', atMost: 0.75 } }
        : minified,
      row('gzip', gzipSync(content).length, 'gzip'),
    ];
  });
}

/** The package, where `npm run package` made it. */
function packageRows(): Row[] {
  const path = join(root, 'selfheal.vsix');
  if (!existsSync(path)) return [];
  return [
    {
      id: 'size/vsix',
      what: 'Package (selfheal.vsix)',
      unit: 'kB',
      ours: statSync(path).size / 1000,
      budget: { of: 'value', atMost: 1500 },
    },
  ];
}
