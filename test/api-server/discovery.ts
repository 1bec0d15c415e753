/** Discovery documents: the plain lists of resources and the aggregated form that newer clients ask for. */
import { resourceKinds, type ResourceKind } from './kinds.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

interface Review {
  readonly group: string;
  readonly resource: string;
  readonly kind: string;
}

/** Kinds that are only posted, never stored. */
const reviews: readonly Review[] = [
  { group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
  { group: 'authorization.k8s.io', resource: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview' },
];

const groupNames = [
  ...new Set([...resourceKinds.map((kind) => kind.group), ...reviews.map((review) => review.group)]),
].filter((group) => group !== '');

function versionOf(group: string): string {
  return resourceKinds.find((kind) => kind.group === group)?.version ?? 'v1';
}

function kindsOf(group: string): readonly ResourceKind[] {
  return resourceKinds.filter((kind) => kind.group === group).toSorted((a, b) => (a.resource < b.resource ? -1 : 1));
}

/** `GET /version`, of the release whose behaviour this server copies. */
export const version = {
  major: '1',
  minor: '32',
  gitVersion: 'v1.32.13',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-08-20T05:19:54Z',
  goVersion: 'go1.23.5',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** `GET /api` */
export function apiVersions(address: string): Record<string, unknown> {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

function groupOf(name: string): Record<string, unknown> {
  const only = { groupVersion: `${name}/${versionOf(name)}`, version: versionOf(name) };
  return { name, versions: [only], preferredVersion: only };
}

/** `GET /apis` */
export function apiGroups(): Record<string, unknown> {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groupNames.map(groupOf) };
}

/** `GET /apis/<group>` */
export function apiGroup(name: string): Record<string, unknown> | undefined {
  return groupNames.includes(name) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(name) } : undefined;
}

/** `GET /api/v1` and `GET /apis/<group>/<version>` */
export function resourceList(group: string, version: string): Record<string, unknown> | undefined {
  const known = group === '' ? version === 'v1' : groupNames.includes(group) && versionOf(group) === version;
  if (!known) return undefined;
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: [
      ...kindsOf(group).map((kind) => ({
        name: kind.resource,
        singularName: kind.singular,
        namespaced: kind.namespaced,
        kind: kind.kind,
        verbs,
        ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
        ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
      })),
      ...reviews
        .filter((review) => review.group === group)
        .map((review) => ({
          name: review.resource,
          singularName: review.kind.toLowerCase(),
          namespaced: false,
          kind: review.kind,
          verbs: ['create'],
        })),
    ],
  };
}

function aggregatedResources(group: string): unknown[] {
  return [
    ...kindsOf(group).map((kind) => ({
      resource: kind.resource,
      responseKind: { group: '', version: '', kind: kind.kind },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      singularResource: kind.singular,
      verbs,
      ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
      ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
    })),
    ...reviews
      .filter((review) => review.group === group)
      .map((review) => ({
        resource: review.resource,
        responseKind: { group: '', version: '', kind: review.kind },
        scope: 'Cluster',
        singularResource: review.kind.toLowerCase(),
        verbs: ['create'],
      })),
  ];
}

/** `GET /api` or `/apis` with `as=APIGroupDiscoveryList` in the Accept header. */
export function aggregatedDiscovery(root: '/api' | '/apis'): Record<string, unknown> {
  const groups = root === '/api' ? [''] : groupNames;
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({
      metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
      versions: [{ version: versionOf(group), resources: aggregatedResources(group), freshness: 'Current' }],
    })),
  };
}
