/** Custom resources that the configuration declares to make pods. */
import { describe, expect, test } from 'vitest';
import type { Configuration } from '../../core/src/lint/configuration.ts';
import { readConfiguration } from '../../core/src/lint/configuration.ts';
import { rules } from '../../core/src/rules/registry.ts';
import type { SourceFile } from '../../core/src/workspace/project.ts';
import { Project } from '../../core/src/workspace/project.ts';
import { linter, projectOf, root } from './support.ts';

type Files = Readonly<Record<string, string>>;

const configure = (entry: string): Configuration => {
  const { configuration, problems } = readConfiguration(`extends: strict\npodTemplates:\n  - ${entry}\n`, rules);
  expect(problems).toEqual([]);
  return configuration;
};
const whole = configure(
  '{ group: example.com, kind: Worker, template: spec.pods.template, replicas: spec.pods.count, selector: spec.pods.selector }',
);
const withoutNumber = configure('{ group: example.com, kind: Worker, template: spec.pods.template }');
const undeclared = configure('{ group: example.com, kind: Other, template: spec.template }');

const worker = (count = 'count: 1', pod = ''): string => `apiVersion: example.com/v1
kind: Worker
metadata: {name: web}
spec:
  pods:
    ${count}
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
${pod}        containers:
          - name: web
            image: registry.example/web:1
            ports: [{name: http, containerPort: 8080}]
`;
const service =
  'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selector: {app: web}\n  ports: [{port: 80, targetPort: http}]\n';
const budget =
  'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec: {minAvailable: 3, unhealthyPodEvictionPolicy: AlwaysAllow, selector: {matchLabels: {app: web}}}\n';

const findings = (files: Files, path: string, configuration: Configuration) =>
  linter({ configuration }).lint(
    projectOf(files).declaring(() => configuration.podTemplates),
    root + path,
  );
const rulesIn = (files: Files, path: string, configuration: Configuration): string[] =>
  findings(files, path, configuration).map(({ rule }) => rule);

describe('a declared kind', () => {
  test('is judged for its containers and its pods; one that is not declared is not', () => {
    const files = { 'w.yaml': worker('count: 3', '        nodeName: worker-1\n') };
    expect(rulesIn(files, 'w.yaml', whole)).toEqual(
      expect.arrayContaining(['liveness-probe-missing', 'pinned-to-node']),
    );
    expect(rulesIn(files, 'w.yaml', undeclared)).toEqual([]);
  });

  test('is judged for its replicas where it says how many there are', () => {
    const files = { 'w.yaml': worker(), 's.yaml': service };
    const [found] = findings(files, 'w.yaml', whole).filter(({ rule }) => rule === 'single-replica');
    expect(files['w.yaml'].slice(found?.range.start, found?.range.end)).toBe('1');
    expect(found?.fixes[0]?.operations).toEqual([{ op: 'set', path: ['spec', 'pods', 'count'], value: 2 }]);
    expect(rulesIn(files, 'w.yaml', withoutNumber)).not.toContain('single-replica');
    expect(rulesIn({ ...files, 'w.yaml': worker('other: 1') }, 'w.yaml', whole)).not.toContain('single-replica');
  });

  test('is spread and protected by copying its selector', () => {
    const files = { 'w.yaml': worker('count: 3'), 's.yaml': service };
    const found = findings(files, 'w.yaml', whole);
    expect(found.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['replicas-not-spread', 'pdb-missing']));
    const spread = found.find(({ rule }) => rule === 'replicas-not-spread')?.fixes[0]?.operations[0];
    expect(spread).toMatchObject({ path: ['spec', 'pods', 'template', 'spec', 'topologySpreadConstraints'] });
    expect(JSON.stringify(spread)).toContain('"labelSelector":{"matchLabels":{"app":"web"}}');
    expect(rulesIn({ 'w.yaml': worker('count: 0') }, 'w.yaml', whole)).toContain('workload-stopped');
  });

  test('has the pods that Services and budgets look for', () => {
    const files = { 'w.yaml': worker('count: 3'), 's.yaml': service, 'b.yaml': budget };
    expect(rulesIn(files, 's.yaml', whole)).toEqual([]);
    expect(rulesIn({ ...files, 's.yaml': service.replace('http', 'htp') }, 's.yaml', whole)).toEqual([
      'service-target-port-unknown',
    ]);
    expect(rulesIn(files, 'b.yaml', whole)).toEqual(['pdb-blocks-eviction']);
    expect(rulesIn(files, 'b.yaml', withoutNumber)).toEqual([]);
  });

  test('is one in every folder that declares it, and in no other', () => {
    const project = projectOf({ 'a/w.yaml': worker(), 'b/w.yaml': worker() }).declaring(
      (uri) => (uri.startsWith(`${root}a/`) ? whole : undeclared).podTemplates,
    );
    const lint = linter({ configuration: whole });
    expect(lint.lint(project, `${root}a/w.yaml`)).not.toEqual([]);
    expect(lint.lint(project, `${root}b/w.yaml`)).toEqual([]);
  });

  test('stays declared under an overlay that changes it', () => {
    const files = {
      'base/kustomization.yaml': 'resources: [w.yaml]\n',
      'base/w.yaml': worker(),
      'prod/kustomization.yaml': 'resources: [../base]\npatches: [{path: p.yaml}]\n',
      'prod/p.yaml': 'apiVersion: example.com/v1\nkind: Worker\nmetadata: {name: web}\nspec: {pods: {count: 2}}\n',
    };
    expect(rulesIn(files, 'base/w.yaml', whole)).toContain('liveness-probe-missing');
    expect(rulesIn(files, 'base/w.yaml', whole)).not.toContain('single-replica');
  });
});

