/** From a keystroke to the diagnostics of the text it made. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { LanguageClient, ServerSetup } from '../lsp.ts';
import { startServer } from '../lsp.ts';
import { fileOf } from '../manifests.ts';
import { costOf, hasProc, median, processorTime, quantile, Samples } from '../measure.ts';
import { floorServer, ourServer, peerServer } from '../servers.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';

/** Pause between keystrokes, milliseconds: nobody types without one. */
const pause = 30;

/** A letter behind the name of a field: both servers see that a probe is missing or a field unknown. */
const field = 'livenessProbe';

/** A file to type in. */
export interface Typing {
  readonly uri: string;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export function typingIn(path: string, text: string): Typing {
  const lines = text.split('\n');
  const middle = lines.length >> 1;
  const found = [...lines.keys()]
    .map((index) => (middle + index) % lines.length)
    .find((index) => lines[index]?.endsWith(`${field}:`));
  if (found === undefined) throw new Error(`${path} has no ${field}`);
  return {
    uri: pathToFileURL(path).href,
    text,
    line: found,
    column: (lines[found] ?? '').indexOf(field) + field.length,
  };
}

/** Types and takes back a letter; adds the times to the samples. Throws when an answer does not fit the text. */
export async function type(
  client: LanguageClient,
  place: Typing,
  keys: number,
  samples: Samples,
  name: string,
  judges = true,
): Promise<void> {
  const { uri, line, column } = place;
  const walls: number[] = [];
  const counts: number[][] = [[], []];
  const press = async (index: number): Promise<void> => {
    const start = performance.now();
    const { at, diagnostics } = await (index % 2 === 0
      ? client.change(uri, line, column, column, 'x')
      : client.change(uri, line, column, column + 1, ''));
    walls.push(at - start);
    counts[index % 2]?.push(diagnostics.length);
    await sleep(pause);
  };
  const warm = Math.min(20, keys);
  for (let index = 0; index < warm; index++) await press(index);
  walls.length = 0;
  const before = hasProc ? processorTime(client.pid) : 0;
  for (let index = 0; index < keys; index++) await press(index);
  const [broken = [], whole = []] = counts;
  if (judges && !(Math.min(...broken) > Math.max(...whole)))
    throw new Error(`${name} answered for another text: ${broken.join()} / ${whole.join()}`);
  samples.add(`${name} p50`, median(walls));
  samples.add(`${name} p95`, quantile(walls, 0.95));
  if (hasProc) samples.add(`${name} cpu`, (processorTime(client.pid) - before) / keys);
}

/** Measures one server on files of all sizes. */
async function typeInto(
  setup: ServerSetup,
  bench: Bench,
  size: number,
  keys: number,
  samples: Samples,
  name: string,
  judges: boolean,
): Promise<void> {
  const folder = join(bench.scratch, `keys-${size}`);
  const path = join(folder, 'shop.yaml');
  const place = typingIn(path, fileOf(size));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, place.text);
  const client = await startServer(setup, folder);
  try {
    const { at } = await client.open(place.uri, place.text);
    samples.add(`${name} ready`, at - client.spawned);
    await sleep(300);
    await type(client, place, keys, samples, `${name} ${size}`, judges);
  } finally {
    await client.stop();
  }
}

/** Parsing in this process: of the changed document, and of the whole file. */
function parseFloor(size: number, samples: Samples): void {
  const text = fileOf(size);
  const place = typingIn('shop.yaml', text);
  const ends = text.split('---\n');
  let at = 0;
  const changed = ends.find((part) => (at += part.split('\n').length - 1 + 1) > place.line) ?? text;
  for (const [name, source] of [
    ['document', changed],
    ['file', text],
  ] as const) {
    const times = Math.max(3, Math.round(100_000 / source.length));
    const parse = (): void => {
      for (let index = 0; index < times; index++)
        parseAllDocuments(source, { prettyErrors: false, logLevel: 'silent' });
    };
    parse();
    samples.add(`${name} ${size}`, costOf(parse).cpu / times);
  }
}

export async function keystroke(bench: Bench): Promise<readonly Row[]> {
  const sizes = bench.quick ? [1, 20] : [1, 100, 1000];
  const samples = new Samples();
  for (let round = 0; round < bench.rounds; round++) {
    for (const size of sizes) {
      const keys = bench.quick ? 6 : 80;
      parseFloor(size, samples);
      await typeInto(ourServer(bench, true), bench, size, keys, samples, 'pull', true);
      await typeInto(ourServer(bench, false), bench, size, keys, samples, 'push', true);
      await typeInto(floorServer(bench), bench, size, keys, samples, 'floor', false);
      if (bench.peer) await typeInto(peerServer(bench), bench, size, size > 500 ? 10 : keys, samples, 'peer', true);
    }
  }
  return sizes.flatMap((size) => rowsOf(size, samples));
}

function rowsOf(size: number, samples: Samples): Row[] {
  const documents = `${size} document${size === 1 ? '' : 's'}`;
  const small = size < 50;
  return (['pull', 'push'] as const).flatMap((way): Row[] => {
    const row = (measure: 'p50' | 'p95' | 'cpu', what: string, budget: number | undefined): Row => ({
      id: `keystroke/${way}/${size}/${measure}`,
      what: `Keystroke → diagnostics (${way}), ${documents}: ${what}`,
      unit: 'ms',
      ours: samples.median(`${way} ${size} ${measure}`) ?? Number.NaN,
      floor: measure === 'cpu' ? samples.median(`document ${size}`) : samples.median(`floor ${size} ${measure}`),
      floorIs: measure === 'cpu' ? 'parses the changed document' : 'server that parses the file',
      peer: samples.median(`peer ${size} ${measure}`),
      ...(budget !== undefined && { budget: { of: 'peer', atMost: budget } }),
    });
    return [
      row('p50', 'p50', undefined),
      row('p95', 'p95', small ? 0.35 : 0.15),
      ...(hasProc ? [row('cpu', 'CPU per key', small ? 0.8 : 0.06)] : []),
    ];
  });
}
