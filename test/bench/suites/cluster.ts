/** A cluster session beside the parsing of the same bytes and beside the official client's informer. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FloodReport, ReaderReport, ServerCommand } from '../cluster/protocol.ts';
import type { LanguageClient } from '../lsp.ts';
import { startServer } from '../lsp.ts';
import { fileOf } from '../manifests.ts';
import { Samples } from '../measure.ts';
import { ourServer } from '../servers.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';
import { type, typingIn } from './keystroke.ts';

/** A child process that answers messages. */
interface Part {
  ask<Answer>(question: unknown): Promise<Answer>;
  tell(message: unknown): void;
  next<Answer>(): Promise<Answer>;
  stop(): Promise<void>;
}

function start(bench: Bench, name: string, args: readonly string[]): Part {
  const flags = ['--expose-gc', '--max-old-space-size=6000'];
  const child: ChildProcess = spawn(process.execPath, [...flags, join(bench.bundles, `cluster-${name}.mjs`), ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  const next = async <Answer>(): Promise<Answer> => {
    const patience = new AbortController();
    const { signal } = patience;
    const answer = once(child, 'message', { signal }) as Promise<[Answer]>;
    const ended = gone.then(() => Promise.reject(new Error(`cluster-${name} ended`)));
    try {
      return (await Promise.race([answer, ended, late(signal, name)]))[0];
    } finally {
      patience.abort();
    }
  };
  return {
    next,
    tell: (message) => child.send(message as object),
    ask(question) {
      const answer = next();
      child.send(question as object);
      return answer as Promise<never>;
    },
    async stop() {
      child.kill();
      await gone;
    },
  };
}

async function late(signal: AbortSignal, name: string): Promise<never> {
  await sleep(180_000, undefined, { signal });
  throw new Error(`cluster-${name} does not answer`);
}

interface Cluster {
  readonly server: Part;
  readonly kubeconfig: string;
}

async function startCluster(bench: Bench, pods: number): Promise<Cluster> {
  const server = start(bench, 'server', [String(pods)]);
  const { kubeconfig } = await server.next<{ kubeconfig: string }>();
  const path = join(bench.scratch, `kubeconfig-${pods}`);
  writeFileSync(path, kubeconfig);
  return { server, kubeconfig: path };
}

/** Lets a reader read everything, then a flood; checks that it lost nothing. */
async function read(
  bench: Bench,
  { server, kubeconfig }: Cluster,
  name: 'session' | 'informer' | 'parse',
  pods: number,
  flood: ServerCommand,
  samples: Samples,
): Promise<void> {
  const reader = start(bench, name, [kubeconfig, String(pods)]);
  try {
    const listed = await reader.next<ReaderReport>();
    const add = (measure: string, value: number): void => samples.add(`${name} ${measure}`, value);
    add('sync cpu', listed.cpu);
    add('sync wall', listed.wall);
    add('heap', listed.heap);
    add('rss', listed.rss);
    add('sync pause', listed.pause);
    if (listed.counted !== undefined) add('counted', listed.counted);
    await sleep(300);
    reader.tell('mark');
    const told = await server.ask<FloodReport>(flood);
    const lostBy = ({ pods: known, readyPods, restarts }: ReaderReport): number =>
      Math.abs(known - pods) + Math.abs(readyPods - told.ready) + Math.abs(restarts - listed.restarts - told.restarts);
    const complete = (seen: ReaderReport): boolean =>
      name === 'session' ? lostBy(seen) === 0 : seen.events >= told.events;
    await sleep(1000);
    let report = await reader.ask<ReaderReport>('report');
    // A machine that is busy with other things is behind; what is lost stays lost.
    for (let tries = 0; !complete(report) && tries < 10; tries++) {
      await sleep(1000);
      report = await reader.ask<ReaderReport>('report');
    }
    add('flood cpu', (name === 'parse' ? (report.counted ?? Number.NaN) : report.cpu) / told.events);
    add('flood all', report.cpu / told.events);
    add('flood pause', report.pause);
    if (name !== 'session') {
      if (report.events !== told.events)
        bench.note(`The ${name} of the flood saw ${report.events} of ${told.events} changes.`);
      return;
    }
    add('lost', lostBy(report));
    add('rate', told.events / told.seconds);
    add('updates', report.updates / (report.wall / 1000));
    add('largest', report.largest / 1024);
  } finally {
    await reader.stop();
  }
}

/** Types into a file while the session of the same language server follows a quiet cluster, then a flooded one. */
async function typing(bench: Bench, { server, kubeconfig }: Cluster, samples: Samples): Promise<void> {
  const folder = join(bench.scratch, 'typing');
  mkdirSync(folder, { recursive: true });
  const place = typingIn(join(folder, 'shop.yaml'), fileOf(20));
  writeFileSync(join(folder, 'shop.yaml'), place.text);
  const client = await startServer(ourServer(bench, false), folder);
  try {
    await client.open(place.uri, place.text);
    await client.request('selfheal/connect', { kubeconfig });
    await live(client);
    const keys = bench.quick ? 6 : 60;
    for (let round = 0; round < (bench.quick ? 1 : 3); round++) {
      await type(client, place, keys, samples, 'idle');
      const seconds = bench.quick ? 1 : 5;
      const flooded = server.ask<FloodReport>({ rate: 2000, seconds });
      await sleep(200);
      await type(client, place, keys, samples, 'flooded');
      await flooded;
      await sleep(500);
    }
  } finally {
    await client.stop();
  }
}

async function live(client: LanguageClient): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { view } = await client.request<{ view: { connection: { state: string } } }>('selfheal/snapshot', null);
    if (view.connection.state === 'live') return;
    await sleep(100);
  }
  throw new Error('The language server did not get through to the cluster.');
}

