/** Reads the bench's cluster with the informer of the official client, which keeps the objects and does nothing else. */
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { keepAccount } from './account.ts';

const config = new KubeConfig();
config.loadFromFile(process.argv[2] ?? '');
const api = config.makeApiClient(CoreV1Api);
const informer = makeInformer(config, '/api/v1/pods', () => api.listPodForAllNamespaces());
let [events, pods] = [0, 0];
let synced = false;
const account = keepAccount(
  () => ({ events, pods, readyPods: 0, restarts: 0, updates: 0, largest: 0 }),
  () => (events = 0),
);
const expected = Number(process.argv[3]);
informer.on('add', () => {
  events++;
  pods++;
  if (synced || pods < expected) return;
  synced = true;
  account.synced();
});
informer.on('update', () => events++);
informer.on('delete', () => {
  events++;
  pods--;
});
informer.on('error', (error: unknown) => console.error(error));
await informer.start();
