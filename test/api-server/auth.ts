/** Users, authentication and rights of the loopback API server, and the reviews a user can ask about itself. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/** A grant, as in a Role; `*` matches everything. Without `namespaces` it holds in the whole cluster. */
export interface Grant {
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly namespaces?: readonly string[];
}

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly grants: readonly Grant[];
  /** Bearer token; made up where absent. */
  readonly token: string;
}

/** How tests name the users they want. */
export interface UserOptions {
  readonly name: string;
  readonly groups?: readonly string[];
  readonly grants?: readonly Grant[];
  readonly token?: string;
}

const read = ['get', 'list', 'watch'];

/** Everything but Secrets: the largest rights this server gives. */
export const everything: readonly Grant[] = [{ verbs: ['*'], resources: ['*'] }];

/** The built-in role `view`: namespaced resources without Secrets, no nodes or volumes. */
export const viewRole: readonly Grant[] = [
  {
    verbs: read,
    apiGroups: [''],
    resources: [
      'configmaps',
      'endpoints',
      'events',
      'limitranges',
      'namespaces',
      'persistentvolumeclaims',
      'pods',
      'pods/log',
      'pods/status',
      'replicationcontrollers',
      'resourcequotas',
      'serviceaccounts',
      'services',
    ],
  },
  { verbs: read, apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'replicasets', 'statefulsets'] },
  { verbs: read, apiGroups: ['batch'], resources: ['cronjobs', 'jobs'] },
  { verbs: read, apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'] },
  { verbs: read, apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  { verbs: read, apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'] },
  { verbs: read, apiGroups: ['policy'], resources: ['poddisruptionbudgets'] },
];

const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'], grants: [], token: '' };

export function makeUser(options: UserOptions): User {
  return {
    name: options.name,
    groups: [...(options.groups ?? []), 'system:authenticated'],
    grants: options.grants ?? [],
    token: options.token ?? randomBytes(24).toString('base64url'),
  };
}

/** What a request asks to do. */
export interface Access {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string | undefined;
}

function covers(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

/** Whether the user may do it. Secrets are nobody's: the server holds none and shows none. */
export function allows(user: User, access: Access): boolean {
  if (access.resource === 'secrets' || access.resource.startsWith('secrets/')) return false;
  return user.grants.some(
    (grant) =>
      covers(grant.verbs, access.verb) &&
      covers(grant.resources, access.resource) &&
      (grant.apiGroups === undefined || covers(grant.apiGroups, access.group)) &&
      (grant.namespaces === undefined ||
        (access.namespace !== undefined && grant.namespaces.includes(access.namespace))),
  );
}

const publicPaths = ['/version', '/healthz', '/livez', '/readyz'];

/** Paths outside resources: everyone may ask for version and health, authenticated users also for discovery. */
export function allowsPath(user: User, path: string): boolean {
  return user.name !== anonymous.name || publicPaths.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}

/** The user of a request; undefined means 401. A bearer token wins over a client certificate, as in Kubernetes. */
export function authenticate(request: IncomingMessage, users: readonly User[]): User | undefined {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const token = /^bearer\s+(\S+)$/i.exec(header)?.[1];
    return users.find((user) => user.token === token && token !== undefined);
  }
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) return anonymous;
  const subject = certificateSubject(socket);
  if (subject === undefined) return anonymous;
  if (!socket.authorized) return undefined;
  return users.find((user) => user.name === subject.name) ?? { ...anonymous, ...subject };
}

const subjects = new WeakMap<TLSSocket, { name: string; groups: string[] } | undefined>();

function certificateSubject(socket: TLSSocket): { name: string; groups: string[] } | undefined {
  if (subjects.has(socket)) return subjects.get(socket);
  // The declared types leave out that an organisation may repeat and that there may be no certificate at all.
  const subject = socket.getPeerCertificate().subject as { CN?: string; O?: string | string[] } | undefined;
  const found = subject?.CN === undefined ? undefined : { name: subject.CN, groups: [subject.O ?? []].flat() };
  subjects.set(socket, found);
  return found;
}

const selfReviews: Grant[] = [
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
];

interface ReviewBody {
  readonly spec?: {
    readonly namespace?: string;
    readonly resourceAttributes?: {
      verb?: string;
      group?: string;
      resource?: string;
      subresource?: string;
      namespace?: string;
      name?: string;
    };
    readonly nonResourceAttributes?: { verb?: string; path?: string };
  };
}

function managedBy(manager: string, fields: Record<string, unknown>, now: string): Record<string, unknown> {
  return {
    manager,
    operation: 'Update',
    apiVersion: 'authorization.k8s.io/v1',
    time: now,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
  };
}

/** The answer to a SelfSubjectAccessReview. `agent` is the client's name from its User-Agent header. */
export function accessReview(user: User, body: ReviewBody, agent: string, now: string): Record<string, unknown> {
  const asked = body.spec?.resourceAttributes;
  const path = body.spec?.nonResourceAttributes?.path;
  const resource = [asked?.resource ?? '', ...(asked?.subresource === undefined ? [] : [asked.subresource])].join('/');
  const allowed =
    path === undefined
      ? allows(user, {
          verb: asked?.verb ?? '',
          group: asked?.group ?? '',
          resource,
          namespace: asked?.namespace || undefined,
        })
      : allowsPath(user, path);
  const fields = Object.fromEntries(
    Object.entries(body.spec ?? {}).map(([name, value]) => [
      `f:${name}`,
      { '.': {}, ...Object.fromEntries(Object.keys(value as object).map((key) => [`f:${key}`, {}])) },
    ]),
  );
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null, managedFields: [managedBy(agent, { 'f:spec': fields }, now)] },
    spec: body.spec ?? {},
    status: allowed
      ? {
          allowed,
          reason: `RBAC: allowed by ClusterRoleBinding "${user.name}" of ClusterRole "${user.name}" to User "${user.name}"`,
        }
      : { allowed },
  };
}

/** The answer to a SelfSubjectRulesReview: the user's grants that hold in the namespace asked about. */
export function rulesReview(user: User, body: ReviewBody): Record<string, unknown> {
  const namespace = body.spec?.namespace ?? '';
  const held = user.grants.filter((grant) => grant.namespaces === undefined || grant.namespaces.includes(namespace));
  return {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: { creationTimestamp: null },
    spec: {},
    status: {
      resourceRules: [...held, ...selfReviews].map(({ verbs, apiGroups, resources }) => ({
        verbs,
        apiGroups: apiGroups ?? ['*'],
        resources,
      })),
      nonResourceRules: [
        { verbs: ['get'], nonResourceURLs: ['/.well-known', '/.well-known/*'] },
        {
          verbs: ['get'],
          nonResourceURLs: [
            '/api',
            '/api/*',
            '/apis',
            '/apis/*',
            '/healthz',
            '/livez',
            '/openapi',
            '/openapi/*',
            '/readyz',
            '/version',
            '/version/',
          ],
        },
        { verbs: ['get'], nonResourceURLs: [...publicPaths, '/version/'] },
      ],
      incomplete: false,
    },
  };
}

/** The answer to a SelfSubjectReview: who is asking. */
export function userReview(user: User, now: string): Record<string, unknown> {
  return {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: now },
    status: { userInfo: { username: user.name, groups: user.groups } },
  };
}
