/** Pods as an API server sends them, made up. */
import { randomFrom } from './manifests.ts';

/** What a pod of the bench may differ in. */
export interface PodOptions {
  /** Epoch ms of the first pod's creation. */
  readonly epoch?: number;
  /** How often a pod of this name was made anew; each has a UID of its own. */
  readonly generation?: number;
  readonly ready?: boolean;
}

/** A pod with what makes real ones large: managed fields, environment, volumes, tolerations, conditions. */
export function pod(index: number, version: number, restarts = 0, options: PodOptions = {}): object {
  const { epoch = 1_760_000_000_000, generation = 0, ready = true } = options;
  const app = `app-${Math.floor(index / 5)}`;
  const namespace = `team-${index % 10}`;
  const hash = (0x1000_0000 + Math.floor(index / 5)).toString(16);
  const uid = `${String(generation).padStart(8, '0')}-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const at = (seconds: number): string =>
    new Date(epoch + (((index * 7) % 70_000) + seconds) * 1000).toISOString().replace(/\.\d+/, '');
  const condition = (type: string): object => ({
    type,
    status: type.endsWith('Ready') && !ready ? 'False' : 'True',
    lastProbeTime: null,
    lastTransitionTime: at(20),
  });
  const toleration = (key: string): object => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  });
  const terminated = {
    exitCode: 137,
    reason: 'OOMKilled',
    startedAt: at(20),
    finishedAt: at(60 + restarts),
    containerID: `containerd://${uid}-${restarts}`,
  };
  return {
    metadata: {
      name: `${app}-${hash}-${index}`,
      generateName: `${app}-${hash}-`,
      namespace,
      uid,
      resourceVersion: String(1_000_000 + version),
      creationTimestamp: at(0),
      labels: { app, 'pod-template-hash': hash, 'app.kubernetes.io/part-of': 'shop' },
      annotations: { 'prometheus.io/scrape': 'true', 'kubectl.kubernetes.io/restartedAt': at(0) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${app}-${hash}`,
          uid: `10000000-0000-4000-8000-${hash.padStart(12, '0')}`,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: ['kube-controller-manager', 'kubelet'].map((manager) => ({
        manager,
        operation: 'Update',
        apiVersion: 'v1',
        time: at(20),
        fieldsType: 'FieldsV1',
        fieldsV1: managedFields,
      })),
    },
    spec: {
      volumes: [
        { name: 'config', configMap: { name: `${app}-config`, defaultMode: 420 } },
        {
          name: 'kube-api-access-x7k2p',
          projected: {
            sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }],
            defaultMode: 420,
          },
        },
      ],
      containers: [
        {
          name: 'server',
          image: `registry.example.com/shop/${app}:1.4.2`,
          ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
          env: Array.from({ length: 12 }, (_, number) => ({
            name: `SETTING_${number}`,
            value: `value-of-setting-${number}-of-${app}`,
          })),
          resources: { limits: { memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
          volumeMounts: [{ name: 'config', mountPath: '/etc/shop' }],
          livenessProbe: {
            httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
          readinessProbe: {
            httpGet: { path: '/ready', port: 'http', scheme: 'HTTP' },
            timeoutSeconds: 1,
            periodSeconds: 5,
            successThreshold: 1,
            failureThreshold: 3,
          },
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: app,
      nodeName: `node-${index % 100}`,
      schedulerName: 'default-scheduler',
      tolerations: [toleration('node.kubernetes.io/not-ready'), toleration('node.kubernetes.io/unreachable')],
      enableServiceLinks: true,
    },
    status: {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        condition,
      ),
      hostIP: '10.0.0.1',
      podIP: '10.1.2.3',
      startTime: at(1),
      containerStatuses: [
        {
          name: 'server',
          state: { running: { startedAt: at(restarts === 0 ? 20 : 70 + restarts) } },
          lastState: restarts === 0 ? {} : { terminated },
          ready,
          started: true,
          restartCount: restarts,
          image: `registry.example.com/shop/${app}:1.4.2`,
          imageID: `registry.example.com/shop/${app}@sha256:${uid.replaceAll('-', '').padEnd(64, '0')}`,
          containerID: `containerd://${uid}-${restarts + 1}`,
        },
      ],
      qosClass: 'Burstable',
    },
  };
}

const managedFields = {
  'f:metadata': { 'f:labels': { '.': {}, 'f:app': {}, 'f:pod-template-hash': {} }, 'f:ownerReferences': { '.': {} } },
  'f:spec': {
    'f:containers': {
      'k:{"name":"server"}': {
        '.': {},
        'f:env': {},
        'f:image': {},
        'f:livenessProbe': {},
        'f:readinessProbe': {},
        'f:resources': {},
      },
    },
  },
  'f:status': {
    'f:conditions': { 'k:{"type":"Ready"}': { '.': {}, 'f:status': {} } },
    'f:containerStatuses': {},
    'f:phase': {},
    'f:podIP': {},
  },
};

/** Text of a complete list of pods. */
export const podList = (count: number): string =>
  JSON.stringify({
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '1' },
    items: Array.from({ length: count }, (_, index) => pod(index, index)),
  });

/** Lines of a watch: most pods report again what is known, one of fifty restarted. */
export function podEvents(count: number, pods: number): string[] {
  const random = randomFrom(7);
  const restarts = new Map<number, number>();
  return Array.from({ length: count }, (_, number) => {
    const index = Math.floor(random() * pods);
    if (random() < 0.02) restarts.set(index, (restarts.get(index) ?? 0) + 1);
    const object = { kind: 'Pod', apiVersion: 'v1', ...pod(index, pods + number, restarts.get(index)) };
    return JSON.stringify({ type: 'MODIFIED', object });
  });
}
