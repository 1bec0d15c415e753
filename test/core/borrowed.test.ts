/** Argo Rollouts that run the pod template of another object: one workload, written in two places. */
import { describe, expect, test } from 'vitest';
import type { Configuration } from '../../core/src/lint/configuration.ts';
import { defaultConfiguration } from '../../core/src/lint/configuration.ts';
import { lower } from '../../core/src/yaml/edit.ts';
import { applyEdits } from '../../core/src/text/text.ts';
import { originsOf } from '../../core/src/workspace/origin.ts';
import { lintFiles, linter, projectOf, root } from './support.ts';

type Files = Readonly<Record<string, string>>;

const rollout = (spec = '', kind = 'Deployment', apiVersion = 'apps/v1'): string => `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  replicas: 3
${spec}  workloadRef:
    apiVersion: ${apiVersion}
    kind: ${kind}
    name: web
`;
const template = (pod = ''): string => `  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example/web:1
          ports: [{name: http, containerPort: 8080}]
${pod}`;
const deployment = (spec = '', pod = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
${spec}  selector: {matchLabels: {app: web}}
${template(pod)}`;
const service = (port = 'http', app = 'web'): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: ${app}}\n  ports: [{port: 80, targetPort: ${port}}]\n`;

const strict = { ...defaultConfiguration, extends: 'strict' } as const;

/** Rules that speak in a file, each as often as it does. */
const rulesIn = (files: Files, path: string, configuration: Configuration = defaultConfiguration): string[] =>
  lintFiles(files, path, { configuration })
    .map(({ rule }) => rule)
    .sort();

describe('the object that has the template', () => {
  const files = {
    'r.yaml': rollout(),
    'd.yaml': deployment('  revisionHistoryLimit: 0\n  progressDeadlineSeconds: 1\n  minReadySeconds: 5\n'),
  };

  test('is judged for its pods and not for what the Rollout decides', () => {
    expect(rulesIn(files, 'd.yaml')).toContain('liveness-probe-missing');
    expect(rulesIn({ 'd.yaml': files['d.yaml'] }, 'd.yaml', strict)).toEqual(
      expect.arrayContaining(['workload-stopped', 'revision-history-zero']),
    );
    for (const rule of ['workload-stopped', 'revision-history-zero', 'progress-deadline-short', 'single-replica'])
      expect(rulesIn(files, 'd.yaml', strict)).not.toContain(rule);
  });

  test('may also be a ReplicaSet or a PodTemplate', () => {
    const replicaSet = deployment().replace('Deployment', 'ReplicaSet');
    const podTemplate = `apiVersion: v1\nkind: PodTemplate\nmetadata: {name: web}\n${template().replaceAll(/^ {2}/gm, '')}`;
    const selector = '  selector: {matchLabels: {app: web}}\n';
    for (const others of [
      { 'r.yaml': rollout('', 'ReplicaSet'), 'd.yaml': replicaSet },
      { 'r.yaml': rollout(selector, 'PodTemplate', 'v1'), 'd.yaml': podTemplate },
    ]) {
      expect(rulesIn(others, 'd.yaml')).toContain('liveness-probe-missing');
      expect(rulesIn(others, 'd.yaml')).not.toContain('single-replica');
      expect(rulesIn(others, 'r.yaml')).toEqual(['replicas-not-spread']);
      expect(rulesIn({ ...others, 's.yaml': service() }, 's.yaml')).toEqual([]);
    }
  });

  test('is a workload of its own for a Rollout of another name, kind, group or namespace', () => {
    for (const other of [
      rollout().replace('    name: web', '    name: api'),
      rollout('', 'StatefulSet'),
      rollout('', 'Deployment', 'extensions/v1beta1'),
      rollout().replace('{name: web}', '{name: web, namespace: other}') +
        '---\n' +
        service().replace('{name: web}', '{name: web, namespace: third}'),
    ])
      expect(rulesIn({ 'r.yaml': other, 'd.yaml': deployment() }, 'd.yaml', strict), other).toContain(
        'workload-stopped',
      );
  });
});

describe('the Rollout', () => {
  test('is judged for its replicas and its strategy, with the pods that the template makes', () => {
    const stuck = rollout('  strategy: {canary: {maxUnavailable: 0, maxSurge: 0}}\n');
    const told = ['replicas-not-spread', 'rollout-no-progress'];
    expect(rulesIn({ 'r.yaml': stuck, 'd.yaml': deployment() }, 'r.yaml')).toEqual(told);
    for (const rule of told) expect(rulesIn({ 'r.yaml': stuck, 'd.yaml': deployment() }, 'd.yaml')).not.toContain(rule);
    expect(rulesIn({ 'r.yaml': rollout(), 'd.yaml': deployment(), 's.yaml': service() }, 'r.yaml')).toEqual([
      'pdb-missing',
      'replicas-not-spread',
    ]);
  });

  test('makes claims about its pods only if their template is to be seen', () => {
    for (const unseen of [rollout(), rollout().replace('name: web\n', 'name: "{{ x }}"\n')])
      expect(rulesIn({ 'r.yaml': unseen, 's.yaml': service() }, 'r.yaml'), unseen).toEqual([]);
    const several = { 'r/r.yaml': rollout(), 'a/d.yaml': deployment(), 'b/d.yaml': deployment() };
    expect(rulesIn(several, 'r/r.yaml')).toEqual([]);
  });

  test('offers the change of the template where that is written', () => {
    const files = { 'r.yaml': rollout(), 'd.yaml': deployment() };
    const project = projectOf(files);
    const [finding] = linter().lint(project, `${root}r.yaml`);
    const fix = finding?.fixes.find(({ title }) => title === 'spread');
    const tree = fix?.target?.document.manifest.root;
    expect(fix?.target?.file.uri).toBe(`${root}d.yaml`);
    const fixed = tree && applyEdits(files['d.yaml'], lower(files['d.yaml'], tree, fix?.operations ?? []) ?? []);
    expect(rulesIn({ ...files, 'd.yaml': fixed ?? '' }, 'r.yaml')).toEqual([]);
    expect(finding?.fixes.map(({ title }) => title)).toEqual(['spread']);
  });
});

describe('what selects or scales the pods', () => {
  const pair = { 'r.yaml': rollout(), 'd.yaml': deployment() };

  test('a Service finds them, and their ports', () => {
    expect(rulesIn({ ...pair, 's.yaml': service() }, 's.yaml')).toEqual([]);
    const findings = lintFiles({ ...pair, 's.yaml': service('htp') }, 's.yaml');
    expect(findings.map(({ rule }) => rule)).toEqual(['service-target-port-unknown']);
    expect(findings[0]?.related[0]?.uri).toBe(`${root}d.yaml`);
  });

  test('a Service of unseen pods is left alone', () => {
    const other = deployment().replaceAll('web', 'api');
    expect(rulesIn({ 'r.yaml': rollout(), 'o.yaml': other, 's.yaml': service() }, 's.yaml')).toEqual([]);
    expect(rulesIn({ 'o.yaml': other, 's.yaml': service() }, 's.yaml')).toEqual(['service-selector-no-match']);
  });

  test('a budget counts the replicas of the Rollout, and names the place', () => {
    const budget =
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 3, unhealthyPodEvictionPolicy: AlwaysAllow, selector: {matchLabels: {app: web}}}\n';
    const [finding, ...rest] = lintFiles({ ...pair, 'b.yaml': budget }, 'b.yaml');
    expect([finding?.rule, rest]).toEqual(['pdb-blocks-eviction', []]);
    expect(finding?.related.map(({ uri }) => uri)).toEqual([`${root}r.yaml`]);
    const raise = finding?.fixes.find(({ title }) => title === 'replicas');
    expect(raise?.target?.file.uri).toBe(`${root}r.yaml`);
    expect(raise?.operations).toEqual([{ op: 'set', path: ['spec', 'replicas'], value: 4 }]);
    expect(rulesIn({ ...pair, 'b.yaml': budget.replace('3', '2') }, 'b.yaml')).toEqual([]);
    expect(rulesIn({ ...pair, 'b.yaml': budget, 's.yaml': service() }, 'r.yaml')).not.toContain('pdb-missing');
  });

  test('an autoscaler of the Rollout needs the requests of the template', () => {
    const scaler =
      'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  minReplicas: 2\n  maxReplicas: 4\n  scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}\n  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]\n';
    const [finding] = lintFiles({ ...pair, 'h.yaml': scaler }, 'h.yaml');
    expect(finding?.rule).toBe('hpa-missing-requests');
    expect(finding?.related[0]?.uri).toBe(`${root}d.yaml`);
    const requests = '          resources: {requests: {cpu: 100m}}\n';
    expect(rulesIn({ ...pair, 'd.yaml': deployment('', requests), 'h.yaml': scaler }, 'h.yaml')).toEqual([]);
  });
});

