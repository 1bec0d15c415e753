/** What template text that cannot be told still says: the same text is the same value. */
import { describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../../core/src/lint/configuration.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { withToken, writtenInto } from '../../core/src/workspace/template-tokens.ts';
import { readTemplate } from '../../core/src/workspace/template-blocks.ts';
import { Value } from '../../core/src/yaml/value.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { lintFiles, linter, projectOf, root } from './support.ts';

type Files = Readonly<Record<string, string>>;

const found = (id: string, files: Files, path: string): string[] =>
  lintFiles(files, path, {
    rules: rules.filter((rule) => rule.id === id),
    configuration: { ...defaultConfiguration, extends: 'strict' },
  }).map(({ message }) => message);

const deployment = (
  more: { spec?: string; pod?: string; labels?: string; name?: string } = {},
): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${more.name ?? '{{ include "web.fullname" . }}'}
spec:
${more.spec ?? '  replicas: 2\n'}  selector:
    matchLabels:
      {{- include "web.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
${more.labels ?? '        {{- include "web.selectorLabels" . | nindent 8 }}\n'}    spec:
      containers:
        - name: web
          image: example.com/web:1.2.3
          ports: [{ name: http, containerPort: 80 }]
${more.pod ?? ''}`;

const service = (
  selector = '{{- include "web.selectorLabels" . | nindent 4 }}',
  port = 'http',
): string => `apiVersion: v1
kind: Service
metadata:
  name: {{ include "web.fullname" . }}
spec:
  selector:
    ${selector}
  ports: [{ port: 80, targetPort: ${port} }]
`;

const chart = (templates: Files, values = ''): Files => ({
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'web/values.yaml': values,
  ...Object.fromEntries(Object.entries(templates).map(([name, text]) => [`web/templates/${name}`, text])),
});

describe('labels that a helper writes', () => {
  const port = (templates: Files): string[] =>
    found('service-target-port-unknown', chart(templates), 'web/templates/service.yaml');

  test('a Service finds the pods of a workload that uses the same helper', () => {
    expect(port({ 'service.yaml': service(undefined, 'htpt'), 'web.yaml': deployment() })).toHaveLength(1);
    expect(port({ 'service.yaml': service(undefined, 'http'), 'web.yaml': deployment() })).toEqual([]);
  });

  test('of another helper nobody knows', () => {
    const other = service('{{- include "web.otherLabels" . | nindent 4 }}', 'htpt');
    expect(port({ 'service.yaml': other, 'web.yaml': deployment() })).toEqual([]);
    expect(
      found(
        'service-selector-no-match',
        chart({ 'service.yaml': other, 'web.yaml': deployment() }),
        'web/templates/service.yaml',
      ),
    ).toEqual([]);
  });

  test('what is written beside the helper counts', () => {
    const both = '{{- include "web.selectorLabels" . | nindent 4 }}\n    tier: front';
    const labels = '        {{- include "web.selectorLabels" . | nindent 8 }}\n        tier: front\n';
    expect(port({ 'service.yaml': service(both, 'htpt'), 'web.yaml': deployment({ labels }) })).toHaveLength(1);
    expect(port({ 'service.yaml': service(both, 'htpt'), 'web.yaml': deployment() })).toEqual([]);
    const more =
      '        {{- include "web.selectorLabels" . | nindent 8 }}\n        {{- with .Values.podLabels }}\n        {{- toYaml . | nindent 8 }}\n        {{- end }}\n';
    expect(port({ 'service.yaml': service(undefined, 'htpt'), 'web.yaml': deployment({ labels: more }) })).toHaveLength(
      1,
    );
  });

  test('labels on a condition may be missing', () => {
    const labels =
      '        app: x\n        {{- if .Values.on }}\n        {{- include "web.selectorLabels" . | nindent 8 }}\n        {{- end }}\n';
    expect(port({ 'service.yaml': service(undefined, 'htpt'), 'web.yaml': deployment({ labels }) })).toEqual([]);
  });

  test('another chart means something else by the same text', () => {
    const files = {
      ...chart({ 'service.yaml': service(undefined, 'htpt') }),
      'other/Chart.yaml': 'name: other\n',
      'other/templates/web.yaml': deployment(),
    };
    expect(found('service-target-port-unknown', files, 'web/templates/service.yaml')).toEqual([]);
  });

  test('templates are a chart even where its other files are not to be seen', () => {
    const files = { 'web/templates/service.yaml': service(undefined, 'htpt'), 'web/templates/web.yaml': deployment() };
    expect(found('service-target-port-unknown', files, 'web/templates/service.yaml')).toHaveLength(1);
  });

  test('a budget that wants all pods, counted only where no other workload may be meant', () => {
    const budget = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: '{{ include "web.fullname" . }}' }
spec:
  minAvailable: 2
  selector:
    matchLabels:
      {{- include "web.selectorLabels" . | nindent 6 }}
`;
    const blocks = (templates: Files): string[] =>
      found('pdb-blocks-eviction', chart(templates), 'web/templates/pdb.yaml');
    expect(blocks({ 'pdb.yaml': budget, 'web.yaml': deployment() })).toEqual(['count']);
    expect(blocks({ 'pdb.yaml': budget, 'web.yaml': deployment({ spec: '  replicas: 3\n' }) })).toEqual([]);
    const worker = deployment({ name: 'worker', labels: '        {{- include "web.worker" . | nindent 8 }}\n' });
    expect(blocks({ 'pdb.yaml': budget, 'web.yaml': deployment(), 'worker.yaml': worker })).toEqual([]);
  });
});

