/** The floor of a flood: receives a watch and parses its lines, in batches whose CPU time is what counts. */
import { request } from 'node:https';
import { parse } from 'yaml';
import { readFileSync } from 'node:fs';
import { createLineSplitter } from '../../../server/src/cluster/lines.ts';
import { keepAccount } from './account.ts';

interface Config {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}
const { clusters, users } = parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Config;
const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
if (cluster === undefined || user === undefined) throw new Error('The kubeconfig names no cluster.');

let batch: string[] = [];
let events = 0;
let spent = 0;
function parseBatch(): void {
  const before = process.cpuUsage();
  for (const line of batch) JSON.parse(line);
  const { user, system } = process.cpuUsage(before);
  spent += (user + system) / 1000;
  events += batch.length;
  batch = [];
}
const account = keepAccount(
  () => {
    parseBatch();
    // What counts is the parsing alone: it travels in the field of the first counts.
    return { events, pods: 0, readyPods: 0, restarts: 0, updates: 0, largest: 0, counted: spent };
  },
  () => {
    parseBatch();
    [events, spent] = [0, 0];
  },
);
const lines = createLineSplitter((line) => {
  batch.push(line.toString());
  if (batch.length >= 200) parseBatch();
});
const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
const headers = { authorization: `Bearer ${user.token}` };
const watch =
  '/api/v1/pods?watch=true&resourceVersion=0&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=3600';
let synced = false;
request(`${cluster.server}${watch}`, { ca, headers }, (response) => {
  response.on('data', (chunk: Buffer) => {
    if (!synced && chunk.includes('k8s.io/initial-events-end')) {
      synced = true;
      setImmediate(() => account.synced());
    }
    lines.push(chunk);
  });
}).end();
