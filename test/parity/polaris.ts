import type { ParityCase } from './case.ts';
import { differs, same } from './case.ts';
import type { Plain } from './manifests.ts';
import {
  autoscaler,
  budget,
  container,
  cronJob,
  deployment,
  file,
  job,
  probe,
  running,
  workload,
} from './manifests.ts';

const init = { initContainers: [container({ name: 'init' })] };
const spread = (topologyKey: string): Plain => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { app: 'shop' } } },
  ],
});

const replicated: Plain = deployment({}, { replicas: 2 });

export const polaris: readonly ParityCase[] = [
  same('cpuLimitsMissing', 'none', file(deployment()), 1),
  same('cpuLimitsMissing', 'set', file(running({ resources: { limits: { cpu: '1' } } })), 0),
  same('cpuRequestsMissing', 'none', file(deployment()), 1),
  differs(
    'cpuRequestsMissing',
    'none for the init container either',
    file(deployment(init)),
    [1, 2],
    'The scheduler counts init containers, too.',
  ),
  same('cpuRequestsMissing', 'set', file(running({ resources: { requests: { cpu: '1' } } })), 0),
  same('memoryLimitsMissing', 'none', file(deployment()), 1),
  differs(
    'memoryLimitsMissing',
    'none for the init container either',
    file(deployment(init)),
    [1, 2],
    'A leak fills the node before the pod has started, too; told as info.',
  ),
  same('memoryRequestsMissing', 'none', file(deployment()), 1),
  differs(
    'memoryRequestsMissing',
    'none for the init container either',
    file(deployment(init)),
    [1, 2],
    'The scheduler counts init containers, too.',
  ),
  same('deploymentMissingReplicas', 'one', file(deployment({}, { replicas: 1 })), 1),
  same('deploymentMissingReplicas', 'not written', file(deployment()), 1),
  same('deploymentMissingReplicas', 'two', file(deployment({}, { replicas: 2 })), 0),
  differs(
    'deploymentMissingReplicas',
    'one of a StatefulSet',
    file(workload('StatefulSet', {}, { replicas: 1, serviceName: 'shop' })),
    [0, 1],
    'One replica of a StatefulSet is a gap in service just the same.',
  ),
  differs(
    'hostPathSet',
    'a directory of the node',
    file(deployment({ volumes: [{ name: 'a', hostPath: { path: '/srv' } }] })),
    [1, 0],
    'Told of where a container keeps data in it; a directory that none mounts keeps nothing.',
  ),
  same('hpaMinAvailability', 'one', file(deployment(), autoscaler({ minReplicas: 1 })), 1),
  same('hpaMinAvailability', 'two', file(deployment(), autoscaler({ minReplicas: 2 })), 0),
  same(
    'hpaMaxAvailability',
    'as many as the least',
    file(deployment(), autoscaler({ minReplicas: 5, maxReplicas: 5 })),
    1,
  ),
  same('hpaMaxAvailability', 'more', file(deployment(), autoscaler()), 0),
  same('livenessProbeMissing', 'none', file(deployment()), 1),
  same('livenessProbeMissing', 'none for the init container either', file(deployment(init)), 1),
  same('livenessProbeMissing', 'Job', file(job()), 0),
  same('livenessProbeMissing', 'CronJob', file(cronJob()), 0),
  same('livenessProbeMissing', 'set', file(running({ ports: [{ containerPort: 80 }], livenessProbe: probe(80) })), 0),
  same('readinessProbeMissing', 'none', file(deployment()), 1),
  same('readinessProbeMissing', 'Job', file(job()), 0),
  differs(
    'missingPodDisruptionBudget',
    'none',
    file(replicated),
    [1, 0],
    'A budget keeps a Service answering during a drain; nothing calls these pods.',
  ),
  same('missingPodDisruptionBudget', 'one', file(replicated, budget({ maxUnavailable: 1 })), 0),
  ...(
    [
      [{ maxUnavailable: 0 }, 1],
      [{ maxUnavailable: '0%' }, 1],
      [{ minAvailable: '100%' }, 1],
      [{ maxUnavailable: 1 }, 0],
    ] as const
  ).map(([bounds, theirs]) =>
    same('pdbDisruptionsIsZero', JSON.stringify(bounds), file(replicated, budget(bounds)), theirs),
  ),
  differs(
    'pdbDisruptionsIsZero',
    'as many as there are',
    file(replicated, budget({ minAvailable: 2 })),
    [0, 1],
    'A number that all replicas are needed for blocks every eviction just as 100 % does.',
  ),
  same(
    'pdbMinAvailableGreaterThanHPAMinReplicas',
    'more than the least',
    file(deployment(), autoscaler({ minReplicas: 3 }), budget({ minAvailable: 5 })),
    1,
  ),
  same(
    'pdbMinAvailableGreaterThanHPAMinReplicas',
    'less',
    file(deployment(), autoscaler({ minReplicas: 3 }), budget({ minAvailable: 2 })),
    0,
  ),
  differs(
    'pdbMinAvailableGreaterThanHPAMinReplicas',
    'as many as the least',
    file(deployment(), autoscaler({ minReplicas: 5, maxReplicas: 9 }), budget({ minAvailable: 5 })),
    [0, 1],
    'As many as the least leaves none to evict while the autoscaler runs at its least.',
  ),
  same('priorityClassNotSet', 'none', file(deployment()), 1),
  same('priorityClassNotSet', 'set', file(deployment({ priorityClassName: 'system-cluster-critical' })), 0),
  same('tagNotSpecified', 'latest', file(running({ image: 'registry.example/app:latest' })), 1),
  same('tagNotSpecified', 'none', file(running({ image: 'registry.example/app' })), 1),
  same('tagNotSpecified', 'a version', file(deployment()), 0),
  same('topologySpreadConstraint', 'none', file(deployment({}, { replicas: 3 })), 1),
  differs(
    'topologySpreadConstraint',
    'none for one replica',
    file(deployment({}, { replicas: 1 })),
    [1, 0],
    'One replica has no other to be spread from.',
  ),
  same(
    'topologySpreadConstraint',
    'over nodes',
    file(deployment(spread('kubernetes.io/hostname'), { replicas: 3 })),
    0,
  ),
  same('topologySpreadConstraint', 'Job', file(job()), 0),
];