describe('names', () => {
  const scaler = (name = '{{ include "web.fullname" . }}', when = ''): string =>
    `${when && `{{- if ${when} }}\n`}apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  minReplicas: 2
  maxReplicas: 4
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: '${name}' }
${when && '{{- end }}\n'}`;
  const both = (templates: Files, values?: string): string[] =>
    found('hpa-overridden-by-replicas', chart(templates, values), 'web/templates/web.yaml');

  test.each<readonly [string, string]>([
    ['{{ include "web.fullname" . }}', 'as it is'],
    ['{{- template "web.fullname" $ -}}', 'in another form'],
    ['{{ include   "web.fullname"  . | quote }}', 'quoted'],
  ])('an autoscaler scales the workload it names by the same text: %s', (name) => {
    expect(both({ 'hpa.yaml': scaler(name), 'web.yaml': deployment() })).toEqual(['both']);
  });

  test('a variable is the text it was given', () => {
    const variable = `{{- $name := include "web.fullname" . -}}\n${deployment({ name: '{{ $name }}' })}`;
    expect(both({ 'hpa.yaml': scaler(), 'web.yaml': variable })).toEqual(['both']);
    const twice = `{{- $name := "a" -}}\n{{- $name = include "web.fullname" . -}}\n${deployment({ name: '{{ $name }}' })}`;
    expect(both({ 'hpa.yaml': scaler(), 'web.yaml': twice })).toEqual([]);
  });

  test('text around it counts', () => {
    expect(
      both({
        'hpa.yaml': scaler('{{ .Release.Name }}-web'),
        'web.yaml': deployment({ name: '"{{ .Release.Name }}-web"' }),
      }),
    ).toEqual(['both']);
    expect(
      both({
        'hpa.yaml': scaler('{{ .Release.Name }}-api'),
        'web.yaml': deployment({ name: '"{{ .Release.Name }}-web"' }),
      }),
    ).toEqual([]);
  });

  test('what the defaults leave out scales nothing', () => {
    const templates = { 'hpa.yaml': scaler(undefined, '.Values.autoscaling.enabled'), 'web.yaml': deployment() };
    expect(both(templates, 'autoscaling: { enabled: true }\n')).toEqual(['both']);
    expect(both(templates, 'autoscaling: { enabled: false }\n')).toEqual([]);
  });

  test('a condition around several documents holds for each of them', () => {
    const list = `{{- if .Values.autoscaling.enabled }}\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: '{{ .Release.Name }}' }\n---\n${scaler()}{{- end }}\n`;
    const templates = { 'hpa.yaml': list, 'web.yaml': deployment() };
    expect(both(templates, 'autoscaling: { enabled: true }\n')).toEqual(['both']);
    expect(both(templates, 'autoscaling: { enabled: false }\n')).toEqual([]);
  });

  test('a condition that an earlier document gets holds at once', () => {
    const text = (first: string): string =>
      `${first}\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: '{{ .Release.Name }}' }\n---\n${scaler()}{{- end }}\n`;
    const files = chart(
      { 'hpa.yaml': text('{{- if .Values.on }}'), 'web.yaml': deployment() },
      'on: true\noff: false\n',
    );
    const lint = linter({ rules: rules.filter(({ id }) => id === 'hpa-overridden-by-replicas') });
    const uri = `${root}web/templates/web.yaml`;
    const before = projectOf(files);
    expect(lint.lint(before, uri)).toHaveLength(1);
    expect(lint.lint(before.with(`${root}web/templates/hpa.yaml`, text('{{- if .Values.off }}')), uri)).toEqual([]);
  });

  test('what stands on the other branch is left open', () => {
    const spec = '  {{- if not .Values.autoscaling.enabled }}\n  replicas: 2\n  {{- end }}\n';
    const templates = {
      'hpa.yaml': scaler(undefined, '.Values.autoscaling.enabled'),
      'web.yaml': deployment({ spec }),
    };
    for (const enabled of [true, false]) expect(both(templates, `autoscaling: { enabled: ${enabled} }\n`)).toEqual([]);
  });

  test('a ConfigMap has the keys that are asked for', () => {
    const map =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: \'{{ include "web.fullname" . }}-env\' }\ndata: { LEVEL: info }\n';
    const pod = (name: string): string =>
      `          env: [{ name: L, valueFrom: { configMapKeyRef: { name: '${name}', key: LEVL } } }]\n`;
    const keys = (name: string): string[] =>
      found(
        'config-ref-unknown',
        chart({ 'map.yaml': map, 'web.yaml': deployment({ pod: pod(name) }) }),
        'web/templates/web.yaml',
      );
    expect(keys('{{ include "web.fullname" . }}-env')).toEqual(['key']);
    expect(keys('{{ include "web.fullname" . }}-other')).toEqual([]);
  });
});

