/** The rights that the live half needs, from the table of kinds: what is asked about, granted and documented. */
import type { ObjectRef } from './view.ts';
import { liveKinds, type WatchedKind } from './kinds.ts';

/** What is needed to read one kind. */
export interface Right {
  /** Name of the kind in observations and messages. */
  readonly resource: string;
  /** Plural name in the API. */
  readonly plural: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** The only namespace in which it is needed. */
  readonly namespace?: string;
  /** What is learnt from it. */
  readonly why: string;
}

/** Where the leases of nodes are. */
const leaseNamespace = 'kube-node-lease';

const verbsOf: Readonly<Record<WatchedKind['read'], readonly string[]>> = {
  watch: ['list', 'watch'],
  poll: ['list'],
  demand: ['get'],
};

/** Everything that is needed, and nothing else: no Secrets, no logs, no exec, nothing that writes. */
export const rightsNeeded: readonly Right[] = liveKinds.map(
  ({ resource, plural = resource, group, version, namespaced, read, why }) => ({
    resource,
    plural,
    group,
    version,
    namespaced,
    verbs: verbsOf[read],
    ...(resource === 'leases' && { namespace: leaseNamespace }),
    why,
  }),
);

/** English texts of what is missing without a right, by message id. */
export const rightsMessages: Readonly<Record<string, string>> = Object.fromEntries(
  rightsNeeded.map(({ resource, why }) => [`rights.${resource}`, `Not visible: ${why}.`]),
);

/** Whom rights are granted to. */
export type Subject = Pick<ObjectRef, 'kind' | 'name' | 'namespace'>;

/** The subject of a user name, as RBAC names it. */
export function subjectOf(user: string): Subject {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user);
  const [, namespace, name] = account ?? [];
  return namespace === undefined || name === undefined
    ? { kind: 'User', name: user }
    : { kind: 'ServiceAccount', namespace, name };
}

const roleName = 'selfheal-viewer';
const text = (value: string): string => `'${value.replace(/\s+/g, ' ').replaceAll("'", "''")}'`;

/** Rules of a role: one for each group and set of verbs, with the reason for every resource. */
function rules(rights: readonly Right[]): string {
  const groups = Map.groupBy(rights, ({ group, verbs }) => JSON.stringify([group, verbs]));
  return [...groups.values()]
    .flatMap((alike) => {
      const [first] = alike;
      return [
        `  - apiGroups: [${text(first?.group ?? '')}]`,
        '    resources:',
        ...alike.map(({ plural, why }) => `      - ${plural} # ${why}`),
        `    verbs: [${(first?.verbs ?? []).join(', ')}]`,
      ];
    })
    .join('\n');
}

function role(kind: 'Role' | 'ClusterRole', namespace: string | undefined, rights: readonly Right[]): string {
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${kind}`,
    'metadata:',
    `  name: ${roleName}`,
    ...(namespace === undefined ? [] : [`  namespace: ${text(namespace)}`]),
    'rules:',
    rules(rights),
  ].join('\n');
}

function binding(kind: 'Role' | 'ClusterRole', namespace: string | undefined, subject: Subject): string {
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    `kind: ${kind}Binding`,
    'metadata:',
    `  name: ${text(`${roleName}-${subject.name.replace(/[^a-zA-Z0-9.-]+/g, '-')}`.toLowerCase())}`,
    ...(namespace === undefined ? [] : [`  namespace: ${text(namespace)}`]),
    'roleRef:',
    '  apiGroup: rbac.authorization.k8s.io',
    `  kind: ${kind}`,
    `  name: ${roleName}`,
    'subjects:',
    `  - kind: ${subject.kind}`,
    `    name: ${text(subject.name)}`,
    subject.kind === 'ServiceAccount'
      ? `    namespace: ${text(subject.namespace ?? '')}`
      : '    apiGroup: rbac.authorization.k8s.io',
  ].join('\n');
}

const documents = (parts: readonly string[]): string => `${parts.join('\n---\n')}\n`;

/** Roles for the whole cluster, and their bindings where somebody is named. */
export function clusterRights(subject?: Subject): string {
  const everywhere = rightsNeeded.filter(({ namespace }) => namespace === undefined);
  const leases = rightsNeeded.filter(({ namespace }) => namespace !== undefined);
  return documents([
    role('ClusterRole', undefined, everywhere),
    role('Role', leaseNamespace, leases),
    ...(subject === undefined
      ? []
      : [binding('ClusterRole', undefined, subject), binding('Role', leaseNamespace, subject)]),
  ]);
}

/** A role for one namespace, and its binding where somebody is named. */
export function namespaceRights(namespace?: string, subject?: Subject): string {
  const inside = rightsNeeded.filter((right) => right.namespaced && right.namespace === undefined);
  return documents([
    role('Role', namespace, inside),
    ...(subject === undefined ? [] : [binding('Role', namespace, subject)]),
  ]);
}
