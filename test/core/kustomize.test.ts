/** What we make of kustomizations, against what kustomize itself builds. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { Project } from '../../core/src/workspace/project.ts';
import type { Located } from '../../core/src/workspace/project.ts';

const { status } = spawnSync('kubectl', ['kustomize', '--help'], { stdio: 'ignore', timeout: 20_000 });
if (status !== 0) console.log('kustomizations are not compared: there is no kubectl with kustomize');

const corpus = fileURLToPath(new URL('../../../shared/corpus/manifests/', import.meta.url));
if (!existsSync(corpus)) console.log(`public kustomizations are not compared: there is no ${corpus}`);

interface Facts {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly replicas: unknown;
  readonly images: readonly string[];
  readonly labels: unknown;
}

type Json = Readonly<Record<string, unknown>> | undefined;
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Json)?.[step], value);

const templateOf = (kind: string): readonly string[] =>
  kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : kind === 'Pod' ? [] : ['spec', 'template'];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What is compared of an object. */
function factsOf(object: unknown, name: string, namespace: string): Facts {
  const kind = String(at(object, 'kind'));
  const template = at(object, ...templateOf(kind));
  const containers = ['initContainers', 'containers'].flatMap(
    (field) => (at(template, 'spec', field) as readonly unknown[] | undefined) ?? [],
  );
  return {
    kind,
    name,
    namespace,
    replicas: at(object, 'spec', 'replicas'),
    images: containers.map((container) => String(at(container, 'image'))),
    labels: at(template, 'metadata', 'labels'),
  };
}

