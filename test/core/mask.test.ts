import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskTemplates } from '../../core/src/yaml/mask.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { splitDocuments } from '../../core/src/yaml/split.ts';
import { Value } from '../../core/src/yaml/value.ts';

const folder = new URL('../fixtures/helm/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

/** Root view of one document of a chart template. */
function template(name: string, index = 0): Value {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const span = splitDocuments(text)[index];
  const { root, problem } = parseDocument(text.slice(span?.start, span?.end));
  expect(problem).toBeUndefined();
  return Value.root(root);
}

/** What may be concluded about a place. */
const verdict = (value: Value): string =>
  value.unknown ? 'unknown' : value.missing ? 'missing' : value.open ? 'open' : 'known';

describe('masking', () => {
  const pieces = fc.constantFrom(
    '{{',
    '}}',
    '{{ .x }}',
    '{{- if .a }}',
    '{{ end -}}',
    '{{/*',
    '*/}}',
    '{{/* c */}}',
    '"',
    '`',
    '\\',
    '\n',
    '\r\n',
    '  ',
    'key: ',
    '- ',
    'text',
    '#',
    "'",
    '{{ "}}" }}',
    '{{ `}}` }}',
    '{{ toYaml .x | nindent 4 }}',
    '{{ $k }}: ',
    '😀',
  );
  test('keeps the length, every line break and all text outside of actions', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (list) => {
        const text = list.join('');
        const masked = maskTemplates(text);
        expect(masked.text.length).toBe(text.length);
        let at = 0;
        for (const action of masked.actions) {
          expect(action.start).toBeGreaterThanOrEqual(at);
          expect(masked.text.slice(at, action.start)).toBe(text.slice(at, action.start));
          const inner = masked.text.slice(action.start, action.end);
          expect(inner).not.toContain('{{');
          if (action.role !== 'value')
            expect(inner).toBe(text.slice(action.start, action.end).replace(/[^\r\n]/g, '\n'));
          at = action.end;
        }
        expect(masked.text.slice(at)).toBe(text.slice(at));
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['a: {{ .x }}', ['value']],
    ['  {{- if .x }}', ['control']],
    ['{{ else }}', ['control']],
    ['{{- /* c */ -}}', ['control']],
    ['{{ $x := 1 }}', ['control']],
    ['  {{ include "x" . | nindent 2 }}', ['content']],
    ['  {{ template "x" . }}', ['content']],
    ['{{ if .x }}{{ include "x" . }}{{ end }}', ['control', 'content', 'control']],
    ['a: {{ if .x }}1{{ else }}2{{ end }}', ['value', 'value', 'value']],
    ['labels: {{- include "x" . | nindent 4 }}', ['content']],
    ['- labels: {{ include "x" . | nindent 4 }}  ', ['content']],
    ['a: {{ .x }} {{ .y | nindent 4 }}', ['value', 'value']],
    ['a: "{{ .x | nindent 4 }}"', ['value']],
    ['a: {{ "}}" }}', ['value']],
    ['a: {{ `{{ x }}` }}', ['value']],
    ['a: {{ x', []],
  ])('%s', (text, roles) => {
    expect(maskTemplates(text).actions.map(({ role }) => role)).toEqual(roles);
  });
});

describe('chart templates', () => {
  test.each(files)('%s parses', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    for (const { start, end } of splitDocuments(text)) {
      const { problem, templated } = parseDocument(text.slice(start, end));
      expect(problem).toBeUndefined();
      if (text.slice(start, end).includes('{{')) expect(templated).toBe(true);
    }
  });

  /** Places with what may be concluded about them; `missing` proves that unknown stays where it belongs. */
  const places: readonly (readonly [string, number, readonly (string | number)[], string])[] = [
    ['deployment.yaml', 0, ['kind'], 'known'],
    ['deployment.yaml', 0, ['metadata', 'name'], 'unknown'],
    ['deployment.yaml', 0, ['metadata', 'labels'], 'open'],
    ['deployment.yaml', 0, ['metadata', 'labels', 'app.kubernetes.io/component'], 'known'],
    ['deployment.yaml', 0, ['metadata', 'labels', 'anything'], 'unknown'],
    ['deployment.yaml', 0, ['metadata', 'annotations', 'anything'], 'unknown'],
    ['deployment.yaml', 0, ['metadata', 'generateName'], 'missing'],
    ['deployment.yaml', 0, ['spec', 'replicas'], 'unknown'],
    ['deployment.yaml', 0, ['spec', 'strategy'], 'missing'],
    ['deployment.yaml', 0, ['spec', 'selector', 'matchLabels', 'app'], 'unknown'],
    ['deployment.yaml', 0, ['spec', 'selector', 'matchExpressions'], 'missing'],
    ['deployment.yaml', 0, ['spec', 'template', 'metadata', 'annotations', 'other'], 'missing'],
    ['deployment.yaml', 0, ['spec', 'template', 'spec', 'terminationGracePeriodSeconds'], 'known'],
    ['deployment.yaml', 0, ['spec', 'template', 'spec', 'affinity'], 'missing'],
    ['deployment.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'image'], 'unknown'],
    ['deployment.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'resources'], 'unknown'],
    ['deployment.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'resources', 'limits', 'memory'], 'unknown'],
    ['deployment.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'livenessProbe'], 'missing'],
    ['deployment.yaml', 0, ['spec', 'template', 'spec', 'containers', 1, 'resources'], 'missing'],
    ['deployment.yaml', 0, ['spec', 'template', 'spec', 'containers', 2], 'missing'],
    ['inline-nindent.yaml', 0, ['metadata', 'labels', 'other'], 'unknown'],
    ['inline-nindent.yaml', 0, ['metadata', 'labels', 'app.kubernetes.io/component'], 'known'],
    ['inline-nindent.yaml', 0, ['metadata', 'annotations'], 'unknown'],
    ['inline-nindent.yaml', 0, ['spec', 'selector', 'app'], 'unknown'],
    ['inline-nindent.yaml', 0, ['spec', 'ports', 0, 'targetPort'], 'known'],
    ['inline-nindent.yaml', 0, ['spec', 'ports', 0, 'nodePort'], 'missing'],
    ['inline-nindent.yaml', 0, ['spec', 'externalTrafficPolicy'], 'missing'],
    ['range-env.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'env', 0, 'name'], 'unknown'],
    ['range-env.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'env', 5], 'unknown'],
    ['range-env.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'volumeMounts', 1], 'missing'],
    ['range-env.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'livenessProbe'], 'missing'],
    ['if-else.yaml', 0, ['spec', 'maxUnavailable'], 'unknown'],
    ['if-else.yaml', 0, ['spec', 'selector', 'matchLabels', 'app'], 'known'],
    ['if-else.yaml', 0, ['spec', 'unhealthyPodEvictionPolicy'], 'missing'],
    ['range-documents.yaml', 1, ['metadata', 'name'], 'unknown'],
    ['range-documents.yaml', 1, ['spec', 'template', 'spec', 'containers', 0, 'name'], 'known'],
    ['old-indent.yaml', 0, ['metadata', 'labels', 'app'], 'unknown'],
    ['old-indent.yaml', 0, ['data', 'fixed'], 'known'],
    ['old-indent.yaml', 0, ['data', 'other'], 'unknown'],
    ['old-indent.yaml', 0, ['metadata', 'namespace'], 'missing'],
    ['old-indent.yaml', 0, ['immutable'], 'missing'],
    ['scripts.yaml', 0, ['data', 'other'], 'unknown'],
    ['scripts.yaml', 0, ['data', 'nginx.conf'], 'unknown'],
    ['scripts.yaml', 0, ['metadata', 'labels'], 'missing'],
    ['comments.yaml', 0, ['stringData', 'url'], 'unknown'],
    ['comments.yaml', 0, ['stringData', 'other'], 'missing'],
    ['variables.yaml', 0, ['spec', 'rules', 0, 'host'], 'unknown'],
    ['variables.yaml', 0, ['spec', 'rules', 0, 'http', 'paths', 0, 'path'], 'known'],
    ['variables.yaml', 0, ['spec', 'defaultBackend'], 'missing'],
    ['keys.yaml', 0, ['data', 'other'], 'unknown'],
    ['keys.yaml', 0, ['data', 'plain'], 'known'],
    ['keys.yaml', 0, ['metadata', 'labels'], 'missing'],
    ['probes.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'livenessProbe', 'httpGet', 'path'], 'known'],
    ['probes.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'livenessProbe', 'periodSeconds'], 'unknown'],
    ['probes.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'livenessProbe', 'httpGet', 'host'], 'missing'],
    ['probes.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'readinessProbe'], 'unknown'],
    ['probes.yaml', 0, ['spec', 'template', 'spec', 'containers', 0, 'startupProbe'], 'missing'],
    ['probes.yaml', 0, ['spec', 'template', 'spec', 'nodeSelector'], 'unknown'],
    ['probes.yaml', 0, ['spec', 'template', 'spec', 'tolerations'], 'unknown'],
    ['block-scalars.yaml', 0, ['data', 'first.sh'], 'unknown'],
    ['block-scalars.yaml', 0, ['data', 'second.sh'], 'unknown'],
    ['block-scalars.yaml', 0, ['data', 'third.sh'], 'known'],
    ['block-scalars.yaml', 0, ['data', 'fourth.sh'], 'unknown'],
    ['block-scalars.yaml', 0, ['data', 'fifth.sh'], 'unknown'],
    ['block-scalars.yaml', 0, ['data', 'sixth.sh'], 'missing'],
    ['block-scalars.yaml', 0, ['binaryData'], 'known'],
    ['flow.yaml', 0, ['metadata', 'name'], 'unknown'],
    ['flow.yaml', 0, ['metadata', 'labels', 'tier'], 'known'],
    ['flow.yaml', 0, ['metadata', 'labels', 'other'], 'missing'],
    ['flow.yaml', 0, ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers', 0, 'args', 0], 'unknown'],
    ['flow.yaml', 0, ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers', 0, 'args', 1], 'known'],
    ['flow.yaml', 0, ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers', 0, 'command'], 'missing'],
  ];
  test.each(places)('%s (document %i): %j is %s', (name, index, path, expected) => {
    expect(verdict(template(name, index).at(...path))).toBe(expected);
  });
});
