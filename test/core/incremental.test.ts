/** What was kept from before a change must be what reading everything again would give. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readConfiguration } from '../../core/src/lint/configuration.ts';
import type { Linter } from '../../core/src/lint/engine.ts';
import { createLinter } from '../../core/src/lint/engine.ts';
import type { Finding } from '../../core/src/lint/findings.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { Project } from '../../core/src/workspace/project.ts';

const newLinter = (): Linter =>
  createLinter({
    rules,
    configuration: readConfiguration('{}', rules).configuration,
    relative: (uri) => uri.slice('file:///'.length),
    glob: () => false,
    onRuleError(rule, uri, error) {
      throw new Error(`${rule} failed on ${uri}`, { cause: error });
    },
  });

const pod = (app: string, extra = ''): string =>
  `metadata: { labels: { app: ${app} } }, spec: { ${extra}containers: [{ name: main, image: x, ports: [{ containerPort: 80 }] }] }`;

/** Documents that speak of one another. */
const documents: readonly string[] = [
  ...['a', 'b'].flatMap((app) => [
    `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${app} }, spec: { replicas: 2, selector: { matchLabels: { app: ${app} } }, template: { ${pod(app)} } } }\n`,
    `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: ${app}, namespace: shop }, spec: { selector: { matchLabels: { app: ${app} } }, template: { ${pod(app, 'volumes: [{ name: d, persistentVolumeClaim: { claimName: data } }], ')} } } }\n`,
    `{ apiVersion: v1, kind: Service, metadata: { name: ${app} }, spec: { selector: { app: ${app} }, ports: [{ port: 80 }] } }\n`,
    `{ apiVersion: v1, kind: Service, metadata: { name: ${app}, namespace: shop }, spec: { selector: { app: ${app}, tier: web }, ports: [{ port: 80 }] } }\n`,
    `{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: ${app} }, spec: { minAvailable: 2, selector: { matchLabels: { app: ${app} } } } }\n`,
    `{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: ${app} }, spec: { minReplicas: 3, maxReplicas: 5, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${app} } } }\n`,
    `{ apiVersion: v1, kind: Service, metadata: { name: ${app} }, spec: { selector: { app: "{{ .Values.${app} }}" }, ports: [{ port: 80 }] } }\n`,
  ]),
  '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: all }, spec: { maxUnavailable: 0, selector: {} } }\n',
  '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, namespace: shop }, spec: { accessModes: [ReadWriteOnce], storageClassName: fast } }\n',
  '{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: fast } }\n',
  '{ apiVersion: v1, kind: LimitRange, metadata: { name: limits, namespace: shop }, spec: { limits: [{ type: Container, default: { memory: 1Gi } }] } }\n',
  '{ apiVersion: v1, kind: List, items: [{ apiVersion: v1, kind: Pod, metadata: { name: p, labels: { app: a, tier: web } }, spec: { containers: [{ name: main, image: x }] } }] }\n',
  '{ apiVersion: v1, kind: Service, metadata: { name: a, namespace: other }, spec: { selector: { app: a }, ports: [{ port: 80 }] } }\n',
  '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: s }, spec: { maxReplicas: 5, scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: a } } }\n',
  '# a comment only\n',
  'apiVersion: v1\nkind: [broken\n',
];

const kustomizations: readonly string[] = [
  'namespace: shop\n',
  'resources: [one.yaml]\n',
  'resources: [one.yaml]\npatches: [{ path: two.yaml }]\n',
  'commonLabels: { app: a }\n',
  'resources: [team, two.yaml]\nreplicas: [{ name: a, count: 3 }]\n',
  'resources: [../one.yaml]\npatches: [{ patch: "{ kind: Deployment, metadata: { name: a }, spec: { replicas: 1 } }" }]\n',
  '',
];

const files = ['file:///one.yaml', 'file:///two.yaml', 'file:///team/one.yaml', 'file:///team/two.yaml'];
const index = fc.nat({ max: 4 });
const document = fc.constantFrom(...documents);

/** One change: a document comes, goes, is replaced or swapped with its neighbour; a kustomization is written; a file goes. */
const change = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      uri: fc.constantFrom(...files),
      at: index,
      removed: fc.constantFrom(0, 1),
      added: fc.array(document, { maxLength: 2 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ uri: fc.constantFrom(...files), swap: index }) },
  {
    weight: 1,
    arbitrary: fc.record({
      uri: fc.constantFrom('file:///kustomization.yaml', 'file:///team/kustomization.yaml'),
      whole: fc.constantFrom(...kustomizations),
    }),
  },
  { weight: 1, arbitrary: fc.record({ uri: fc.constantFrom(...files), whole: fc.constant(undefined) }) },
);
type Change = typeof change extends fc.Arbitrary<infer Made> ? Made : never;

/** Documents of a file after a change; undefined when it is gone. */
function apply(before: readonly string[], made: Change): readonly string[] | undefined {
  if ('whole' in made) return made.whole === undefined ? undefined : [made.whole];
  if ('swap' in made) {
    const [left, right] = [before[made.swap], before[made.swap + 1]];
    return left === undefined || right === undefined ? before : before.toSpliced(made.swap, 2, right, left);
  }
  return before.toSpliced(made.at, made.removed, ...made.added);
}

/** A finding with all it says, and where everything stands. */
const plain = (finding: Finding): object => ({
  ...finding,
  local: undefined,
  document: finding.document.start,
  related: finding.related.map((place) => ({ ...place, document: place.document.start })),
  fixes: finding.fixes.map(({ target, ...fix }) => ({
    ...fix,
    target: target && [target.file.uri, target.document.start, target.resource.name],
  })),
});

