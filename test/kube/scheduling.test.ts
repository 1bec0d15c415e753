import { describe, expect, it } from 'vitest';
import { affinityTerms, nodeLabels, termFinds } from '../../core/src/kube/scheduling.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { Value } from '../../core/src/yaml/value.ts';

const value = (text: string): Value => Value.root(parseDocument(text).root);

describe('an affinity term', () => {
  it.each([
    { term: '{ labelSelector: { matchLabels: { app: web } } }', namespace: '', finds: true },
    { term: '{ labelSelector: {} }', namespace: 'shop', finds: true },
    { term: '{ topologyKey: zone }', namespace: 'shop', finds: false },
    { term: '{ labelSelector: null }', namespace: 'shop', finds: false },
    { term: '{ labelSelector: { matchLabels: { app: api } } }', namespace: 'shop', finds: false },
    {
      term: '{ labelSelector: { matchExpressions: [{ key: app, operator: NotIn, values: [web] }] } }',
      namespace: 'shop',
      finds: false,
    },
    { term: '{ labelSelector: { matchLabels: { app: web } }, namespaces: [other] }', namespace: 'shop', finds: false },
    {
      term: '{ labelSelector: { matchLabels: { app: web } }, namespaces: [other, shop] }',
      namespace: 'shop',
      finds: true,
    },
    { term: '{ labelSelector: { matchLabels: { app: web } }, namespaces: [] }', namespace: 'shop', finds: true },
    { term: '{ labelSelector: { matchLabels: { app: web } }, namespaceSelector: {} }', namespace: 'shop', finds: true },
    {
      term: '{ labelSelector: { matchLabels: { app: web } }, namespaceSelector: { matchLabels: { team: shop } } }',
      namespace: 'shop',
      finds: undefined,
    },
    { term: '{ labelSelector: { matchLabels: { app: web } }, namespaces: [other] }', namespace: '', finds: undefined },
    { term: '{ labelSelector: { matchLabels: { app: "{{ x }}" } } }', namespace: 'shop', finds: undefined },
    {
      term: '{ labelSelector: { matchLabels: { app: web } }, mismatchLabelKeys: [tenant] }',
      namespace: 'shop',
      finds: undefined,
    },
    { term: '{{ toYaml . }}', namespace: 'shop', finds: undefined },
  ])('$term in "$namespace" finds them: $finds', ({ term, namespace, finds }) => {
    expect(termFinds(value(term), { app: 'web' }, namespace)).toBe(finds);
  });

  it('is required or preferred, and unknown where template text may add some', () => {
    const spec = value(`affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: a }]
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: b } }]
`);
    expect(
      affinityTerms(spec, 'podAntiAffinity')?.map(({ required, term }) => [required, term.at('topologyKey').text()]),
    ).toEqual([
      [true, 'a'],
      [false, 'b'],
    ]);
    expect(affinityTerms(spec, 'podAffinity')).toEqual([]);
    expect(affinityTerms(value('affinity: {{ toYaml .Values.affinity }}'), 'podAntiAffinity')).toBeUndefined();
  });
});

it('names every label of nodes that a pod speaks of', () => {
  const spec = value(`nodeSelector: { a: x }
topologySpreadConstraints: [{ topologyKey: b }]
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: c }] }] }
    preferredDuringSchedulingIgnoredDuringExecution: [{ preference: { matchExpressions: [{ key: d }] } }]
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: e }]
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution: [{ podAffinityTerm: { topologyKey: f } }, { podAffinityTerm: { topologyKey: "{{ x }}" } }]
`);
  expect(nodeLabels(spec).map(({ label, form }) => `${label} ${form}`)).toEqual([
    'a key',
    'c text',
    'd text',
    'b text',
    'e text',
    'f text',
  ]);
});
