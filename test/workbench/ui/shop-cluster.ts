/** A cluster of one node with the Deployment `web` of the workspace, and the misfortune that befalls it. */
import fs from 'node:fs';
import path from 'node:path';
import { type ApiServer, startApiServer } from '../../api-server/server.ts';
import { type KubeObject, rfc3339 } from '../../api-server/store.ts';

const namespace = 'shop';
const podName = 'web-5d8f7c6b9-x2k4q';
const owner = (kind: string, object: KubeObject) => [
  { apiVersion: 'apps/v1', kind, name: object.metadata.name, uid: object.metadata.uid ?? '', controller: true },
];
const ago = (seconds: number): string => rfc3339(Date.now() - seconds * 1000);
const labels = { app: 'web', 'pod-template-hash': '5d8f7c6b9' };
const httpGet = { path: '/healthz', port: 'http', scheme: 'HTTP' };
const probe = { httpGet, periodSeconds: 10, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 };

const container = {
  name: 'web',
  image: 'registry.example.com/web:2.0.1',
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  resources: { requests: { cpu: '100m', memory: '64Mi' } },
  readinessProbe: probe,
  livenessProbe: probe,
};

function podStatus(ready: boolean, restarts: number, startedAt: string, terminated?: object): object {
  const at = ago(600);
  const condition = (type: string, status: boolean, since: string): object => ({
    type,
    status: status ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: since,
  });
  return {
    phase: 'Running',
    podIP: '10.0.0.7',
    hostIP: '192.0.2.10',
    startTime: at,
    qosClass: 'Burstable',
    conditions: [
      condition('PodScheduled', true, at),
      condition('Initialized', true, at),
      condition('ContainersReady', ready, startedAt),
      condition('Ready', ready, startedAt),
    ],
    containerStatuses: [
      {
        name: 'web',
        image: container.image,
        imageID: `${container.image}@sha256:0`,
        containerID: `containerd://web-${restarts}`,
        ready,
        started: true,
        restartCount: restarts,
        state: { running: { startedAt } },
        lastState: terminated ? { terminated } : {},
      },
    ],
  };
}

function fill(server: ApiServer): void {
  const { store } = server;
  store.put({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-a', labels: { 'kubernetes.io/hostname': 'node-a' } },
    spec: {},
    status: {
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime: ago(3600) }],
      nodeInfo: { kubeletVersion: 'v1.32.13' },
    },
  });
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container], restartPolicy: 'Always' } };
  const selector = { matchLabels: { app: 'web' } };
  const deployment = store.put({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace, generation: 1, labels: { app: 'web' } },
    spec: { replicas: 1, selector, template },
    status: { observedGeneration: 1, replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 },
  });
  const replicaSet = store.put({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'web-5d8f7c6b9',
      namespace,
      generation: 1,
      labels,
      ownerReferences: owner('Deployment', deployment),
    },
    spec: { replicas: 1, selector: { matchLabels: labels }, template },
    status: { observedGeneration: 1, replicas: 1, readyReplicas: 1, availableReplicas: 1 },
  });
  store.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: podName, namespace, labels, ownerReferences: owner('ReplicaSet', replicaSet) },
    spec: { nodeName: 'node-a', restartPolicy: 'Always', containers: [container], terminationGracePeriodSeconds: 30 },
    status: podStatus(true, 0, ago(590)),
  });
}

/** The cluster and its kubeconfig files. */
export interface ShopCluster {
  readonly server: ApiServer;
  /** What KUBECONFIG names: three contexts, `shop` (current), `nothing-allowed` and `wrong-password`. */
  readonly kubeconfig: string;
  /** The kubelet kills the container by its liveness probe and starts it again; returns when it was sent, epoch ms. */
  readonly killByLiveness: () => number;
  readonly close: () => Promise<void>;
}

/** Starts the cluster; kubeconfig files go to `folder`. */
export async function startShopCluster(folder: string): Promise<ShopCluster> {
  const server = await startApiServer({
    users: [
      { name: 'guest', grants: [] },
      { name: 'stranger', grants: [] },
    ],
    bookmarkSeconds: 2,
  });
  fill(server);
  const files = [
    ['shop', server.kubeconfig({ context: 'shop' })],
    ['guest', server.kubeconfig({ context: 'nothing-allowed', name: 'guest' })],
    ['stranger', server.kubeconfig({ context: 'wrong-password', user: 'wrong-token', name: 'stranger' })],
  ].map(([name, text]) => {
    const file = path.join(folder, `${name}.kubeconfig`);
    fs.writeFileSync(file, text ?? '', { mode: 0o600 });
    return file;
  });
  const killByLiveness = (): number => {
    const { store } = server;
    const pod = store.get('pods', namespace, podName);
    const event = (reason: string, message: string, count: number): void => {
      store.put({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${podName}.${reason.toLowerCase()}`, namespace },
        involvedObject: {
          apiVersion: 'v1',
          kind: 'Pod',
          namespace,
          name: podName,
          uid: pod?.metadata.uid,
          fieldPath: 'spec.containers{web}',
        },
        type: reason === 'Unhealthy' ? 'Warning' : 'Normal',
        reason,
        message,
        count,
        firstTimestamp: ago(20),
        lastTimestamp: ago(1),
        source: { component: 'kubelet', host: 'node-a' },
      });
    };
    const why =
      'Get "http://10.0.0.7:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    event('Unhealthy', `Liveness probe failed: ${why}`, 3);
    event('Killing', 'Container web failed liveness probe, will be restarted', 1);
    const ended = {
      exitCode: 137,
      reason: 'Error',
      startedAt: ago(590),
      finishedAt: ago(1),
      containerID: 'containerd://web-0',
    };
    store.patch('pods', namespace, podName, (draft) => {
      draft['status'] = podStatus(false, 1, ago(0), ended);
    });
    return Date.now();
  };
  return { server, kubeconfig: files.join(path.delimiter), killByLiveness, close: () => server.close() };
}