test('an overlay that mends the template ends what the Rollout is told of', () => {
  const spread =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      topologySpreadConstraints:\n        - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}\n';
  const files = {
    'base/kustomization.yaml': 'resources: [r.yaml, d.yaml]\n',
    'base/r.yaml': rollout(),
    'base/d.yaml': deployment(),
    'prod/kustomization.yaml': 'resources: [../base]\n',
  };
  expect(rulesIn(files, 'base/r.yaml')).toEqual(['replicas-not-spread']);
  const patched = {
    'prod/kustomization.yaml': 'resources: [../base]\npatches: [{path: p.yaml}]\n',
    'prod/p.yaml': spread,
  };
  expect(rulesIn({ ...files, ...patched }, 'base/r.yaml')).toEqual([]);
});

test('in a chart, both are one where the same template text names them', () => {
  const named = (text: string, helper = 'web.fullname'): string =>
    text
      .replace('metadata: {name: web}', 'metadata:\n  name: web')
      .replaceAll(/^( +name): web$/gm, `$1: {{ include "${helper}" . }}`);
  const files = (helper?: string): Files => ({
    'Chart.yaml': 'apiVersion: v2\nname: web\n',
    'templates/r.yaml': named(rollout()),
    'templates/d.yaml': named(deployment(), helper),
  });
  expect(rulesIn(files(), 'templates/d.yaml', strict)).not.toContain('workload-stopped');
  expect(rulesIn(files('web.other'), 'templates/d.yaml', strict)).toContain('workload-stopped');
});

