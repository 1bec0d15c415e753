import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { rules } from '../../core/src/rules/registry.ts';
import { Project } from '../../core/src/workspace/project.ts';
import { linter, root, shown, testRules } from '../core/support.ts';

// Many runs on a busy machine take their time; what hangs is still found.
vi.setConfig({ testTimeout: 180_000 });

/** Documents that speak of each other: workloads, and what selects, scales, protects or stores for them. */
const workload = (kind: string, name: string, more = ''): string => `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
spec:
  replicas: 2
${more}  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
      containers:
        - name: ${name}
          image: registry.example/${name}:1
          ports: [{name: http, containerPort: 8080}]
          livenessProbe: {httpGet: {path: /, port: http}}
`;
const names = ['web', 'api'];
const documents: readonly string[] = [
  ...names.flatMap((name) => [
    workload('Deployment', name),
    workload('Deployment', name, '  strategy: {type: Recreate}\n').replace('replicas: 2', 'replicas: 1'),
    workload('Deployment', name).replace(`labels: {app: ${name}}`, `labels: {app: ${name}, tier: x}`),
    workload('Deployment', name).replace('kind: Deployment', 'kind: Deployment # selfheal-ignore single-replica'),
    workload('StatefulSet', name, '  serviceName: db\n').replace('  name: web\n', '  name: web\n  namespace: shop\n'),
    `apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: ${name}}\nspec:\n  replicas: 3\n  workloadRef: {apiVersion: apps/v1, kind: Deployment, name: ${name}}\n`,
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n  selector: {app: ${name}}\n  ports: [{port: 80}]\n`,
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec:\n  selector: {app: ${name}, tier: y}\n  ports: [{port: 80}]\n`,
    `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: ${name}}\nspec:\n  minAvailable: 2\n  selector: {matchLabels: {app: ${name}}}\n`,
    `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: ${name}}\nspec:\n  maxUnavailable: 0\n  selector: {}\n`,
    `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: ${name}}\nspec:\n  minReplicas: 1\n  maxReplicas: 3\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${name}}\n`,
    `kind: Deployment\napiVersion: apps/v1\nmetadata: {name: ${name}}\nspec: {replicas: 3}\n`,
  ]),
  'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n',
  workload('Deployment', 'web').replace(
    '      containers:',
    '      volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]\n      containers:',
  ),
  'apiVersion: v1\nkind: LimitRange\nmetadata: {name: l}\nspec: {limits: [{type: Container, default: {memory: 1Gi}}]}\n',
  'apiVersion: v1\nkind: Pod\nmetadata: {name: broken\n',
  '# selfheal-ignore-file memory-limit-missing\n',
  '# only a comment\n',
  'a: {{ .Values.x }}\n',
];
const kustomizations: readonly string[] = [
  'resources: [a.yaml, b.yaml]\n',
  'resources: [a.yaml]\npatches: [{path: b.yaml}]\n',
  'resources: [../base]\nnamespace: shop\n',
  'resources: [../base, a.yaml]\npatches: [{path: b.yaml, target: {kind: Deployment, name: web}}]\ncommonLabels: {app: web}\n',
  'resources: [../overlay]\nreplicas: [{name: web, count: 4}]\n',
  'patches:\n  - patch: |-\n      kind: Deployment\n      metadata: {name: web}\n      spec: {replicas: 5}\n',
  'namespace: other\n',
  'resources: [\n',
];
const manifestPaths = ['base/a.yaml', 'base/b.yaml', 'overlay/a.yaml', 'overlay/b.yaml', 'plain.yaml'];
const definingPaths = ['base/kustomization.yaml', 'overlay/kustomization.yaml', 'overlay/Chart.yaml'];

const texts = fc.array(fc.constantFrom(...documents), { minLength: 1, maxLength: 4 }).map((list) => list.join('---\n'));
type Step = { readonly path: string; readonly text: string | undefined };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ path: fc.constantFrom(...manifestPaths), text: texts }) },
    {
      weight: 2,
      arbitrary: fc.record({
        path: fc.constantFrom('base/kustomization.yaml', 'overlay/kustomization.yaml'),
        text: fc.constantFrom(...kustomizations),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        path: fc.constant('overlay/Chart.yaml'),
        text: fc.constantFrom('name: x\n', 'name: y\n'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ path: fc.constantFrom(...manifestPaths, ...definingPaths), text: fc.constant(undefined) }),
    },
  ),
  { minLength: 1, maxLength: 12 },
);

const all = [...rules, ...testRules];
const everything = (project: Project, lint: ReturnType<typeof linter>): Record<string, unknown> =>
  Object.fromEntries([...project.files.keys()].sort().map((uri) => [uri, shown(lint.lint(project, uri))]));
const fresh = (files: ReadonlyMap<string, string>): Record<string, unknown> =>
  everything(Project.from(files), linter({ rules: all }));

describe('a project that changes', () => {
  test('has the findings of one that was just opened, after every change', () => {
    let found = 0;
    fc.assert(
      fc.property(steps, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (list, looks) => {
        const lint = linter({ rules: all });
        const files = new Map<string, string>();
        let project = Project.empty;
        for (const [index, { path, text }] of list.entries()) {
          const uri = root + path;
          if (text === undefined) files.delete(uri);
          else files.set(uri, text);
          project = text === undefined ? project.without(uri) : project.with(uri, text);
          // Not every state is asked for: what is remembered must stay right over states that nobody saw.
          if (looks[index] !== true && index < list.length - 1) continue;
          const current = everything(project, lint);
          expect(current).toEqual(fresh(files));
          found += Object.values(current).flat().length;
        }
      }),
      { numRuns: 400 },
    );
    // Empty lists would be equal, too.
    expect(found).toBeGreaterThan(1000);
  });

  test('stays as it was: an older snapshot keeps its findings', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const lint = linter({ rules: all });
        const files = new Map<string, string>();
        let project = Project.empty;
        const snapshots: { project: Project; files: Map<string, string> }[] = [];
        for (const { path, text } of list) {
          const uri = root + path;
          if (text === undefined) files.delete(uri);
          else files.set(uri, text);
          project = text === undefined ? project.without(uri) : project.with(uri, text);
          snapshots.push({ project, files: new Map(files) });
          everything(project, lint);
        }
        for (const snapshot of snapshots.reverse())
          expect(everything(snapshot.project, lint)).toEqual(fresh(snapshot.files));
      }),
      { numRuns: 100 },
    );
  });

  test('does not care in which order its files were read', () => {
    fc.assert(
      fc.property(steps, fc.func(fc.integer()), (list, order) => {
        const files = new Map<string, string>();
        for (const { path, text } of list) if (text !== undefined) files.set(root + path, text);
        const shuffled = new Map([...files].sort(([a], [b]) => order(a) - order(b)));
        expect(fresh(shuffled)).toEqual(fresh(new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))));
      }),
      { numRuns: 200 },
    );
  });

  test('an edit of one document keeps the parse of the others', () => {
    const project = Project.from([[`${root}a.yaml`, documents.slice(0, 3).join('---\n')]]);
    const before = project.files.get(`${root}a.yaml`)?.documents ?? [];
    const after =
      project
        .with(
          `${root}a.yaml`,
          `# new\n---\n${documents.slice(0, 3).join('---\n').replace('replicas: 1', 'replicas: 9')}`,
        )
        .files.get(`${root}a.yaml`)?.documents ?? [];
    const kept = after.filter(({ manifest }) => before.some((old) => old.manifest === manifest));
    expect(before).toHaveLength(3);
    expect(kept).toHaveLength(1);
  });
});
