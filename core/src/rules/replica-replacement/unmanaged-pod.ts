import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import { isAvailabilityExempt } from '../../workspace/exempt.ts';
import type { Located } from '../../workspace/project.ts';
import type { Operation } from '../../yaml/edit.ts';
import type { Plain } from '../../yaml/plain.ts';

export default defineRule({
  id: 'unmanaged-pod',
  capability: 'replica-replacement',
  tier: 1,
  severity: 'warning',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['/Pod', 'apps/ReplicaSet', 'extensions/ReplicaSet', '/ReplicationController'],
  needs: 'complete',
  docs: {
    summary: 'A Pod that no controller replaces.',
    why: 'The kubelet restarts the containers of a Pod on its node, and that is all: when the Pod is evicted, or its node is drained or lost, it is gone. A controller makes a new one elsewhere.',
    exemptions:
      'Pods that another object owns, mirror Pods and the static Pods of a kubelet (/etc/kubernetes/manifests), Helm hooks, namespaces in known.namespaces. Info for Pods that run once (restartPolicy Never or OnFailure), and for a bare ReplicaSet or ReplicationController, which replaces Pods but cannot roll out changes.',
    links: ['concepts/workloads/pods#working-with-pods', 'concepts/workloads/controllers/deployment'],
  },
  explains: [
    'pod-lost/node',
    'pod-evicted/eviction-api',
    'pod-evicted/preemption',
    'pod-evicted/memory',
    'pod-evicted/storage',
    'pod-evicted/node-pressure',
    'pod-evicted/node-shutdown',
    'pod-deleted/by-request',
  ],
  aliases: [
    'kubescape:C-0073',
    'datree:K8S_INCORRECT_KIND_VALUE_POD',
    'marvin:M-401',
    'popeye:208',
    'clusterlint:bare-pods',
    'kyverno:prevent-bare-pods',
    'azure:BlockNakedPods',
  ],
  messages: {
    pod: 'Nothing replaces Pod "{{name}}": once it is evicted, or its node is drained or lost, it is gone for good. A Deployment would make a new one on another node.',
    once: 'Nothing starts Pod "{{name}}" again: if its node is drained or lost before it is done, its work is lost. A Job would make a new one.',
    set: '{{kind}} "{{name}}" replaces lost pods, but a change of its pods reaches none that already runs, so a repair has to be rolled out by hand. A Deployment does both.',
  },
  titles: { deployment: 'Turn it into a Deployment', job: 'Turn it into a Job' },
  visit: {
    resource(located, context) {
      const { resource, file } = located;
      const metadata = resource.value.at('metadata');
      if (!metadata.at('ownerReferences').missing || metadata.at('annotations').has('kubernetes.io/config.mirror'))
        return;
      if (
        /\/kubernetes\/manifests\/[^/]*$/.test(file.uri) ||
        isAvailabilityExempt(located, context.around, context.known)
      )
        return;
      if (resource.kind === 'Pod') judgePod(located, context);
      else judgeSet(located, context);
    },
  },
});

type Messages = 'pod' | 'once' | 'set';

function judgePod({ resource }: Located, { report }: UnitContext<Messages>): void {
  const { value, name } = resource;
  const policy = value.at('spec', 'restartPolicy');
  if (policy.templated) return;
  const at = value.at('kind');
  const data = { name: name ?? '…' };
  if (policy.missing || policy.text() === 'Always')
    report({ message: 'pod', at, data, fixes: wrap(resource, 'Deployment') });
  else report({ message: 'once', at, data, severity: 'info', fixes: wrap(resource, 'Job') });
}

function judgeSet({ resource }: Located, { report }: UnitContext<Messages>): void {
  const { value, kind, name } = resource;
  const selector = value.at('spec', 'selector');
  const deployment: Operation[] = [
    { op: 'set', path: value.at('apiVersion').path, value: 'apps/v1' },
    { op: 'set', path: value.at('kind').path, value: 'Deployment' },
  ];
  const json = selector.json() as Plain | undefined;
  const labels =
    json ??
    (resource.pod?.labelsKnown && Object.keys(resource.pod.labels).length > 0 ? resource.pod.labels : undefined);
  if (kind === 'ReplicationController' && labels !== undefined)
    deployment.push({ op: 'set', path: selector.path, value: { matchLabels: labels } });
  const convertible = kind === 'ReplicationController' ? labels !== undefined : !selector.missing;
  report({
    message: 'set',
    at: value.at('kind'),
    data: { kind, name: name ?? '…' },
    severity: 'info',
    fixes: convertible ? [{ class: 'review', title: 'deployment', operations: deployment }] : [],
  });
}

/** The Pod becomes the template of a controller and keeps its labels; comments inside it are lost, so it is for review. */
function wrap({ value, pod, name }: Located['resource'], kind: 'Deployment' | 'Job'): Fix[] {
  const spec = value.at('spec').json() as Plain | undefined;
  if (spec === undefined || !pod?.labelsKnown || name === undefined) return [];
  const labels = Object.keys(pod.labels).length > 0 ? pod.labels : { 'app.kubernetes.io/name': name };
  const template = { metadata: { labels }, spec };
  const wrapped: Plain = kind === 'Job' ? { template } : { replicas: 1, selector: { matchLabels: labels }, template };
  return [
    {
      class: 'review',
      title: kind === 'Job' ? 'job' : 'deployment',
      operations: [
        { op: 'set', path: value.at('apiVersion').path, value: kind === 'Job' ? 'batch/v1' : 'apps/v1' },
        { op: 'set', path: value.at('kind').path, value: kind },
        { op: 'set', path: value.at('spec').path, value: wrapped },
      ],
    },
  ];
}
