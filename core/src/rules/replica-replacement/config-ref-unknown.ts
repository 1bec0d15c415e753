import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { levelFor } from '../../workspace/evidence.ts';
import type { Absent } from '../../workspace/named.ts';
import { isAbsent, nearMiss } from '../../workspace/named.ts';
import type { Located } from '../../workspace/project.ts';
import { belongTogether } from '../../workspace/together.ts';
import type { ConfigReference } from '../../workspace/references.ts';
import { configReferences } from '../../workspace/references.ts';
import type { Value } from '../../yaml/value.ts';

export default defineRule({
  id: 'config-ref-unknown',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'info',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'unit',
  kinds: 'all',
  needs: 'complete',
  docs: {
    summary: 'Pods need a ConfigMap, a Secret or a key of one that is nowhere to be found.',
    why: 'Pods that run keep what they have read. A replacement has to read it again: where the object or key is missing it stops before its container starts (CreateContainerConfigError, ContainerCreating), so a loss that should take seconds lasts until a person looks. imagePullSecrets are milder: the image is pulled without them.',
    exemptions:
      'References marked optional; names that a kustomization generates, that an ExternalSecret, SealedSecret, Certificate or the like produces, that a program writes by its role or arguments, or that known.objects lists. A warning where the object lacks the key or one of nearly the same name exists, a hint where the folder shows no object of the kind at all.',
    links: ['concepts/configuration/configmap#using-configmaps', 'concepts/configuration/secret#optional-secrets'],
  },
  explains: ['image-pull/auth', 'create-container/config', 'volume-mount/config-missing'],
  aliases: ['kube-linter:env-value-from', 'monokle:LNK001', 'popeye:304', 'popeye:305', 'popeye:407'],
  messages: {
    key: '{{kind}} "{{object}}" has no key "{{key}}": a pod that needs it does not start, so the next replacement of {{workloadKind}} "{{workload}}" gets stuck.',
    near: 'There is no {{kind}} "{{object}}" here, but "{{other}}". A pod that needs what does not exist does not start: the next replacement of {{workloadKind}} "{{workload}}" gets stuck.',
    unknown:
      'There is no {{kind}} "{{object}}" among those here. Unless it exists in the cluster, the pods of {{workloadKind}} "{{workload}}" do not start.',
    unseen:
      '{{kind}} "{{object}}" is not to be seen here. Unless it exists in the cluster, the pods of {{workloadKind}} "{{workload}}" do not start.',
    pullSecret:
      'Secret "{{object}}" for pulling images is not to be seen here. Unless it exists in the cluster, private images of {{workloadKind}} "{{workload}}" cannot be pulled on a new node.',
    object: 'This is what it has.',
  },
  titles: { key: 'Use key "{{key}}"', near: 'Use {{kind}} "{{object}}"', optional: 'Start without it: optional: true' },
  visit: {
    pod(pod, context) {
      const seen = new Set<string>();
      for (const reference of configReferences(pod)) {
        const name = reference.at.identity();
        if (name === undefined || name === '' || context.around.patched(context.located, reference.at)) continue;
        const object = context.around.named(context.located, reference.groupKind, name);
        if (object) judgeKeys(reference, object, context);
        else if (!reference.at.templated && !seen.has(`${reference.groupKind} ${name}`))
          judgeName(reference, name, context);
        seen.add(`${reference.groupKind} ${name}`);
      }
    },
  },
});

type Messages = 'key' | 'near' | 'unknown' | 'unseen' | 'pullSecret' | 'object';
type RefContext = UnitContext<Messages>;

const kindOf = ({ groupKind }: ConfigReference): string => groupKind.slice(1);

const dataOf = ({ located }: RefContext, reference: ConfigReference, object: string): Record<string, string> => ({
  kind: kindOf(reference),
  object,
  workloadKind: located.resource.kind,
  workload: located.resource.name ?? '…',
});

function judgeName(reference: ConfigReference, name: string, context: RefContext): void {
  const { located, around, known, report } = context;
  const absent = isAbsent(name, reference.groupKind, located, around, known);
  if (!absent) return;
  const { at, holder } = reference;
  const data = { ...dataOf(context, reference, name), other: absent.near ?? '' };
  const fixes = [...closest(reference, absent), ...optional(holder)];
  if (!holder) report({ message: 'pullSecret', at, data, severity: 'hint' });
  else if (absent.near !== undefined) report({ message: 'near', at, data, severity: 'warning', fixes });
  else report({ message: absent.seen ? 'unknown' : 'unseen', at, data, fixes, ...levelFor(absent.evidence) });
}

function closest(reference: ConfigReference, { near }: Absent): Fix[] {
  if (near === undefined) return [];
  return [
    {
      class: 'review',
      title: 'near',
      data: { kind: kindOf(reference), object: near },
      operations: [{ op: 'set', path: reference.at.path, value: near }],
    },
  ];
}

const optional = (holder: Value | undefined): Fix[] =>
  holder
    ? [
        {
          class: 'review',
          title: 'optional',
          operations: [{ op: 'set', path: [...holder.path, 'optional'], value: true }],
        },
      ]
    : [];

/** The object's own keys tell; operators and patches may add to them. */
function judgeKeys(reference: ConfigReference, object: Located, context: RefContext): void {
  if (reference.keys.length === 0 || !belongTogether(context.located, object, context.around)) return;
  // Of several with the name any may be meant.
  if (context.around.namesakes(object).length > 1) return;
  const { value } = object.resource;
  const maps = ['data', 'stringData', 'binaryData'].map((field) => value.at(field));
  if (value.open || maps.some((map) => map.open || context.around.patched(object, map))) return;
  const present = maps.flatMap((map) => map.entries().map(({ key }) => key));
  // An empty one is filled by something that runs: an injector of certificates, an operator.
  if (present.length === 0) return;
  for (const at of reference.keys) {
    const key = at.text();
    if (key === undefined || present.includes(key) || context.around.patched(context.located, at)) continue;
    const data = { ...dataOf(context, reference, object.resource.name ?? '…'), key };
    const other = nearMiss(key, present) ?? (present.length === 1 ? present[0] : undefined);
    const fixes: Fix[] =
      other === undefined
        ? []
        : [
            {
              class: 'review',
              title: 'key',
              data: { key: other },
              operations: [{ op: 'set', path: at.path, value: other }],
            },
          ];
    context.report({
      message: 'key',
      at,
      data,
      severity: 'warning',
      related: [{ located: object, at: maps.find((map) => map.exists) ?? value, message: 'object' }],
      fixes: [...fixes, ...optional(reference.holder)],
    });
  }
}
