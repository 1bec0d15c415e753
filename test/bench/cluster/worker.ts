/** The worker thread of the product, which here tells its heap and its pauses when it is asked. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parentPort } from 'node:worker_threads';
import '../../../server/src/cluster/worker.ts';
import type { ThreadReport } from './protocol.ts';

declare const gc: (() => void) | undefined;

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
/** A timer that is always due comes once in each turn. */
let [turn, before] = [0, process.threadCpuUsage()];
setInterval(() => {
  const { user, system } = process.threadCpuUsage(before);
  before = process.threadCpuUsage();
  turn = Math.max(turn, (user + system) / 1000);
}, 1).unref();
const channel = new BroadcastChannel('bench');
channel.addEventListener('message', ({ data }: MessageEvent<unknown>): void => {
  if (data === 'mark') {
    delay.reset();
    turn = 0;
  }
  if (data !== 'report') return;
  const own = { pause: delay.max / 1e6, turn };
  gc?.();
  gc?.();
  const report: ThreadReport = { ...own, heap: process.memoryUsage().heapUsed / 2 ** 20 };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  channel.postMessage(report);
});
parentPort?.once('close', () => channel.close());
