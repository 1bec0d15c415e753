/** What kustomizations make of objects, found out without running kustomize. */
import { describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../../core/src/lint/configuration.ts';
import type { Finding } from '../../core/src/lint/findings.ts';
import { englishTemplates } from '../../core/src/lint/templates.ts';
import { relatedText } from '../../core/src/lint/findings.ts';
import { rules } from '../../core/src/rules/registry.ts';
import type { LintSetup } from './support.ts';
import { lintFiles, linter, projectOf, root } from './support.ts';

type Files = Readonly<Record<string, string>>;

const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: example.com/web:1.2.3
          resources: { limits: { memory: 64Mi } }
`;

/** A base with one Deployment, and overlays by name with what each adds to its kustomization. */
const layered = (overlays: Files, more: Files = {}): Files => ({
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': web,
  ...Object.fromEntries(
    Object.entries(overlays).map(([name, text]) => [
      `overlays/${name}/kustomization.yaml`,
      `resources: [../../base]\n${text}`,
    ]),
  ),
  ...more,
});

const rule = (id: string): LintSetup => ({
  rules: rules.filter((candidate) => candidate.id === id),
  configuration: { ...defaultConfiguration, extends: 'strict' },
});
const probe = (files: Files, path = 'base/web.yaml'): readonly Finding[] =>
  lintFiles(files, path, rule('liveness-probe-missing'));
const single = (files: Files, path = 'base/web.yaml'): readonly Finding[] =>
  lintFiles(files, path, rule('single-replica'));
const named = ([finding]: readonly Finding[]): string[] =>
  (finding?.related ?? []).filter((place) => place.rule === 'overlay').map(({ uri }) => uri.slice(root.length));

const inline = (patch: string, target = ''): string =>
  `patches:\n  - ${target}patch: |-\n${patch.replaceAll(/^/gm, '      ')}\n`;
const withProbe =
  'kind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, livenessProbe: { tcpSocket: { port: 80 } } }] } } }';

describe('what an overlay mends', () => {
  test('the base alone lacks it', () => expect(probe(layered({}))).toHaveLength(1));

  test('every overlay mends it: nothing to report', () => {
    expect(probe(layered({ production: inline(withProbe), staging: inline(withProbe) }))).toEqual([]);
  });

  test('one overlay does not: it is reported at the base, and that overlay is named', () => {
    const found = probe(layered({ production: inline(withProbe), staging: '' }));
    expect(found).toHaveLength(1);
    expect(named(found)).toEqual(['overlays/staging/kustomization.yaml']);
    const place = found[0]?.related.at(-1);
    expect(found[0] && place && relatedText(found[0], place, englishTemplates(rules))).toContain('overlays/staging');
  });

  test('none does: it is reported once, and none is named', () => {
    const found = probe(layered({ production: '', staging: 'namePrefix: s-\n' }));
    expect(found).toHaveLength(1);
    expect(named(found)).toEqual([]);
  });

  test('an overlay on another overlay is built with what that one mends', () => {
    const files = layered(
      { production: inline(withProbe) },
      { 'overlays/eu/kustomization.yaml': 'resources: [../production]\n' },
    );
    expect(probe(files)).toEqual([]);
  });

  test('a component mends what its overlay builds, and only there', () => {
    const component = { 'components/probes/kustomization.yaml': `kind: Component\n${inline(withProbe)}` };
    expect(probe(layered({ production: 'components: [../../components/probes]\n' }, component))).toEqual([]);
    expect(
      named(probe(layered({ production: 'components: [../../components/probes]\n', staging: '' }, component))),
    ).toEqual(['overlays/staging/kustomization.yaml']);
  });

  test('an overlay whose patches are not to be seen says nothing, unless it is the only one', () => {
    const unseen = 'patches: [{ path: elsewhere.yaml }]\n';
    expect(named(probe(layered({ production: unseen, staging: '' })))).toEqual([]);
    expect(probe(layered({ production: unseen, staging: inline(withProbe) }))).toEqual([]);
    expect(probe(layered({ production: unseen }))).toHaveLength(1);
    expect(
      probe(layered({ production: 'patches: [{ path: elsewhere.json, target: { kind: Deployment } }]\n' })),
    ).toEqual([]);
    expect(
      probe(layered({ production: 'patches: [{ path: elsewhere.json, target: { kind: Service } }]\n' })),
    ).toHaveLength(1);
  });

  test('a patch of one kustomization does not reach what only another builds', () => {
    const files = {
      'kustomization.yaml': 'resources: [a, b]\n',
      'a/kustomization.yaml': `resources: [web.yaml]\n`,
      'a/web.yaml': web,
      'b/kustomization.yaml': `resources: [other.yaml]\n${inline(withProbe, 'target: { kind: Deployment }\n    ')}`,
      'b/other.yaml': web.replaceAll('web', 'other'),
    };
    expect(probe(files, 'a/web.yaml')).toHaveLength(1);
  });
});

describe('patches in every form', () => {
  const json =
    '- { op: add, path: /spec/template/spec/containers/0/livenessProbe, value: { tcpSocket: { port: 80 } } }';
  test.each<readonly [string, string, Files]>([
    ['strategic merge, inline', inline(withProbe), {}],
    [
      'strategic merge, in the old list',
      `patchesStrategicMerge:\n  - |-\n${withProbe.replaceAll(/^/gm, '    ')}\n`,
      {},
    ],
    ['strategic merge, a file', 'patches: [{ path: probe.yaml }]\n', { 'overlays/o/probe.yaml': withProbe }],
    [
      'strategic merge, a file in the old list',
      'patchesStrategicMerge: [probe.yaml]\n',
      { 'overlays/o/probe.yaml': withProbe },
    ],
    [
      'strategic merge with a target',
      inline(withProbe.replace('name: web', 'name: any'), 'target: { kind: Deployment, name: "we." }\n    '),
      {},
    ],
    ['two patches in one text', inline(`${withProbe.replace('name: web', 'name: other')}\n---\n${withProbe}`), {}],
    ['JSON patch, inline', inline(json, 'target: { kind: Deployment, name: web }\n    '), {}],
    [
      'JSON patch, in the old list',
      `patchesJson6902:\n  - target: { kind: Deployment, name: web }\n    patch: |-\n      ${json}\n`,
      {},
    ],
    [
      'JSON patch, a file',
      'patches: [{ path: probe.yaml, target: { kind: Deployment } }]\n',
      { 'overlays/o/probe.yaml': json },
    ],
  ])('%s', (_form, kustomization, more) => {
    expect(probe(layered({ o: kustomization }, more))).toEqual([]);
  });

  test.each<readonly [string, boolean]>([
    ['{ group: apps }', true],
    ['{ group: batch }', false],
    ['{ group: apps, version: v1, kind: Deployment }', true],
    ['{ version: v1beta1 }', false],
    ['{ kind: Deploy }', false],
    ['{ kind: "Deploy.*|Job" }', true],
    ['{ name: we }', false],
    ['{ name: "we." }', true],
    ['{ namespace: default }', true],
    ['{ namespace: other }', false],
    ['{ labelSelector: "tier=front" }', true],
    ['{ labelSelector: "tier in (back, front),!old" }', true],
    ['{ labelSelector: "tier!=front" }', false],
    ['{ labelSelector: "tier notin (a),tier" }', true],
    ['{ annotationSelector: team=x }', true],
    ['{ annotationSelector: team=y }', false],
  ])('a target chooses objects as kustomize does: %s', (target, chosen) => {
    const labelled = web.replace('name: web }', 'name: web, labels: { tier: front }, annotations: { team: x } }');
    const files = layered({ o: inline(withProbe, `target: ${target}\n    `) }, { 'base/web.yaml': labelled });
    expect(probe(files)).toHaveLength(chosen ? 0 : 1);
  });

  test('a target by labels that a kustomization gives cannot be told, nor one that cannot be read', () => {
    for (const [base, selector] of [
      ['labels: [{ pairs: { tier: back } }]\n', 'tier=back'],
      ['', '(('],
    ] as const) {
      const files = layered({ o: inline(withProbe, `target: { labelSelector: "${selector}" }\n    `) });
      expect(probe({ ...files, 'base/kustomization.yaml': `resources: [web.yaml]\n${base}` })).toEqual([]);
    }
  });

  test('an image is what the overlay makes of it', () => {
    const mutable = (overlay: string): string[] =>
      lintFiles(layered({ o: overlay, p: '' }), 'overlays/o/kustomization.yaml', rule('image-tag-mutable')).map(
        ({ message }) => message,
      );
    expect(mutable('images: [{ name: example.com/web, newTag: latest }]\n')).toHaveLength(1);
    expect(mutable('images: [{ name: example.com/web, newTag: 1.2.4 }]\n')).toEqual([]);
    expect(mutable('images: [{ name: example.com/web, newTag: latest, digest: "sha256:1" }]\n')).toEqual([]);
    expect(mutable('images: [{ name: web, newTag: latest }]\n')).toEqual([]);
  });

  test.each<readonly [string, string]>([
    ['of another name', inline(withProbe.replace('name: web', 'name: other'))],
    ['of another kind', inline(withProbe.replace('kind: Deployment', 'kind: StatefulSet'))],
    ['of another container', inline(withProbe.replace('[{ name: web', '[{ name: sidecar'))],
    [
      'that deletes it',
      inline(
        'kind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, livenessProbe: null }] } } }',
      ),
    ],
    ['that tests only', inline(json.replace('add', 'test'), 'target: { kind: Deployment }\n    ')],
    ['whose path leads nowhere', inline(json.replace('/0/', '/7/'), 'target: { kind: Deployment }\n    ')],
  ])('one %s mends nothing', (_form, kustomization) => {
    expect(probe(layered({ o: kustomization })).length).toBeGreaterThan(0);
  });

  test('patches follow one another', () => {
    const removed =
      'kind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, livenessProbe: null }] } } }';
    const both = (first: string, second: string): Files =>
      layered(
        { o: `patchesStrategicMerge: [first.yaml, second.yaml]\n` },
        { 'overlays/o/first.yaml': first, 'overlays/o/second.yaml': second },
      );
    expect(probe(both(removed, withProbe))).toEqual([]);
    expect(probe(both(withProbe, removed))).toHaveLength(1);
  });
});

describe('counts and values', () => {
  const count = (n: number): string => `replicas: [{ name: web, count: ${n} }]\n`;
  test('replicas of every overlay decide', () => {
    expect(single(layered({ production: count(3), staging: count(2) }))).toEqual([]);
    expect(named(single(layered({ production: count(3), staging: '' })))).toEqual([
      'overlays/staging/kustomization.yaml',
    ]);
  });

  test('one that sets too little mends nothing', () => {
    const few = layered(
      { production: count(3), staging: count(1) },
      { 'base/web.yaml': web.replace('spec:\n', 'spec:\n  replicas: 1\n') },
    );
    expect(named(single(few))).toEqual(['overlays/staging/kustomization.yaml']);
  });

  test('a value that is changed and still wrong stays reported', () => {
    const tight = web.replace(
      '          image',
      '          livenessProbe: { tcpSocket: { port: 80 }, failureThreshold: -2 }\n          image',
    );
    const set = (n: number): string => inline(withProbe.replace('tcpSocket: { port: 80 }', `failureThreshold: ${n}`));
    const found = (n: number): number =>
      lintFiles(layered({ o: set(n) }, { 'base/web.yaml': tight }), 'base/web.yaml', rule('probe-threshold-invalid'))
        .length;
    expect([found(3), found(-1)]).toEqual([0, 1]);
  });

  test('the autoscaler that an overlay patches decides, too', () => {
    const hpa =
      'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { minReplicas: 3, maxReplicas: 4, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } }\n';
    const lower = inline('kind: HorizontalPodAutoscaler\nmetadata: { name: web }\nspec: { minReplicas: 1 }');
    const found = (overlays: Files): readonly Finding[] =>
      lintFiles(
        layered(overlays, { 'base/kustomization.yaml': 'resources: [web.yaml, hpa.yaml]\n', 'base/hpa.yaml': hpa }),
        'base/web.yaml',
        rule('replicas-not-spread'),
      );
    expect(found({ production: '' })).toHaveLength(1);
    expect(found({ production: lower })).toEqual([]);
    expect(named(found({ production: lower, staging: '' }))).toEqual(['overlays/staging/kustomization.yaml']);
  });
});

describe('patches themselves', () => {
  const stop = 'kind: Deployment\napiVersion: apps/v1\nmetadata: { name: web }\nspec: { replicas: 0 }\n';
  const found = (kustomization: string): number =>
    lintFiles(
      layered({ o: `patches: [{ path: stop.yaml }]\n${kustomization}` }, { 'overlays/o/stop.yaml': stop }),
      'overlays/o/stop.yaml',
      rule('workload-stopped'),
    ).length;

  test('are judged by what they come to', () => {
    expect(found('')).toBe(1);
    expect(found('replicas: [{ name: web, count: 3 }]\n')).toBe(0);
    expect(found('replicas: [{ name: other, count: 3 }]\n')).toBe(1);
  });
});

describe('namespaces and names', () => {
  const service =
    'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n';
  const noMatch = (files: Files, path: string): readonly Finding[] =>
    lintFiles(files, path, rule('service-selector-no-match'));

  test('overlays with namespaces of their own meet in the base', () => {
    const files = layered({ production: 'namespace: prod\n', staging: 'namespace: staging\n' });
    const withService = {
      ...files,
      'overlays/staging/kustomization.yaml': (files['overlays/staging/kustomization.yaml'] ?? '').replace(
        '../../base',
        '../../base, service.yaml',
      ),
      'overlays/staging/service.yaml': service,
    };
    expect(noMatch(withService, 'overlays/staging/service.yaml')).toEqual([]);
  });

  test('two parts of one build in namespaces of their own do not meet', () => {
    const files = {
      'kustomization.yaml': 'resources: [a, b]\n',
      'a/kustomization.yaml': 'namespace: a\nresources: [web.yaml]\n',
      'a/web.yaml': web,
      'b/kustomization.yaml': 'namespace: b\nresources: [service.yaml]\n',
      'b/service.yaml': service,
    };
    expect(noMatch(files, 'b/service.yaml')).toHaveLength(1);
    expect(
      noMatch({ ...files, 'b/kustomization.yaml': 'namespace: a\nresources: [service.yaml]\n' }, 'b/service.yaml'),
    ).toEqual([]);
  });

  test('the outermost namespace is that of all that is built', () => {
    const files = {
      'kustomization.yaml': 'namespace: prod\nresources: [a, b]\n',
      'a/kustomization.yaml': 'namespace: a\nresources: [web.yaml]\n',
      'a/web.yaml': web,
      'b/kustomization.yaml': 'namespace: b\nresources: [service.yaml]\n',
      'b/service.yaml': service,
    };
    expect(noMatch(files, 'b/service.yaml')).toEqual([]);
  });

  test('a patch may name an object as the kustomization below calls it', () => {
    const files = layered(
      { o: inline(withProbe.replace('name: web }', 'name: dev-web }')) },
      { 'base/kustomization.yaml': 'namePrefix: dev-\nresources: [web.yaml]\n' },
    );
    expect(probe(files)).toEqual([]);
  });

  const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: runner }\n';
  const using = (name: string): Files => ({
    'kustomization.yaml': 'resources: [base, web.yaml]\n',
    'web.yaml': web.replace('      containers', `      serviceAccountName: ${name}\n      containers`),
    'base/kustomization.yaml': 'namePrefix: dev-\nnameSuffix: -1\nresources: [account.yaml]\n',
    'base/account.yaml': account,
  });
  test.each([
    ['runner', 0],
    ['dev-runner-1', 0],
    ['dev-other-1', 1],
    ['prod-runner-1', 1],
  ])('a reference to %s of what becomes dev-runner-1 is %s finding', (name, count) => {
    expect(lintFiles(using(name), 'web.yaml', rule('service-account-unknown'))).toHaveLength(count);
  });

  test.each([
    ['settings', 0],
    ['settings-7k2m9c4b8h', 0],
    ['settings-short', 1],
    ['other-7k2m9c4b8h', 1],
  ])('generated objects exist with and without their hash: %s', (name, count) => {
    const files = {
      'kustomization.yaml': 'resources: [web.yaml]\nconfigMapGenerator: [{ name: settings, literals: [a=b] }]\n',
      'web.yaml': web.replace(
        '          image',
        `          envFrom: [{ configMapRef: { name: ${name} } }]\n          image`,
      ),
    };
    expect(lintFiles(files, 'web.yaml', rule('config-ref-unknown'))).toHaveLength(count);
  });

  test('labels that a kustomization gives to pods are there to be selected', () => {
    const tier = service.replace('app: web', 'tier: front');
    const files = (text: string): Files => ({
      'kustomization.yaml': `resources: [web.yaml, service.yaml]\n${text}`,
      'web.yaml': web,
      'service.yaml': tier,
    });
    expect(noMatch(files(''), 'service.yaml')).toHaveLength(1);
    expect(noMatch(files('labels: [{ pairs: { tier: front }, includeTemplates: true }]\n'), 'service.yaml')).toEqual(
      [],
    );
    expect(
      noMatch(files('labels: [{ pairs: { other: front }, includeTemplates: true }]\n'), 'service.yaml'),
    ).toHaveLength(1);
  });
});

describe('what an overlay breaks', () => {
  const sound = web.replace(
    '          image:',
    `          livenessProbe: { tcpSocket: { port: 80 } }\n          image:`,
  );
  const files = (overlay: string, more: Files = {}, base = sound): Files =>
    layered({ production: overlay, staging: '' }, { 'base/web.yaml': base, ...more });
  const lines = (id: string, all: Files, path: string): string[] =>
    lintFiles(all, path, rule(id)).map(({ document, range }) => {
      const text = all[path] ?? '';
      const start = document.start + range.start;
      return text.slice(text.lastIndexOf('\n', start) + 1, text.indexOf('\n', start)).trim();
    });
  const overlay = 'overlays/production/kustomization.yaml';
  const without = (name: string): string =>
    `kind: Deployment\nmetadata: { name: web }\nspec:\n  template:\n    spec:\n      containers:\n        - name: ${name}\n          livenessProbe: null`;

  test('a patch in the kustomization is told on its line, once, and names the object', () => {
    const all = files(inline(without('web')));
    expect(lines('liveness-probe-missing', all, overlay)).toEqual(['- name: web']);
    const [found] = lintFiles(all, overlay, rule('liveness-probe-missing'));
    const place = found?.related[0];
    expect(place?.uri).toBe(`${root}base/web.yaml`);
    expect(found && place && relatedText(found, place, englishTemplates(rules))).toContain('overlays/production');
    expect(found?.fixes).toEqual([]);
    expect(probe(all)).toEqual([]);
    expect(lines('liveness-probe-missing', all, 'overlays/staging/kustomization.yaml')).toEqual([]);
  });

  test('a patch in a file is told there', () => {
    const all = files('patches: [{ path: probe.yaml }]\n', { 'overlays/production/probe.yaml': without('web') });
    expect(lines('liveness-probe-missing', all, 'overlays/production/probe.yaml')).toEqual(['- name: web']);
    expect(lines('liveness-probe-missing', all, overlay)).toEqual([]);
  });

  test('so is a container that it adds', () => {
    const all = files(inline(without('other')));
    expect(lines('liveness-probe-missing', all, overlay)).toEqual(['- name: other']);
  });

  test('a JSON patch is told at its operation', () => {
    const json =
      '- { op: test, path: /kind, value: Deployment }\n- { op: remove, path: /spec/template/spec/containers/0/livenessProbe }';
    expect(lines('liveness-probe-missing', files(inline(json, 'target: { kind: Deployment }\n    ')), overlay)).toEqual(
      ['- { op: remove, path: /spec/template/spec/containers/0/livenessProbe }'],
    );
  });

  test('a count of replicas is told where it stands', () => {
    const two = sound.replace('spec:\n', 'spec:\n  replicas: 2\n');
    const all = files('replicas: [{ name: web, count: 1 }]\n', {}, two);
    expect(lines('single-replica', all, overlay)).toEqual(['replicas: [{ name: web, count: 1 }]']);
    expect(single(all)).toEqual([]);
  });

  test('nothing is told that the base says already, or its file silences', () => {
    expect(
      lines(
        'liveness-probe-missing',
        files(inline('kind: Deployment\nmetadata: { name: web }\nspec: { paused: false }'), {}, web),
        overlay,
      ),
    ).toEqual([]);
    const silenced = sound.replace(
      'name: web }',
      'name: web, annotations: { selfheal.dev/ignore: liveness-probe-missing } }',
    );
    expect(silenced).not.toBe(sound);
    expect(lines('liveness-probe-missing', files(inline(without('web')), {}, silenced), overlay)).toEqual([]);
  });

  test('a change of the base is seen in the overlay', () => {
    const all = files(inline(without('web')));
    const lint = linter(rule('liveness-probe-missing'));
    const before = projectOf(all);
    expect(lint.lint(before, root + overlay)).toHaveLength(1);
    const after = before.with(`${root}base/web.yaml`, sound.replaceAll('name: web', 'name: other'));
    expect(lint.lint(after, root + overlay)).toEqual([]);
    expect(lint.lint(after.with(`${root}base/web.yaml`, sound), root + overlay)).toHaveLength(1);
  });
});
