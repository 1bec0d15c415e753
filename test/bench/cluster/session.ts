/** Reads the bench's cluster with a cluster session, as the worker thread of the language server does. */
import { applyPatch } from '../../../core/src/live/patch.ts';
import type { HealthView } from '../../../core/src/live/view.ts';
import { createSession } from '../../../server/src/cluster/session.ts';
import { keepAccount } from './account.ts';

let view: HealthView | undefined;
let [updates, largest] = [0, 0];
let counted: number | undefined;
let synced = false;

const account = keepAccount(
  () => ({
    events: 0,
    pods: view?.totals.pods ?? 0,
    readyPods: view?.totals.readyPods ?? 0,
    restarts: view?.totals.restarts24h ?? 0,
    updates,
    largest,
    ...(counted !== undefined && { counted }),
  }),
  () => ([updates, largest] = [0, 0]),
);
const session = createSession({
  onUpdate(update) {
    updates++;
    // Every update leaves the thread as text in the end; what that takes counts here.
    largest = Math.max(largest, Buffer.byteLength(JSON.stringify(update)));
    if (update.type === 'snapshot') ({ view } = update);
    else if (view !== undefined) view = applyPatch(view, update.patch);
    const pods = view?.connection.kinds.find(({ resource }) => resource === 'pods');
    if (counted === undefined && (pods?.objects ?? 0) > 0) counted = account.cpu();
    if (synced || pods?.state !== 'synced' || view?.totals.pods !== pods.objects) return;
    synced = true;
    account.synced();
  },
  log: () => undefined,
});
await session.connect({ kubeconfig: process.argv[2] ?? '' });