describe('what is read again', () => {
  const documents = (file: SourceFile | undefined): readonly unknown[] =>
    file?.documents.map(({ manifest }) => manifest) ?? [];
  const text = `${service}---\n${worker()}`;
  const uri = `${root}a.yaml`;

  test('is the objects of the kinds that changed, and nothing where none did', () => {
    const before = projectOf({ 'a.yaml': text, 'b.yaml': service });
    const after = before.declaring(() => whole.podTemplates);
    const [old, now] = [before, after].map(({ files }) => documents(files.get(uri)));
    expect(now?.[0]).toBe(old?.[0]);
    expect(now?.[1]).not.toBe(old?.[1]);
    expect(after.files.get(`${root}b.yaml`)).toBe(before.files.get(`${root}b.yaml`));
    const again = configure(
      '{ group: example.com, kind: Worker, template: spec.pods.template, replicas: spec.pods.count, selector: spec.pods.selector }',
    );
    expect(after.declaring(() => again.podTemplates).files.get(uri)).toBe(after.files.get(uri));
    expect(documents(after.declaring(() => new Map()).files.get(uri))[1]).not.toBe(now?.[1]);
  });

  test('is not what a keystroke beside it leaves alone', () => {
    const before = projectOf({ 'a.yaml': text }).declaring(() => whole.podTemplates);
    const after = before.with(uri, text.replace('port: 80', 'port: 81'));
    expect(documents(after.files.get(uri))[1]).toBe(documents(before.files.get(uri))[1]);
    expect(after.files.get(uri)?.documents[1]?.manifest.resources[0]?.pod?.containers).toHaveLength(1);
  });

  test('gives the same findings as reading all of it anew', () => {
    const lint = linter({ configuration: whole });
    const kept = projectOf({ 'a.yaml': text });
    expect(lint.lint(kept, uri).map(({ rule }) => rule)).not.toContain('single-replica');
    const told = lint.lint(
      kept.declaring(() => whole.podTemplates),
      uri,
    );
    const fresh = Project.empty.declaring(() => whole.podTemplates).with(uri, text);
    expect(told.map(({ rule }) => rule)).toEqual(
      linter({ configuration: whole })
        .lint(fresh, uri)
        .map(({ rule }) => rule),
    );
    expect(told.map(({ rule }) => rule)).toContain('single-replica');
  });
});