test('an incident of its pods leads to the template first', () => {
  const project = projectOf({ 'a/r.yaml': rollout(), 'b/d.yaml': deployment(), 'c.yaml': service() });
  const origins = (kind: string, apiVersion: string): string[] =>
    originsOf(project, { apiVersion, kind, name: 'web', namespace: 'shop' }).map(({ file }) => file.uri);
  expect(origins('Rollout', 'argoproj.io/v1alpha1')).toEqual([`${root}b/d.yaml`, `${root}a/r.yaml`]);
  expect(origins('Deployment', 'apps/v1')).toEqual([`${root}b/d.yaml`]);
});

test('findings follow a Rollout that comes, changes and goes', () => {
  const lint = linter({ configuration: strict });
  const told = (project: ReturnType<typeof projectOf>): boolean =>
    lint.lint(project, `${root}d.yaml`).some(({ rule }) => rule === 'workload-stopped');
  const alone = projectOf({ 'd.yaml': deployment(), 'r.yaml': service() });
  expect(told(alone)).toBe(true);
  const paired = alone.with(`${root}r.yaml`, rollout());
  expect(told(paired)).toBe(false);
  expect(told(paired.with(`${root}r.yaml`, rollout('', 'ReplicaSet')))).toBe(true);
  expect(told(paired.without(`${root}r.yaml`))).toBe(true);
});
