/** Follows the bench's cluster as the language server does: a worker thread reads, this one takes its updates. */
import { join } from 'node:path';
import type { HealthView } from '../../../core/src/live/view.ts';
import { createClusterHost } from '../../../server/src/cluster/host.ts';
import { keepAccount } from './account.ts';
import type { ThreadReport } from './protocol.ts';

let [updates, largest] = [0, 0];
let counted: number | undefined;
let synced = false;

const channel = new BroadcastChannel('bench');
const tellThread = (text: 'mark' | 'report'): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  channel.postMessage(text);
};
const askThread = (): Promise<ThreadReport> =>
  new Promise((resolve) => {
    channel.addEventListener('message', ({ data }: MessageEvent<ThreadReport>) => resolve(data), { once: true });
    tellThread('report');
  });
const view = (): HealthView | undefined => {
  const update = host.snapshot();
  return update.type === 'snapshot' ? update.view : undefined;
};

const account = keepAccount(
  () => {
    const totals = view()?.totals;
    return {
      events: 0,
      pods: totals?.pods ?? 0,
      readyPods: totals?.readyPods ?? 0,
      restarts: totals?.restarts24h ?? 0,
      updates,
      largest,
      ...(counted !== undefined && { counted }),
    };
  },
  () => {
    [updates, largest] = [0, 0];
    tellThread('mark');
  },
  askThread,
);
const host = createClusterHost({
  workerPath: join(import.meta.dirname, 'cluster-worker.mjs'),
  onUpdate(update) {
    updates++;
    // Every update leaves the process as text in the end; what that takes counts here.
    largest = Math.max(largest, Buffer.byteLength(JSON.stringify(update)));
    const shown = view();
    const pods = shown?.connection.kinds.find(({ resource }) => resource === 'pods');
    if (counted === undefined && (pods?.objects ?? 0) > 0) counted = account.cpu();
    if (synced || pods?.state !== 'synced' || shown?.totals.pods !== pods.objects) return;
    synced = true;
    account.synced();
  },
  log: () => undefined,
});
await host.connect({ kubeconfig: process.argv[2] ?? '' });
