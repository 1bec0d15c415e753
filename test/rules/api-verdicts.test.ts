/**
 * What a real API server of Kubernetes 1.32 answered to small manifests made for these rules, beside what the rules say.
 * `bad` is a rule's condition, `good` a near miss, `exempt` an exemption, `fixed` what the quick fix leaves, `live` what
 * the controllers did with real objects.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultConfiguration } from '../../core/src/lint/configuration.ts';
import { fixAll } from '../../core/src/lint/fixes.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { everyRule, lintText, repository } from './harness.ts';

interface Verdict {
  readonly rule: string;
  readonly case: 'bad' | 'good' | 'exempt' | 'fixed' | 'live';
  readonly name: string;
  readonly manifest: string;
  readonly status: number | null;
  readonly expected_by_catalogue: string;
}

const configuration = everyRule({ ...defaultConfiguration, kubernetes: { major: 1, minor: 32 } });
const verdicts = readFileSync(join(repository, 'test/fixtures/api-verdicts/verdicts.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Verdict);

/** `bad` cases that the server showed to be no condition of the rule, or another rule's. */
const notOurs: Readonly<Record<string, string>> = {
  'readiness-probe-missing: readinessProbe {} ': 'a probe without handler, which the server rejects',
  'selector-template-mismatch: ReplicationController selector missing':
    'accepted: the server copies the labels of the template',
  'selector-template-mismatch: ReplicationController selector {}':
    'accepted: the server copies the labels of the template',
  'rwo-volume-rolling-update: Recreate with rollingUpdate kept':
    'what the fix must not leave: the server rejects both together',
  'selector-template-mismatch: Job with own selector but no manualSelector': 'not a kind of this rule',
  'rwo-volume-shared-by-replicas: 3 replicas, one claim': 'the claim is not there, so nobody knows its access modes',
  'volume-reclaim-delete: PersistentVolume policy absent': 'a volume written by hand defaults to Retain',
  'statefulset-service-invalid: Pod with subdomain My_Svc': 'the pod that the controller would make, not a StatefulSet',
  'statefulset-service-invalid: Service with cluster IP but without ports': 'not a kind of this rule',
  'service-target-port-unknown: named targetPort that no pod has': 'no pod is there to have the port',
  'hpa-missing-requests: metrics []': 'the workload that it scales is not shown',
  'hpa-missing-requests: ContainerResource metric': 'the workload that it scales is not shown',
  'hpa-missing-requests: autoscaling/v1 without target': 'the workload that it scales is not shown',
  'recreate-downtime: Recreate': 'one replica, and no Service is shown',
  'ordered-ready-stuck: default': 'one replica',
  'anti-affinity-selector-mismatch: selector does not match own labels':
    'one replica: it has no other to keep away from',
};

/** Cases that the server refused for what its cluster lacks, which the manifest alone does not tell. */
const refusedByCluster: readonly string[] = ['service-account-unknown: Pod with unknown ServiceAccount'];

/** `good` cases that are accepted and yet show what the rule warns of. */
const acceptedAndWarned: readonly string[] = [
  // The server computed qosClass BestEffort.
  'best-effort-pod: pod with limits 0',
];