export async function cluster(bench: Bench): Promise<readonly Row[]> {
  const samples = new Samples();
  const pods = bench.quick ? 200 : 10_000;
  const flood = { rate: 2000, seconds: bench.quick ? 1 : 8 };
  const small = await startCluster(bench, pods);
  try {
    for (let round = 0; round < bench.rounds; round++) {
      await read(bench, small, 'parse', pods, flood, samples);
      await read(bench, small, 'session', pods, flood, samples);
      await read(bench, small, 'informer', pods, flood, samples);
    }
    await typing(bench, small, samples);
  } finally {
    await small.server.stop();
  }
  const many = bench.quick ? 1000 : 150_000;
  const big = await startCluster(bench, many);
  const large = new Samples();
  try {
    await read(bench, big, 'session', many, { rate: 2000, seconds: 1 }, large);
  } finally {
    await big.server.stop();
  }
  return rowsOf(samples, large, pods, many);
}

function rowsOf(samples: Samples, large: Samples, pods: number, many: number): Row[] {
  const value = (name: string, from = samples): number => from.median(name) ?? Number.NaN;
  const informer = { floorIs: "client-node's informer" };
  const at = (count: number): string => `${count.toLocaleString('en')} pods`;
  const bounded = (id: string, what: string, unit: Row['unit'], ours: number, atMost: number): Row => ({
    id: `cluster/${id}`,
    what: `Cluster session, ${what}`,
    unit,
    ours,
    budget: { of: 'value', atMost },
  });
  return [
    bounded('counted', `${at(pods)}: connect → first counts, CPU`, 'ms', value('session counted'), 1000),
    {
      ...bounded('synced', `${at(pods)}: connect → complete picture, CPU`, 'ms', value('session sync cpu'), 1500),
      floor: samples.median('informer sync cpu'),
      ...informer,
    },
    {
      ...bounded(
        'pause',
        `${at(pods)}: longest pause of the thread while connecting`,
        'ms',
        value('session sync pause'),
        100,
      ),
      floor: samples.median('informer sync pause'),
      ...informer,
    },
    {
      ...bounded('heap', `${at(pods)}: heap`, 'MB', value('session heap'), 60),
      floor: samples.median('informer heap'),
      ...informer,
    },
    bounded('heap-large', `${at(many)}: heap`, 'MB', value('session heap', large), 200),
    bounded(
      'pause-large',
      `${at(many)}: longest pause of the thread while connecting`,
      'ms',
      value('session sync pause', large),
      100,
    ),
    {
      id: 'cluster/flood',
      what: `Cluster session, ${at(pods)}, 2,000 events/s: CPU per event`,
      unit: 'ms',
      ours: value('session flood cpu'),
      floor: samples.median('parse flood cpu'),
      floorIs: 'JSON.parse',
    },
    {
      id: 'cluster/flood-received',
      what: `Cluster session, ${at(pods)}, 2,000 events/s: CPU per event`,
      unit: 'ms',
      ours: value('session flood cpu'),
      floor: samples.median('parse flood all'),
      floorIs: 'receives over TLS and JSON.parse',
      budget: { of: 'floor', atMost: 3 },
    },
    {
      id: 'cluster/flood-informer',
      what: `Cluster session, ${at(pods)}, 2,000 events/s: CPU per event`,
      unit: 'ms',
      ours: value('session flood cpu'),
      floor: samples.median('informer flood cpu'),
      ...informer,
    },
    { id: 'cluster/rate', what: 'Events that the server sent', unit: '1/s', ours: value('session rate') },
    bounded('lost', 'restarts, pods and readiness lost in the flood', '', value('session lost'), 0),
    bounded('updates', 'updates in the flood', '1/s', value('session updates'), 10),
    bounded('largest', 'largest update in the flood', 'kB', value('session largest'), 64),
    {
      ...bounded('flood-pause', 'longest pause of the thread in the flood', 'ms', value('session flood pause'), 100),
      floor: samples.median('parse flood pause'),
      floorIs: 'receives over TLS and JSON.parse',
    },
    {
      id: 'cluster/keystroke',
      what: 'Keystroke → diagnostics in the flood, p50',
      unit: 'ms',
      ours: value('flooded p50'),
      floor: samples.median('idle p50'),
      floorIs: 'the same, idle',
      budget: { of: 'floor', atMost: 1.3 },
    },
    {
      id: 'cluster/keystroke-p95',
      what: 'Keystroke → diagnostics in the flood, p95',
      unit: 'ms',
      ours: value('flooded p95'),
      floor: samples.median('idle p95'),
      floorIs: 'the same, idle',
    },
  ];
}