test('a linter that saw every change finds what a new one finds', () => {
  let compared = 0;
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 25 }),
      fc.infiniteStream(fc.boolean()),
      (changes, asked) => {
        const linter = newLinter();
        const texts = new Map<string, readonly string[]>();
        let project = Project.empty;
        for (const made of changes) {
          const parts = apply(texts.get(made.uri) ?? [], made);
          if (parts) texts.set(made.uri, parts);
          else texts.delete(made.uri);
          project = parts
            ? project.with(made.uri, parts.map((part) => `---\n${part}`).join(''))
            : project.without(made.uri);
          // Often, several changes come before anyone asks.
          if (asked.next().value === false) continue;
          const fresh = Project.from(
            [...project.files].map(([address, file]) => [
              address,
              file.documents.map((document) => document.manifest.text).join(''),
            ]),
          );
          const anew = newLinter();
          for (const address of project.files.keys()) {
            const found = linter.lint(project, address).map(plain);
            compared += found.length;
            expect(found).toEqual(anew.lint(fresh, address).map(plain));
          }
        }
      },
    ),
    { numRuns: 400 },
  );
  expect(compared).toBeGreaterThan(1000);
}, 120_000);

test('a change leaves the findings of other objects untouched', () => {
  const linter = newLinter();
  const texts = ['a', 'b'].map((app, index): [string, string] => [`file:///${app}.yaml`, documents[index * 7] ?? '']);
  const before = Project.from(texts);
  const found = texts.map(([uri]) => linter.lint(before, uri));
  const after = before.with('file:///a.yaml', (texts[0]?.[1] ?? '').replace('replicas: 2', 'replicas: 3'));
  expect(linter.lint(after, 'file:///b.yaml')).toBe(found[1]);
  expect(linter.lint(after, 'file:///a.yaml')).not.toBe(found[0]);
});

const workload = documents[0] ?? '';
const disruptionBudget =
  '{ apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: { name: a }, spec: { minAvailable: 3, selector: { matchLabels: { app: a } } } }\n';
const scaler =
  '{ apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: { name: a }, spec: { minReplicas: 3, maxReplicas: 5, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: a } } }\n';

test('what a kept document asked counts for its file when another document changed', () => {
  const linter = newLinter();
  const own = 'file:///a.yaml';
  const other = 'file:///b.yaml';
  const single = (project: Project): boolean => linter.lint(project, own).some(({ rule }) => rule === 'single-replica');
  const alone = workload.replace('replicas: 2', 'replicas: 1');
  let project = Project.from([
    [own, `${alone}---\n# one\n`],
    [other, scaler.replace('name: a }, spec', 'name: b }, spec').replace('name: a } }', 'name: b } }')],
  ]);
  expect(single(project)).toBe(true);
  project = project.with(own, `${alone}---\n# two\n`);
  expect(single(project)).toBe(true);
  project = project.with(other, scaler);
  expect(single(project)).toBe(false);
});

test('a fix of another file aims at where its object stands now', () => {
  const linter = newLinter();
  const [own, other] = ['file:///a.yaml', 'file:///b.yaml'];
  const starts = (project: Project): (number | undefined)[] =>
    linter
      .lint(project, own)
      .flatMap(({ fixes }) =>
        fixes.flatMap(({ target }) => (target?.file.uri === other ? [target.document.start] : [])),
      );
  const before = Project.from([
    [own, `${disruptionBudget}---\n${workload}`],
    [other, `# one\nkind: x\n---\n${scaler}`],
  ]);
  const [start = -1] = starts(before);
  expect(start).toBeGreaterThan(0);
  expect(starts(before.with(other, `# one more\nkind: x\n---\n${scaler}`))).toEqual(
    starts(before).map((at = 0) => at + ' more'.length),
  );
});

test('a document that breaks while it is typed leaves other findings as they are', () => {
  const linter = newLinter();
  const texts = ['a', 'b', 'c'].map((app, index): [string, string] => [
    `file:///${app}.yaml`,
    workload.replace('name: a }', `name: ${app}, namespace: ${['one', 'two', 'three'][index]} }`),
  ]);
  const before = Project.from(texts);
  const found = linter.lint(before, 'file:///b.yaml');
  const broken = before.with('file:///a.yaml', (texts[0]?.[1] ?? '').replace('{ apiVersion', '{ apiVersion: ['));
  expect(linter.lint(broken, 'file:///b.yaml')).toBe(found);
  expect(linter.lint(before, 'file:///a.yaml').length).toBeGreaterThan(linter.lint(broken, 'file:///a.yaml').length);
});

test('findings that name a place in another file are kept until that file changes', () => {
  const linter = newLinter();
  const [own, other, third] = ['file:///a.yaml', 'file:///b.yaml', 'file:///c.yaml'];
  const before = Project.from([
    [own, `${disruptionBudget}---\n${workload}`],
    [other, `# one\nkind: x\n---\n${scaler}`],
    [third, '# nothing\n'],
  ]);
  const found = linter.lint(before, own);
  expect(found.some(({ related }) => related.some(({ uri }) => uri === other))).toBe(true);
  expect(linter.lint(before.with(third, '# something\n'), own)).toBe(found);
  expect(linter.lint(before.with(other, `# moved\nkind: x\n---\n${scaler}`), own)).not.toBe(found);
});
