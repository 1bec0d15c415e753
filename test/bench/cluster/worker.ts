/** The worker thread of the product, which here tells its heap and its pauses when it is asked. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parentPort } from 'node:worker_threads';
import '../../../server/src/cluster/worker.ts';
import type { ThreadReport } from './protocol.ts';

declare const gc: (() => void) | undefined;

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const channel = new BroadcastChannel('bench');
channel.addEventListener('message', ({ data }: MessageEvent<unknown>): void => {
  if (data === 'mark') delay.reset();
  if (data !== 'report') return;
  const pause = delay.max / 1e6;
  gc?.();
  gc?.();
  const report: ThreadReport = { pause, heap: process.memoryUsage().heapUsed / 2 ** 20 };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  channel.postMessage(report);
});
parentPort?.once('close', () => channel.close());