describe('tokens', () => {
  const token = (text: string): string | undefined => {
    const { root } = parseDocument(text);
    const node = Value.root(root).at('name').tree;
    const made = node && withToken(node, readTemplate(text), 'c');
    return made?.kind === 'unknown' ? made.token : undefined;
  };

  test.each([
    'name: {{ randAlphaNum 5 }}',
    'name: {{ now | date "2006" }}',
    '{{- range .Values.list }}\nname: {{ .name }}\n{{- end }}',
    '{{- with .Values.web }}\nname: {{ include "web.name" . }}\n{{- end }}',
    '{{- range $name := .Values.list }}\nname: {{ $name }}\n{{- end }}',
    'name: {{ if .Values.a }}a{{ else }}b{{ end }}',
    'name: {{ $unset }}',
    '{{ $a := $a }}\nname: {{ $a }}',
  ])('there is none for what may be another thing each time: %s', (text) => {
    expect(token(text)).toBeUndefined();
  });

  test('in a loop the root stays the root', () => {
    expect(token('{{- range .Values.list }}\nname: {{ $.Release.Name }}-x\n{{- end }}')).toBe(
      token('name: {{ .Release.Name }}-x'),
    );
  });

  test('labels that only values write are not known', () => {
    const text = 'selector:\n  {{- toYaml .Values.labels | nindent 2 }}\n';
    const node = Value.root(parseDocument(text).root).at('selector').tree;
    expect(node && writtenInto(node, 9, readTemplate(text), 'c')).toMatchObject({ sets: [], complete: false });
  });
});

describe('charts inside of a chart', () => {
  const inner = {
    'web/charts/cache/Chart.yaml': 'name: cache\n',
    'web/charts/cache/values.yaml': 'on: true\nreplicas: 1\n',
  };
  const parent = (dependency: string, values: string): Files => ({
    'web/Chart.yaml': `apiVersion: v2\nname: web\ndependencies:\n  - ${dependency}\n`,
    'web/values.yaml': values,
    ...inner,
    'web/charts/cache/templates/web.yaml': deployment({ spec: '  replicas: {{ .Values.replicas }}\n' }),
  });
  const single = (dependency: string, values: string): string[] =>
    found('single-replica', parent(dependency, values), 'web/charts/cache/templates/web.yaml');

  test.each<readonly [string, string, number]>([
    ['{ name: cache }', '', 1],
    ['{ name: cache, condition: cache.enabled }', '', 1],
    ['{ name: cache, condition: cache.enabled }', 'cache: { enabled: true }\n', 1],
    ['{ name: cache, condition: cache.enabled }', 'cache: { enabled: false }\n', 0],
    ['{ name: cache, condition: "cache.on,cache.enabled" }', 'cache: { enabled: false }\n', 0],
    ['{ name: cache, tags: [back] }', 'tags: { back: false }\n', 0],
    ['{ name: cache, tags: [back, front] }', 'tags: { back: false, front: true }\n', 1],
    ['{ name: cache, condition: cache.enabled, tags: [back] }', 'cache: { enabled: true }\ntags: { back: false }\n', 1],
    ['{ name: cache, alias: store }', 'store: { replicas: 3 }\n', 0],
  ])('%s with %s', (dependency, values, count) => {
    expect(single(dependency, values)).toHaveLength(count);
  });

  test('what a chart that is left out would bring is neither there nor missing', () => {
    const map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shared }\ndata: { LEVEL: '{{ .Values.level }}' }\n";
    const other = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: other }\ndata: { A: '{{ .Values.a }}' }\n";
    const pod =
      '          envFrom: [{ configMapRef: { name: shared } }]\n          imagePullPolicy: {{ .Values.pull }}\n';
    const files = {
      ...parent('{ name: cache, condition: cache.enabled }', 'cache: { enabled: false }\npull: Always\n'),
      'web/charts/cache/templates/map.yaml': map,
      'web/templates/other.yaml': other,
      'web/templates/web.yaml': deployment({ pod }),
    };
    expect(found('config-ref-unknown', files, 'web/templates/web.yaml')).toEqual([]);
  });
});