/** What kustomize builds; undefined where it refuses. */
function realOf(dir: string): Facts[] | undefined {
  try {
    const text = execFileSync('kubectl', ['kustomize', dir, '--load-restrictor', 'LoadRestrictionsNone'], {
      encoding: 'utf8',
      timeout: 30_000,
      maxBuffer: 64 << 20,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return parseAllDocuments(text).flatMap((document) => {
      const object: unknown = document.toJS();
      return at(object, 'kind') === undefined
        ? []
        : [factsOf(object, String(at(object, 'metadata', 'name')), textOf(at(object, 'metadata', 'namespace')))];
    });
  } catch {
    return undefined;
  }
}

/** What we make of the objects of one build, as far as it can be told; by every name that they may have. */
function oursOf(project: Project, dir: string): (Facts & { readonly names: readonly string[] })[] {
  const folder = pathToFileURL(dir).href;
  const { surroundings, units } = project;
  const build = units.builds(units.of(`${folder}/kustomization.yaml`).id).find((each) => each.dir === folder);
  if (!build) return [];
  return [...project.files.values()].flatMap((file) => {
    if (units.isPatch(file.uri)) return [];
    const home = units.homes(file.uri).find((each) => build.namespaces.has(each));
    if (home === undefined) return [];
    return file.documents.flatMap((document) =>
      document.manifest.resources.flatMap((resource) => {
        const located: Located = { resource, document, file };
        const read = surroundings.buildsOf(located).find((each) => each.dir === folder);
        const built = read ? surroundings.builtBy(located, read)?.resource : resource;
        const json = built?.value.json();
        if (!built || json === undefined || resource.name === undefined) return [];
        const namespace = build.namespaces.get(home) ?? resource.namespace ?? '';
        let names = [resource.name];
        for (const [prefix, suffix] of build.affixes)
          names = names.flatMap((name) => [name, `${prefix}${name}${suffix}`]);
        return [{ ...factsOf(json, resource.name, namespace), names }];
      }),
    );
  });
}

const workloads = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Pod']);

/** How many workloads agree; those that do not are told. */
function compare(project: Project, dir: string): { readonly same: number; readonly differing: unknown[] } {
  const real = realOf(dir) ?? [];
  const differing: unknown[] = [];
  let same = 0;
  for (const { names, ...mine } of oursOf(project, dir)) {
    if (!workloads.has(mine.kind)) continue;
    const built = real.filter(({ kind, name }) => kind === mine.kind && names.includes(name));
    if (built.length !== 1 || !built[0]) continue;
    const { name, ...theirs } = built[0];
    if (JSON.stringify({ ...mine, name }) === JSON.stringify({ ...theirs, name }) || equal({ ...mine, name }, built[0]))
      same++;
    else differing.push({ dir, name, mine, theirs });
  }
  return { same, differing };
}

const equal = (a: Facts, b: Facts): boolean => {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
};

/** Kustomization files below a folder, and all YAML. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ya?ml$/.test(path))
    .map((path) => join(folder, path));
}

const projectOf = (paths: readonly string[]): Project =>
  Project.from(paths.map((path) => [pathToFileURL(path).href, readFileSync(path, 'utf8')]));

const scratch = mkdtempSync(join(tmpdir(), 'selfheal-kustomize-'));
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { tier: front }, annotations: { owner: x } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      initContainers: [{ name: first, image: 'registry:5000/setup:1' }]
      containers:
        - { name: web, image: example.com/web:1.2.3 }
        - { name: side, image: side@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web-store }
spec:
  serviceName: store
  selector: { matchLabels: { app: store } }
  template:
    metadata: { labels: { app: store } }
    spec: { containers: [{ name: store, image: store }] }
`;

const target = (text: string, replicas: number): string =>
  `patches: [{ target: ${text}, patch: '[{"op": "add", "path": "/spec/replicas", "value": ${replicas}}]' }]\n`;

const overlays: readonly string[] = [
  'namespace: other\nnamePrefix: a-\nnameSuffix: -b\n',
  'images: [{ name: example.com/web, newTag: "2" }, { name: store, newName: reg/store, newTag: v1 }, { name: side, newTag: x }, { name: "registry:5000/setup", digest: "sha256:bb" }]\n',
  'images: [{ name: web, newTag: "2" }, { name: example.com/web, newName: other/web }]\n',
  'replicas: [{ name: web, count: 5 }]\n',
  'commonLabels: { team: a }\n',
  'labels: [{ pairs: { team: a }, includeSelectors: true }, { pairs: { only: meta } }, { pairs: { t: x }, includeTemplates: true }]\n',
  target('{ kind: Deployment }', 4),
  target('{ name: web }', 4),
  target('{ name: "web.*" }', 4),
  target('{ kind: "Deployment|StatefulSet" }', 4),
  target('{ group: apps, version: v1 }', 4),
  target('{ group: apps, version: v1beta1 }', 4),
  target('{ kind: Deploy }', 4),
  target('{ namespace: shop }', 4),
  target('{ namespace: sho }', 4),
  target('{ namespace: default }', 4),
  target('{ labelSelector: "tier in (front,back)" }', 4),
  target('{ labelSelector: "tier=front,!old" }', 4),
  target('{ labelSelector: "tier!=front" }', 4),
  target('{ annotationSelector: owner=x }', 4),
  `patches:
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web, namespace: shop }
      spec: { replicas: 7, template: { metadata: { labels: { added: "yes", app: null } }, spec: { containers: [{ name: side, $patch: delete }, { name: new, image: n:1 }] } } }
`,
  `patches:
  - target: { kind: Deployment }
    patch: |-
      - { op: replace, path: /spec/template/spec/containers/0/image, value: "x:1" }
      - { op: remove, path: /spec/template/spec/containers/1 }
      - { op: add, path: /spec/template/metadata/labels/a~1b, value: c }
`,
];

describe.skipIf(status !== 0)('what kustomize builds', () => {
  test('handmade overlays come to the same', { timeout: 120_000 }, () => {
    const write = (path: string, text: string): void => {
      mkdirSync(dirname(join(scratch, path)), { recursive: true });
      writeFileSync(join(scratch, path), text);
    };
    write('base/kustomization.yaml', 'resources: [web.yaml]\n');
    write('base/web.yaml', web);
    overlays.forEach((text, index) => {
      write(`o${index}/kustomization.yaml`, `resources: [../base]\n${text}`);
    });
    const project = projectOf(filesBelow(scratch));
    for (const [index, text] of overlays.entries()) {
      const { same, differing } = compare(project, join(scratch, `o${index}`));
      expect(differing, text).toEqual([]);
      expect(same, text).toBe(2);
    }
  });

  test.skipIf(!existsSync(corpus))('public kustomizations come to the same', { timeout: 240_000 }, () => {
    let compared = 0;
    for (const repository of readdirSync(corpus)) {
      const paths = filesBelow(join(corpus, repository));
      const project = projectOf(paths);
      for (const path of paths.filter((each) => /kustomization\.ya?ml$/.test(each))) {
        const { same, differing } = compare(project, dirname(path));
        expect(differing).toEqual([]);
        compared += same;
      }
    }
    console.log(`${compared} workloads of public kustomizations are what kustomize builds`);
    expect(compared).toBeGreaterThan(20);
  });
});
