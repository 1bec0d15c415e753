/** The API server of the cluster bench, in a process of its own: a number of pods, and floods of changes on request. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startApiServer } from '../../api-server/server.ts';
import type { KubeObject } from '../../api-server/store.ts';
import { randomFrom } from '../manifests.ts';
import { pod } from '../pods.ts';
import type { FloodReport, ServerCommand } from './protocol.ts';

const count = Number(process.argv[2]);
/** Now, so that restarts count as those of the last day. */
const epoch = Date.now() - 80_000_000;
const server = await startApiServer({ bookmarkSeconds: 30 });
const random = randomFrom(11);
const restarts = new Uint32Array(count);
const generations = new Uint32Array(count);
const unready = new Uint8Array(count);
let version = 0;

function objectOf(index: number): KubeObject {
  const options = { epoch, generation: generations[index] ?? 0, ready: unready[index] === 0 };
  version += 1;
  const object = pod(index, version, restarts[index] ?? 0, options) as Omit<KubeObject, 'kind' | 'apiVersion'>;
  return { ...object, kind: 'Pod', apiVersion: 'v1' } as KubeObject;
}

for (let index = 0; index < count; index++) server.store.create(objectOf(index));

/** One change: most say nothing new, some are restarts, some a pod of the same name with another UID. */
function change(report: { events: number; restarts: number }): void {
  const index = Math.floor(random() * count);
  const dice = random();
  if (dice < 0.04) {
    restarts[index] = (restarts[index] ?? 0) + 1;
    report.restarts++;
  } else if (dice < 0.05) {
    generations[index] = (generations[index] ?? 0) + 1;
    restarts[index] = 0;
    unready[index] = 0;
    const { metadata } = objectOf(index);
    server.store.delete('pods', metadata.namespace, metadata.name);
    report.events++;
  } else if (dice < 0.07) {
    unready[index] = unready[index] === 0 ? 1 : 0;
  }
  server.store.put(objectOf(index));
  report.events++;
}

/** Sends changes at a rate for a while; a late timer is made up for. */
async function flood(rate: number, seconds: number): Promise<FloodReport> {
  const report = { events: 0, restarts: 0 };
  const start = performance.now();
  for (let sent = 0; ;) {
    const passed = (performance.now() - start) / 1000;
    for (const due = Math.min(passed, seconds) * rate; sent < due; sent++) change(report);
    if (passed >= seconds) break;
    await sleep(10);
  }
  const ready = unready.reduce((sum, each) => sum + (each === 0 ? 1 : 0), 0);
  return {
    ...report,
    seconds: (performance.now() - start) / 1000,
    ready,
    restartsOfPods: restarts.reduce((a, b) => a + b, 0),
  };
}

process.on('message', (command: ServerCommand) => {
  void flood(command.rate, command.seconds).then((report) => process.send?.(report));
});
process.on('disconnect', () => process.exit());
process.send?.({ kubeconfig: server.kubeconfig() });
