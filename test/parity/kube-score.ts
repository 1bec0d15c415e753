import type { ParityCase } from './case.ts';
import { differs, same } from './case.ts';
import type { Plain } from './manifests.ts';
import {
  apart,
  autoscaler,
  budget,
  container,
  cronJob,
  deployment,
  file,
  ingress,
  probe,
  running,
  service,
  workload,
} from './manifests.ts';

const two = { replicas: 2 };
const ports = [{ containerPort: 80 }];
const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };
const set = (spec: Plain = {}): Plain => workload('StatefulSet', {}, { replicas: 2, serviceName: 'shop', ...spec });
const headless = { ...service(), spec: { clusterIP: 'None', selector: { app: 'shop' }, ports: [{ port: 80 }] } };
const spread = (constraint: Plain): Plain => deployment({ topologySpreadConstraints: [constraint] }, two);
const whole = {
  maxSkew: 1,
  topologyKey: 'kubernetes.io/hostname',
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: { app: 'shop' } },
};

export const kubeScore: readonly ParityCase[] = [
  same('container-resources', 'none of the four', file(deployment()), 4),
  same('container-resources', 'all', file(running({ resources })), 0),
  same(
    'container-resources',
    'an init container with none',
    file(deployment({ initContainers: [container({ name: 'init' })], containers: [container({ resources })] })),
    4,
  ),
  same('container-image-tag', 'latest', file(running({ image: 'registry.example/app:latest' })), 1),
  same('container-image-tag', 'none', file(running({ image: 'registry.example/app' })), 1),
  same('container-ephemeral-storage-request-and-limit', 'neither', file(deployment()), 1),
  same(
    'container-ports-check',
    'name too long',
    file(running({ ports: [{ name: 'n234567890123456', containerPort: 80 }] })),
    1,
  ),
  same('cronjob-has-deadline', 'not set', file(cronJob()), 1),
  same('cronjob-has-deadline', 'set', file(cronJob({ startingDeadlineSeconds: 300 })), 0),
  same('cronjob-restartpolicy', 'not set', file(cronJob({}, {})), 1),
  same('cronjob-restartpolicy', 'Never', file(cronJob()), 0),
  same('deployment-has-host-podantiaffinity', 'none', file(deployment({}, two)), 1),
  same('deployment-has-host-podantiaffinity', 'set', file(deployment({ ...apart }, two)), 0),
  same('deployment-has-host-podantiaffinity', 'one replica', file(deployment({}, { replicas: 1 })), 0),
  same('statefulset-has-host-podantiaffinity', 'none', file(headless, set()), 1),
  differs(
    'deployment-has-poddisruptionbudget',
    'none',
    file(deployment({}, two)),
    [1, 0],
    'A budget keeps a Service answering during a drain; nothing calls these pods.',
  ),
  same('deployment-has-poddisruptionbudget', 'one', file(deployment({}, two), budget({ maxUnavailable: 1 })), 0),
  same('deployment-has-poddisruptionbudget', 'one replica', file(deployment({}, { replicas: 1 })), 0),
  same('statefulset-has-poddisruptionbudget', 'none', file(headless, set()), 1),
  same(
    'deployment-pod-selector-labels-match-template-metadata-labels',
    'another label',
    file(deployment({}, { selector: { matchLabels: { app: 'x' } } })),
    1,
  ),
  same(
    'statefulset-pod-selector-labels-match-template-metadata-labels',
    'another label',
    file(headless, set({ selector: { matchLabels: { app: 'x' } } })),
    1,
  ),
  same('deployment-replicas', 'one behind a Service', file(service(), deployment({}, { replicas: 1 })), 1),
  same('deployment-replicas', 'two behind a Service', file(service(), deployment({}, two)), 0),
  differs(
    'deployment-replicas',
    'one that nothing calls',
    file(deployment({}, { replicas: 1 })),
    [0, 1],
    'Work stops as well when nobody calls; told as info.',
  ),
  same('deployment-replicas', 'one that an autoscaler sets', file(service(), deployment(), autoscaler()), 0),
  same(
    'deployment-strategy',
    'Recreate behind a Service',
    file(service(), deployment({}, { strategy: { type: 'Recreate' } })),
    1,
  ),
  same(
    'deployment-strategy',
    'Recreate that nothing calls',
    file(deployment({}, { strategy: { type: 'Recreate' } })),
    0,
  ),
  same(
    'deployment-targeted-by-hpa-does-not-have-replicas-configured',
    'both',
    file(deployment({}, { replicas: 3 }), autoscaler()),
    1,
  ),
  same(
    'deployment-targeted-by-hpa-does-not-have-replicas-configured',
    'the autoscaler alone',
    file(deployment(), autoscaler()),
    0,
  ),
  same('horizontalpodautoscaler-has-target', 'no such Deployment', file(deployment(), autoscaler({}, 'shap')), 1),
  same('horizontalpodautoscaler-replicas', 'one', file(deployment(), autoscaler({ minReplicas: 1 })), 1),
  same('horizontalpodautoscaler-replicas', 'two', file(deployment(), autoscaler({ minReplicas: 2 })), 0),
  same('ingress-targets-service', 'no such Service', file(service(), deployment(), ingress('missing', 80)), 1),
  differs(
    'pod-probes',
    'neither, behind a Service',
    file(service(), deployment()),
    [1, 2],
    'One report for each probe that is missing, since each has its own fix.',
  ),
  same(
    'pod-probes',
    'readiness alone, behind a Service',
    file(service(), running({ ports, readinessProbe: probe(80) })),
    1,
  ),
  differs(
    'pod-probes',
    'neither, that nothing calls',
    file(deployment()),
    [0, 1],
    'A process can hang whether or not anybody calls it.',
  ),
  same(
    'pod-probes-identical',
    'the same',
    file(service(), running({ ports, readinessProbe: probe(80), livenessProbe: probe(80) })),
    1,
  ),
  same(
    'pod-probes-identical',
    'two paths',
    file(service(), running({ ports, readinessProbe: probe(80, '/ready'), livenessProbe: probe(80) })),
    0,
  ),
  same('pod-topology-spread-constraints', 'no selector', file(spread({ ...whole, labelSelector: undefined })), 1),
  same('pod-topology-spread-constraints', 'skew of zero', file(spread({ ...whole, maxSkew: 0 })), 1),
  same('pod-topology-spread-constraints', 'whole', file(spread(whole)), 0),
  same('poddisruptionbudget-has-policy', 'neither bound', file(deployment({}, two), budget({})), 1),
  same('service-targets-pod', 'nobody has the labels', file(service({ app: 'other' }), deployment()), 1),
  same('stable-version', 'an API that is gone', file(workload('Deployment', {}, {}, 'extensions/v1beta1')), 1),
  same('statefulset-has-servicename', 'no such Service', file(set()), 1),
  same('statefulset-has-servicename', 'a headless Service', file(headless, set()), 0),
];
