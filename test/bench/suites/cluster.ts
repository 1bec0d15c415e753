/** A cluster session beside the parsing of the same bytes and beside the official client's informer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, startPart, type Cluster } from '../cluster/parts.ts';
import type { FloodReport, ReaderReport, ServerCommand } from '../cluster/protocol.ts';
import { Samples } from '../measure.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';
import { floodedTyping, floodedTypingRows } from './flooded-typing.ts';
import { reduceFlood, reduceFloodRow } from './reduce-flood.ts';

/** Lets a reader read everything, then a flood; checks that it lost nothing. */
async function read(
  bench: Bench,
  { server, kubeconfig }: Cluster,
  name: 'session' | 'informer' | 'parse',
  pods: number,
  flood: ServerCommand,
  samples: Samples,
): Promise<void> {
  const reader = startPart(bench, name, [kubeconfig, String(pods)]);
  try {
    const listed = await reader.next<ReaderReport>();
    const add = (measure: string, value: number): void => samples.add(`${name} ${measure}`, value);
    add('sync cpu', listed.cpu);
    add('sync wall', listed.wall);
    add('heap', listed.heap);
    add('rss', listed.rss);
    add('sync pause', listed.pause);
    add('sync turn', listed.turn ?? Number.NaN);
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
    add('flood turn', report.turn ?? Number.NaN);
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
    await floodedTyping(bench, small, samples);
    reduceFlood(bench, pods, samples);
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
  const shown = (id: string, what: string, ours: number): Row => ({
    id: `cluster/${id}`,
    what: `Cluster session, ${what}`,
    unit: 'ms',
    ours,
  });
  return [
    bounded('counted', `${at(pods)}: connect → first counts, CPU`, 'ms', value('session counted'), 1000),
    {
      ...bounded('synced', `${at(pods)}: connect → complete picture, CPU`, 'ms', value('session sync cpu'), 1500),
      floor: samples.median('informer sync cpu'),
      ...informer,
    },
    bounded(
      'turn',
      `${at(pods)}: longest turn of the thread while connecting, CPU`,
      'ms',
      value('session sync turn'),
      100,
    ),
    {
      ...shown('pause', `${at(pods)}: longest pause of the thread while connecting`, value('session sync pause')),
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
      'turn-large',
      `${at(many)}: longest turn of the thread while connecting, CPU`,
      'ms',
      value('session sync turn', large),
      100,
    ),
    shown(
      'pause-large',
      `${at(many)}: longest pause of the thread while connecting`,
      value('session sync pause', large),
    ),
    reduceFloodRow(samples),
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
    bounded('flood-turn', 'longest turn of the thread in the flood, CPU', 'ms', value('session flood turn'), 100),
    {
      ...shown('flood-pause', 'longest pause of the thread in the flood', value('session flood pause')),
      floor: samples.median('parse flood pause'),
      floorIs: 'receives over TLS and JSON.parse',
    },
    ...floodedTypingRows(samples),
  ];
}
