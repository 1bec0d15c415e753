import { defineCause } from '../cause.ts';
import type { RootCauseClass } from '../view.ts';

/** Answers of admission to a controller's request (`k8s.io/apiserver`, `plugin/pkg/admission`). */
const reasons: readonly (readonly [reason: string, rootCause: RootCauseClass, pattern: RegExp])[] = [
  ['quota', 'resources', /exceeded quota|failed quota|must specify (?:limits|requests)/i],
  ['security', 'configuration', /violates PodSecurity|unable to validate against any security context constraint/i],
  [
    'limit-range',
    'configuration',
    /(?:minimum|maximum) \S+ usage per|max limit to request ratio|per Container is|per Pod is/i,
  ],
  ['webhook', 'configuration', /admission webhook|failed calling webhook|ValidatingAdmissionPolicy/i],
  ['account', 'configuration', /service ?account .*not found|error looking up service account/i],
  ['priority', 'configuration', /no PriorityClass with name/i],
  ['invalid', 'configuration', /is invalid:/i],
];

/** A controller wants a pod and the API server refuses to make it. */
export const failedCreate = defineCause({
  about: 'creation',
  ids: [...reasons.map(([reason]) => reason), 'other'].map((reason) => `failed-create/${reason}`),
  match({ name, text }) {
    const found = reasons.find(([, , pattern]) => pattern.test(text));
    const detail = text.replace(/^Error creating: /, '').slice(0, 240);
    return {
      cause: `failed-create/${found?.[0] ?? 'other'}`,
      rootCause: found?.[1] ?? 'configuration',
      confidence: found === undefined ? 0.5 : 0.95,
      data: { name, detail },
    };
  },
});