/** `live` cases where the controllers did what the rule warns of; the others show that all is well. */
const warned: readonly string[] = [
  'pdb-blocks-eviction: minAvailable "100%"',
  'pdb-blocks-eviction: maxUnavailable "0%"',
  'storage-class-missing: claim with storageClassName ""',
  'storage-class-missing: claim without storageClassName, no default class in the cluster',
  'probe-port-undeclared: numeric probe port not declared but listening',
  'rwo-volume-rolling-update: ReadWriteOncePod claim, replicas 1, default RollingUpdate, template changed',
  'probe-handler-invalid: StatefulSet with a probe without handler: pods',
  'probe-port-name-unknown: liveness: unknown port name',
  'probe-port-name-unknown: readiness: unknown port name',
  'probe-port-name-unknown: startup: unknown port name',
  'exec-command-malformed: liveness: one element with spaces',
  'probe-host-override: httpGet.host is a Service name',
  'exec-command-malformed: container command with spaces in one element',
  'startup-probe-with-liveness-delay: startup succeeds after 8 s, readiness initialDelaySeconds 10: seconds from container start to ready',
  'probe-timeout-exceeds-period: timeoutSeconds 4, periodSeconds 1, failureThreshold 2, probe hangs: seconds from start to the kill',
  'selector-overlap: bare ReplicaSet whose labels match a Deployment selector',
  'selector-overlap: HPAs of two Deployments with the same selector',
  'quota-blocks-replacement: quota, Deployment without requests',
  'quota-blocks-replacement: Deployment in a namespace with quota, no requests: its pods',
  'limit-range-violation: container below min',
  'limit-range-violation: container above max',
  'limit-range-violation: limit/request ratio above maxLimitRequestRatio',
  'limit-range-violation: PVC above max',
  'limit-range-violation: Deployment with a container above max',
  'limit-range-violation: StatefulSet with a volumeClaimTemplate above max',
  'limit-range-violation: LimitRange of type Pod with max: pod without limits',
  'quota-blocks-replacement: quota with scope NotBestEffort, pod with cpu request but no memory request',
  'config-ref-unknown: key missing (volume items)',
  'quantity-suspicious: memory limit 128m',
  'quantity-suspicious: memory limit 512Ki (below 1Mi)',
  'job-failure-policy-invalid: backoffLimitPerIndex 0 with restartPolicy OnFailure',
  'cronjob-deadline-too-short: startingDeadlineSeconds 0',
  'job-no-retry: backoffLimit 0, restartPolicy Never',
  'volume-mount-unknown: StatefulSet with an unknown volumeMount: pods',
  'statefulset-service-invalid: StatefulSet whose Service does not exist',
  'pvc-unknown: Pod with a claim that does not exist',
  'termination-grace-zero: Deployment with terminationGracePeriodSeconds -5: its pods',
  'service-no-selector: Service without selector',
  'service-target-port-unknown: named targetPort that no container has',
  'service-target-port-unknown: named targetPort whose protocol differs (TCP Service port, UDP container port)',
  'service-target-port-unknown: numeric targetPort that no container declares',
  'service-target-port-unknown: named targetPort of a native sidecar',
  'service-publishes-unready: unready pods, publishNotReadyAddresses',
  'volume-plugin-removed: rbd volume',
  'volume-plugin-removed: glusterfs volume',
  'rwo-volume-shared-by-replicas: ReadWriteOncePod claim, 2 replicas',
  'statefulset-pvc-deleted: whenScaled Delete, scaled from 1 to 0',
  // Those runs did start: a calm controller is on time to the second. The rule speaks of one that restarts or is busy.
  'cronjob-deadline-too-short: startingDeadlineSeconds 5',
  'cronjob-deadline-too-short: startingDeadlineSeconds 2 over 3 scheduled minutes',
  'cronjob-deadline-too-short: startingDeadlineSeconds 5 over 3 scheduled minutes',
  'grace-shorter-than-prestop: StatefulSet with preStop sleep above the grace period: pods',
  'host-port-blocks-replacement: hostPort, 3 replicas, 2 nodes',
  'hpa-target-unknown: scaleTargetRef absent',
  'hpa-target-unknown: scaleTargetRef core-v1',
  'pdb-incomplete: selector {} ',
  'pdb-incomplete: spec {}: eviction',
  'pdb-unsupported-pods: DaemonSet, minAvailable "50%"',
  'pdb-unsupported-pods: Job, maxUnavailable 1',
  'pdb-unsupported-pods: bare pods, maxUnavailable 1',
  'pdb-unsupported-pods: bare pods, minAvailable "50%"',
  'rollout-no-progress: maxSurge 0, maxUnavailable 40%, replicas 2 (resolves to 0/0)',
  'statefulset-partition-stuck: partition 2, replicas 2, template changed',
];

const findings = ({ rule, manifest }: Verdict) =>
  lintText(
    manifest,
    rules.filter(({ id }) => id === rule),
    configuration,
  );
/** A hint only says that what a manifest names is not shown beside it. */
const claims = (verdict: Verdict) => findings(verdict).filter(({ severity }) => severity !== 'hint');
const title = (verdict: Verdict): string => `${verdict.rule}: ${verdict.name}`;
const of = (kind: Verdict['case']) =>
  verdicts.filter((verdict) => verdict.case === kind).map((verdict) => ({ title: title(verdict), verdict }));

describe('bad', () => {
  it.each(of('bad'))('$title', ({ title: name, verdict }) => {
    const found = findings(verdict);
    if (name in notOurs) expect(found, notOurs[name]).toEqual([]);
    else expect(found.length).toBeGreaterThan(0);
  });

  it.each(
    of('bad').filter(
      ({ verdict, title: name }) => verdict.status !== 201 && !(name in notOurs) && !refusedByCluster.includes(name),
    ),
  )('says that the server rejects it: $title', ({ verdict }) =>
    expect(findings(verdict).some(({ severity }) => severity === 'error')).toBe(true),
  );

  it('names only cases that exist', () => {
    const names = of('bad').map(({ title: name }) => name);
    for (const name of [...Object.keys(notOurs), ...refusedByCluster]) expect(names).toContain(name);
    for (const name of acceptedAndWarned) expect(of('good').map(({ title: other }) => other)).toContain(name);
  });
});

describe('accepted and well', () => {
  it.each([...of('good'), ...of('exempt'), ...of('fixed')])('$title', ({ verdict, title: name }) => {
    if (acceptedAndWarned.includes(name)) expect(findings(verdict).length).toBeGreaterThan(0);
    else expect(claims(verdict)).toEqual([]);
  });
});

describe('safe fixes leave what the server takes', () => {
  const fixable = of('bad').filter(({ verdict }) =>
    findings(verdict).some(({ fixes }) => fixes.some((fix) => fix.class === 'safe')),
  );
  it.each(fixable)('$title', ({ verdict }) => {
    const fixed = fixAll(verdict.manifest, (text) => findings({ ...verdict, manifest: text }));
    expect(fixed).not.toBe(verdict.manifest);
    // Quoting a label brings to light that it differs as text, too: that takes a decision.
    const left = claims({ ...verdict, manifest: fixed }).map(({ message }) => message);
    expect(left).toEqual(verdict.name === 'label value is true' ? ['mismatch'] : []);
  });
  it('covers some', () => expect(fixable.length).toBeGreaterThan(8));
});

describe('live', () => {
  it.each(of('live'))('$title', ({ title: name, verdict }) => {
    const found = findings(verdict);
    if (warned.includes(name)) expect(found.length).toBeGreaterThan(0);
    else expect(claims(verdict)).toEqual([]);
  });
  it('names only cases that exist', () => {
    const names = of('live').map(({ title: name }) => name);
    for (const name of warned) expect(names).toContain(name);
  });
});
