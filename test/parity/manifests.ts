import { stringify } from 'yaml';

/** Plain data of a manifest. */
export type Plain = Readonly<Record<string, unknown>>;

/** Documents of one file. */
export const file = (...documents: readonly Plain[]): string =>
  documents.map((document) => stringify(document)).join('---\n');

/** A container with a pinned image, and what a case adds. */
export const container = (more: Plain = {}): Plain => ({ name: 'app', image: 'registry.example/app:1.4.2', ...more });

const labels = { app: 'shop' };

/** The template of the pods of the cases: one container unless a case brings its own. */
export const template = (pod: Plain = {}): Plain => ({
  metadata: { labels },
  spec: { containers: [container()], ...pod },
});

/** A workload named `shop` whose pods carry `app: shop`; `spec` overrides what it has by default. */
export const workload = (kind: string, pod: Plain = {}, spec: Plain = {}, apiVersion = 'apps/v1'): Plain => ({
  apiVersion,
  kind,
  metadata: { name: 'shop' },
  spec: { selector: { matchLabels: labels }, template: template(pod), ...spec },
});

export const deployment = (pod: Plain = {}, spec: Plain = {}): Plain => workload('Deployment', pod, spec);

/** A Deployment of one container. */
export const running = (more: Plain, spec: Plain = {}): Plain => deployment({ containers: [container(more)] }, spec);

/** OpenShift's workload; its selector is a plain map. */
export const deploymentConfig = (pod: Plain = {}, spec: Plain = {}): Plain =>
  workload('DeploymentConfig', pod, { selector: labels, ...spec }, 'apps.openshift.io/v1');

export const job = (spec: Plain = {}, pod: Plain = { restartPolicy: 'Never' }): Plain => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'report' },
  spec: { template: template(pod), ...spec },
});

export const cronJob = (spec: Plain = {}, pod: Plain = { restartPolicy: 'Never' }): Plain => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name: 'nightly' },
  spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: template(pod) } }, ...spec },
});

export const service = (selector: Plain = labels, ports: readonly Plain[] = [{ port: 80 }]): Plain => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'shop' },
  spec: { selector, ports },
});

export const budget = (spec: Plain): Plain => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'shop' },
  spec: { selector: { matchLabels: labels }, ...spec },
});

export const autoscaler = (spec: Plain = {}, target = 'shop'): Plain => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'shop' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
    minReplicas: 3,
    maxReplicas: 9,
    ...spec,
  },
});

export const ingress = (name: string, port: number): Plain => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'shop' },
  spec: {
    rules: [
      { http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { number: port } } } }] } },
    ],
  },
});

/** Keeps the pods of the cases on different nodes. */
export const apart: Plain = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  },
};

/** Probe of a port. */
export const probe = (port: number | string, path = '/healthz'): Plain => ({ httpGet: { path, port } });
