/** Start and memory of the language server, and typing while it knows a whole workspace. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LanguageClient, ServerSetup } from '../lsp.ts';
import { startServer } from '../lsp.ts';
import { fileOf } from '../manifests.ts';
import { hasProc, processorTime, residentMemory, Samples } from '../measure.ts';
import { floorServer, ourServer, peerServer } from '../servers.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';
import { type, typingIn } from './keystroke.ts';
import { writeWorkspace } from './workspace-lint.ts';

/** Starts a server on a folder with one small file and opens it. */
async function openSmall(setup: ServerSetup, bench: Bench, samples: Samples, name: string): Promise<void> {
  const folder = join(bench.scratch, 'small');
  const place = typingIn(join(folder, 'shop.yaml'), fileOf(1));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'shop.yaml'), place.text);
  const client = await startServer(setup, folder);
  try {
    samples.add(`${name} init`, client.initialized - client.spawned);
    if (hasProc) samples.add(`${name} init-cpu`, processorTime(client.pid));
    const { at } = await client.open(place.uri, place.text);
    samples.add(`${name} first`, at - client.spawned);
    if (!hasProc) return;
    samples.add(`${name} first-cpu`, processorTime(client.pid));
    await sleep(500);
    samples.add(`${name} rss`, residentMemory(client.pid));
  } finally {
    await client.stop();
  }
}

interface WorkspaceReport {
  readonly items: readonly { readonly uri: string; readonly resultId?: string }[];
}

/** Scans a workspace, then types into one of its files. */
async function scan(bench: Bench, pull: boolean, folder: string, samples: Samples): Promise<void> {
  const way = pull ? 'pull' : 'push';
  const team = join(folder, 'team-0');
  const path = join(team, readdirSync(team)[0] ?? '');
  const place = typingIn(path, readFileSync(path, 'utf8'));
  const client = await startServer(ourServer(bench, pull), folder);
  try {
    await client.open(place.uri, place.text);
    await settled(client, pull);
    if (hasProc) samples.add(`${way} scan-rss`, residentMemory(client.pid));
    await type(client, place, bench.quick ? 6 : 40, samples, `${way} scanned`);
    if (pull && hasProc) await reportAfterEdit(client, place.uri, place.line, place.column, samples);
  } finally {
    await client.stop();
  }
}

/** Waits until the whole workspace has been looked at: on request it is answered then, else the processor rests. */
async function settled(client: LanguageClient, pull: boolean): Promise<void> {
  if (pull) {
    await client.request<WorkspaceReport>('workspace/diagnostic', { previousResultIds: [] });
    return;
  }
  let before: number;
  let now = 0;
  do {
    await sleep(1000);
    before = now;
    now = hasProc ? processorTime(client.pid) : 0;
  } while (now - before > 20);
}

/** What the report on the whole workspace costs after one change. */
async function reportAfterEdit(
  client: LanguageClient,
  uri: string,
  line: number,
  column: number,
  samples: Samples,
): Promise<void> {
  const { items } = await client.request<WorkspaceReport>('workspace/diagnostic', { previousResultIds: [] });
  const previousResultIds = items.map((item) => ({ uri: item.uri, value: item.resultId ?? '' }));
  const costs: number[] = [];
  for (let index = 0; index < 6; index++) {
    await (index % 2 === 0
      ? client.change(uri, line, column, column, 'x')
      : client.change(uri, line, column, column + 1, ''));
    const before = processorTime(client.pid);
    await client.request<WorkspaceReport>('workspace/diagnostic', { previousResultIds });
    costs.push(processorTime(client.pid) - before);
  }
  samples.add('report', costs.toSorted((a, b) => a - b)[costs.length >> 1] ?? Number.NaN);
}

export async function memory(bench: Bench): Promise<readonly Row[]> {
  const samples = new Samples();
  const files = bench.quick ? 20 : 1000;
  const folder = writeWorkspace(bench, files, 10);
  for (let round = 0; round < bench.rounds; round++) {
    await openSmall(floorServer(bench), bench, samples, 'floor');
    await openSmall(ourServer(bench, true), bench, samples, 'ours');
    if (bench.peer) await openSmall(peerServer(bench), bench, samples, 'peer');
    await scan(bench, true, folder, samples);
    await scan(bench, false, folder, samples);
  }
  return [...startRows(samples), ...scanRows(samples, files)].filter(({ id }) => hasProc || !needsProc.test(id));
}

const needsProc = /cpu$|rss$|report$/;

function startRows(samples: Samples): Row[] {
  const row = (measure: string, what: string, unit: Row['unit'], atMost: number | undefined): Row => ({
    id: `server/${measure}`,
    what,
    unit,
    ours: samples.median(`ours ${measure}`) ?? Number.NaN,
    floor: samples.median(`floor ${measure}`),
    floorIs: 'server that parses the file',
    peer: samples.median(`peer ${measure}`),
    ...(atMost !== undefined && { budget: { of: 'peer', atMost } }),
  });
  return [
    row('init', 'Server: spawn → initialize', 'ms', 0.45),
    row('init-cpu', 'Server: spawn → initialize, CPU', 'ms', undefined),
    row('first', 'Server: spawn → first diagnostics, small file', 'ms', 0.15),
    row('first-cpu', 'Server: spawn → first diagnostics, CPU', 'ms', undefined),
    row('rss', 'Server: memory with a small file open', 'MB', 0.25),
  ];
}

function scanRows(samples: Samples, files: number): Row[] {
  const where = `${files} files of 10 documents`;
  return (['pull', 'push'] as const).flatMap((way): Row[] => {
    const row = (measure: string, what: string, unit: Row['unit'], name = `${way} scanned ${measure}`): Row => ({
      id: `scanned/${way}/${measure}`,
      what: `${what} (${way}), ${where}`,
      unit,
      ours: samples.median(name) ?? Number.NaN,
    });
    return [
      {
        ...row('rss', 'Server: memory after the scan', 'MB', `${way} scan-rss`),
        floor: samples.median('floor rss'),
        floorIs: 'server with one small file',
      },
      row('p50', 'Keystroke → diagnostics: p50', 'ms'),
      row('p95', 'Keystroke → diagnostics: p95', 'ms'),
      { ...row('cpu', 'Keystroke: CPU per key', 'ms'), budget: { of: 'value', atMost: 50 } },
      ...(way === 'pull' ? [row('report', 'Report on the whole workspace after one change: CPU', 'ms', 'report')] : []),
    ];
  });
}
