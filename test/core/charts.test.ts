/** What the defaults of a chart make of its templates, found out without running helm. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultConfiguration } from '../../core/src/lint/configuration.ts';
import type { Finding } from '../../core/src/lint/findings.ts';
import { relatedText } from '../../core/src/lint/findings.ts';
import { englishTemplates } from '../../core/src/lint/templates.ts';
import { rules } from '../../core/src/rules/registry.ts';
import type { Result } from '../../core/src/workspace/template-values.ts';
import { evaluate, none } from '../../core/src/workspace/template-values.ts';
import { lintFiles, linter, projectOf, root, toJson, valueOf } from './support.ts';

type Files = Readonly<Record<string, string>>;

const values =
  'replicaCount: 1\nimage: { repository: example.com/web, tag: "1.2" }\nempty: {}\nlist: [a]\noff: false\non: true\nzero: 0\nnothing:\ntext: "7"\n';
const lookup = (name: string): Result | typeof none => {
  const path = /^\$?\.Values\.(.+)$/.exec(name)?.[1];
  const value = path === undefined ? undefined : valueOf(values).at(...path.split('.'));
  return path === undefined ? none : value?.missing ? undefined : value?.tree;
};

describe('expressions', () => {
  test.each<readonly [string, unknown]>([
    ['.Values.replicaCount', 1],
    ['$.Values.image.tag', '1.2'],
    ['.Values.image', { repository: 'example.com/web', tag: '1.2' }],
    ['.Values.nowhere', undefined],
    ['.Values.nothing', undefined],
    ['.Values.nowhere | default "x"', 'x'],
    ['.Values.zero | default 5', 5],
    ['.Values.replicaCount | default 5', 1],
    ['default 5 .Values.replicaCount', 1],
    ['default 5 .Values.nowhere', 5],
    ['.Values.replicaCount | quote', '1'],
    ['.Values.text | int', 7],
    ['int .Values.text', 7],
    ['toYaml .Values.list | nindent 8', ['a']],
    ['not .Values.off', true],
    ['not .Values.empty', true],
    ['and .Values.on .Values.off', false],
    ['or .Values.off .Values.on', true],
    ['eq .Values.image.tag "1.2"', true],
    ['and .Values.on (not .Values.off)', true],
    ['include "web.name" .', none],
    ['.Release.Name', none],
    ['printf "%s" .Values.text', none],
    ['.Values.text | upper', none],
    ['and .Values.on (include "x" .)', none],
    ['"a | b"', 'a | b'],
    ['', none],
    ['|', none],
    ['(', none],
  ])('%s', (expression, expected) => {
    const result = evaluate(expression, lookup);
    expect(typeof result === 'object' ? toJson(result) : result).toEqual(expected);
  });
});

test('any text is an expression that comes to something or to nothing', () => {
  const pieces = fc.constantFrom(
    '(',
    ')',
    '|',
    '"',
    '`',
    ' ',
    '\\',
    '.Values.on',
    'default',
    'constructor',
    'toString',
    'not',
    '.',
    '$',
    '1',
    'x',
  );
  fc.assert(fc.property(fc.array(pieces, { maxLength: 12 }), (list) => void evaluate(list.join(''), lookup)));
});

/** A chart with one Deployment; `values` is its values.yaml. */
const chart = (container: string, values: string, spec = ''): Files => ({
  'web/Chart.yaml': 'name: web\nappVersion: "2.0"\n',
  'web/values.yaml': values,
  'web/templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "web.fullname" . }}
spec:
${spec}  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
${container}`,
});

const image = '          image: example.com/web:1.2.3\n';
const find = (files: Files, id: string, path = 'web/templates/web.yaml'): readonly Finding[] =>
  lintFiles(files, path, {
    rules: rules.filter((rule) => rule.id === id),
    configuration: { ...defaultConfiguration, extends: 'strict' },
  });

/** Line of the values file that a finding names, and what it says. */
function named(files: Files, [finding]: readonly Finding[]): readonly [string, string] | undefined {
  const place = finding?.related.find(({ rule }) => rule === 'chart');
  if (!finding || !place) return undefined;
  const path = place.uri.slice(root.length);
  const text = (files[path] ?? '').slice(
    place.document.start + place.range.start,
    place.document.start + place.range.end,
  );
  return [`${path}: ${text}`, relatedText(finding, place, englishTemplates(rules))];
}

describe('defaults of a chart', () => {
  const resources = `${image}          resources:\n            {{- toYaml .Values.resources | nindent 12 }}\n`;
  const limit = (values: string): Files => chart(resources, values);

  test('a default that lacks something is reported at the template and names its line in the values', () => {
    const files = limit('# sizes\nresources: {}\n');
    const found = find(files, 'memory-limit-missing');
    expect(found).toHaveLength(1);
    const text = files['web/templates/web.yaml'] ?? '';
    const { document, range, fixes } = found[0] ?? {
      document: { start: 0 },
      range: { start: 0, end: 0 },
      fixes: ['none'],
    };
    expect(text.slice(document.start + range.start, document.start + range.end)).toBe('resources');
    expect(fixes).toEqual([]);
    expect(named(files, found)?.[0]).toBe('web/values.yaml: resources');
    expect(named(files, found)?.[1]).toContain('resources');
  });

  test.each<readonly [string, string]>([
    ['has it', 'resources: { limits: { memory: 64Mi } }\n'],
    ['is not to be seen', 'other: 1\n'],
    ['is null', 'resources:\n'],
  ])('nothing is claimed where the default %s', (_what, values) =>
    expect(find(limit(values), 'memory-limit-missing')).toEqual([]),
  );

  test.each<readonly [string, string, string, number]>([
    [
      'a tag',
      '{{ .Values.image.repository }}:{{ .Values.image.tag }}',
      'image: { repository: example.com/web, tag: latest }\n',
      1,
    ],
    [
      'a good tag',
      '"{{ .Values.image.repository }}:{{ .Values.image.tag }}"',
      'image: { repository: example.com/web, tag: 1.2.3 }\n',
      0,
    ],
    [
      'the version of the chart',
      '"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"',
      'image: { repository: example.com/web, tag: "" }\n',
      0,
    ],
    [
      'a tag of its own',
      '{{ .Values.image.repository }}:{{ .Values.image.tag | default "latest" }}',
      'image: { repository: example.com/web }\n',
      1,
    ],
    ['a helper', '{{ include "web.image" . }}', 'image: { repository: example.com/web, tag: latest }\n', 0],
  ])('an image by %s', (_what, written, values, count) => {
    expect(find(chart(`          image: ${written}\n`, values), 'image-tag-mutable')).toHaveLength(count);
  });

  const replicas = (values: string, spec = '  replicas: {{ .Values.replicaCount }}\n'): number =>
    find(chart(image, values, spec), 'single-replica').length;
  test('a number', () => {
    expect([
      replicas('replicaCount: 1\n'),
      replicas('replicaCount: 2\n'),
      replicas('other: 1\n'),
      replicas('replicaCount: "1"\n', '  replicas: {{ .Values.replicaCount | int }}\n'),
    ]).toEqual([1, 0, 0, 1]);
  });

  test('the default that a template itself gives', () => {
    const own = '  replicas: {{ .Values.replicaCount | default 1 }}\n';
    expect([replicas('other: 1\n', own), replicas('replicaCount: 3\n', own)]).toEqual([1, 0]);
  });

  test('what stands in a block that is not rendered by default, or may not be, is not filled in', () => {
    const block = (condition: string): string =>
      `  {{- ${condition} }}\n  replicas: {{ $.Values.replicaCount }}\n  {{- end }}\n`;
    const found = (condition: string): number => replicas('replicaCount: 1\non: true\noff: false\n', block(condition));
    expect(
      [
        'if .Values.on',
        'if .Values.off',
        'if not .Values.off',
        'if include "x" .',
        'range .Values.list',
        'with .Values.on',
        'with .Values.off',
      ].map(found),
    ).toEqual([1, 0, 1, 0, 0, 1, 0]);
    const otherwise = (condition: string): number =>
      replicas(
        'replicaCount: 1\non: true\noff: false\n',
        `  {{- if .Values.${condition} }}\n  {{- else }}\n  replicas: {{ .Values.replicaCount }}\n  {{- end }}\n`,
      );
    expect(['on', 'off'].map(otherwise)).toEqual([0, 1]);
  });

  test('inside with, a dot is what it names', () => {
    const within = (field: string): number =>
      find(
        chart(
          `${image}          {{- with .Values.resources }}\n          resources:\n            {{- toYaml ${field} | nindent 12 }}\n          {{- end }}\n`,
          'resources: { requests: { memory: 64Mi } }\n',
        ),
        'memory-limit-missing',
      ).length;
    expect([within('.'), within('.requests')]).toEqual([1, 1]);
    expect(within('.nothing')).toBe(0);
  });

  test('names and selectors stay as they are written', () => {
    const spec = '  serviceName: {{ .Values.name }}\n';
    const files = chart(
      `${image}          envFrom: [{ configMapRef: { name: "{{ .Values.name }}" } }]\n`,
      'name: settings\n',
      spec,
    );
    expect(find(files, 'config-ref-unknown')).toEqual([]);
  });

  test('a chart around sets values for the charts in it', () => {
    const inner = chart(image, 'replicaCount: 2\n', '  replicas: {{ .Values.replicaCount }}\n');
    const moved = Object.fromEntries(Object.entries(inner).map(([path, text]) => [`shop/charts/${path}`, text]));
    const found = (outer: string): readonly Finding[] =>
      find(
        { ...moved, 'shop/Chart.yaml': 'name: shop\n', 'shop/values.yaml': outer },
        'single-replica',
        'shop/charts/web/templates/web.yaml',
      );
    expect(found('web: { other: 1 }\n')).toEqual([]);
    expect(found('web: { replicaCount: 1 }\n')[0]?.related.at(-1)?.uri).toBe(`${root}shop/values.yaml`);
  });

  test('what a template says by itself is reported once, with its fixes', () => {
    const found = find(
      chart(image, 'resources: {}\n', '  replicas: {{ .Values.replicaCount }}\n'),
      'memory-limit-missing',
    );
    expect(found).toHaveLength(1);
    expect(found[0]?.related).toEqual([]);
    expect(found[0]?.fixes.length).toBeGreaterThan(0);
  });

  test('a change of the values counts at once', () => {
    const files = limit('resources: {}\n');
    const lint = linter({ rules: rules.filter(({ id }) => id === 'memory-limit-missing') });
    const before = projectOf(files);
    const count = (project: typeof before): number => lint.lint(project, `${root}web/templates/web.yaml`).length;
    expect(count(before)).toBe(1);
    const mended = before.with(`${root}web/values.yaml`, 'resources: { limits: { memory: 1Gi } }\n');
    expect(count(mended)).toBe(0);
    expect(count(mended.with(`${root}web/values.yaml`, 'resources: {}\n'))).toBe(1);
  });
});
