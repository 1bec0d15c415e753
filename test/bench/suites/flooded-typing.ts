/** Typing while the session of the same language server follows a quiet cluster, then a flooded one. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPart, type Cluster } from '../cluster/parts.ts';
import type { FloodReport, ReaderReport } from '../cluster/protocol.ts';
import type { LanguageClient } from '../lsp.ts';
import { startServer } from '../lsp.ts';
import { fileOf } from '../manifests.ts';
import { hasProc, type Samples } from '../measure.ts';
import { ourServer } from '../servers.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';
import { type, typingIn, type Typing } from './keystroke.ts';

/** What is typed beside: nothing, a flood that another process reads, or one that the server's own session follows. */
type Beside = 'idle' | 'elsewhere' | 'flooded';

/** Measures keystrokes; before the server is connected, too, while somebody else reads the same flood. */
export async function floodedTyping(bench: Bench, { server, kubeconfig }: Cluster, samples: Samples): Promise<void> {
  const folder = join(bench.scratch, 'typing');
  mkdirSync(folder, { recursive: true });
  const place = typingIn(join(folder, 'shop.yaml'), fileOf(20));
  writeFileSync(join(folder, 'shop.yaml'), place.text);
  const client = await startServer(ourServer(bench, false), folder);
  const rounds = bench.quick ? 1 : 3;
  const flood = { rate: 2000, seconds: bench.quick ? 1 : 5 };
  const press = (beside: Beside): Promise<void> => typed(client, place, bench.quick ? 6 : 60, samples, beside);
  const underFlood = async (beside: Beside): Promise<void> => {
    const flooded = server.ask<FloodReport>(flood);
    await sleep(200);
    await press(beside);
    await flooded;
    await sleep(500);
  };
  try {
    await client.open(place.uri, place.text);
    const reader = startPart(bench, 'parse', [kubeconfig]);
    try {
      await reader.next<ReaderReport>();
      for (let round = 0; round < rounds; round++) await underFlood('elsewhere');
    } finally {
      await reader.stop();
    }
    await client.request('selfheal/connect', { kubeconfig });
    await live(client);
    for (let round = 0; round < rounds; round++) {
      await press('idle');
      await underFlood('flooded');
    }
  } finally {
    await client.stop();
  }
}

/** Types, and adds what the thread worked that answers: the session's own thread does not count. */
async function typed(
  client: LanguageClient,
  place: Typing,
  keys: number,
  samples: Samples,
  beside: Beside,
): Promise<void> {
  const before = threadTime(client.pid);
  await type(client, place, keys, samples, beside);
  if (hasProc) samples.add(`${beside} thread`, (threadTime(client.pid) - before) / (keys + Math.min(20, keys)));
}

/** Milliseconds that the first thread of a process has worked. */
function threadTime(pid: number): number {
  if (!hasProc) return Number.NaN;
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

async function live(client: LanguageClient): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { view } = await client.request<{ view: { connection: { state: string } } }>('selfheal/snapshot', null);
    if (view.connection.state === 'live') return;
    await sleep(100);
  }
  throw new Error('The language server did not get through to the cluster.');
}

/** What a flood does to a keystroke; the wall times tell what the machine has to spare, too. */
export function floodedTypingRows(samples: Samples): Row[] {
  const row = (id: string, what: string, measure: string, beside: Beside, floorIs: string, atMost?: number): Row => ({
    id: `cluster/${id}`,
    what: `Keystroke → diagnostics in the flood, ${what}`,
    unit: 'ms',
    ours: samples.median(`flooded ${measure}`) ?? Number.NaN,
    floor: samples.median(`${beside} ${measure}`),
    floorIs,
    ...(atMost !== undefined && { budget: { of: 'floor', atMost } }),
  });
  const idle = 'the same, idle';
  const elsewhere = 'the same, another process reads the flood';
  return [
    row('keystroke', 'p50', 'p50', 'idle', idle, 1.3),
    row('keystroke-elsewhere', 'p50', 'p50', 'elsewhere', elsewhere),
    row('keystroke-p95', 'p95', 'p95', 'idle', idle),
    row('keystroke-p95-elsewhere', 'p95', 'p95', 'elsewhere', elsewhere),
    ...(hasProc ? [row('keystroke-cpu', 'CPU of the answering thread per key', 'thread', 'idle', idle, 1.3)] : []),
  ];
}
