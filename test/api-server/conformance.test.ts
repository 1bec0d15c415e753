/** The loopback server answers as a recorded kube-apiserver does: status, content type, keys, and the words of errors. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { viewRole } from './auth.ts';
import { ask, type Question } from './client.ts';
import { documents, fixtures, keyPaths, readRecorded } from './recorded.ts';
import { startApiServer, type ApiServer } from './server.ts';
import type { KubeObject } from './store.ts';

let server: ApiServer;

const jane = (): Pick<Question, 'certificate'> => ({ certificate: server.certificate('jane', ['readers']) });
const as = (user: string): Pick<Question, 'token'> => ({ token: server.tokenOf(user) });
const future = 'resourceVersion=999999999';

function review(kind: string, spec: unknown): string {
  return JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind, spec });
}

const reviews = '/apis/authorization.k8s.io/v1/';
const watchEvents = { resourceAttributes: { verb: 'watch', resource: 'events' } };
const brokenDeployment = {
  metadata: { name: 'x' },
  spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'c' } }, spec: {} } },
};

/** The request behind each recorded error. */
const errors: Readonly<Record<string, () => Question>> = {
  '200-view-role-pods': () => ({ path: '/api/v1/namespaces/default/pods', ...as('reader') }),
  '200-watch-future-resource-version': () => ({ path: `/api/v1/pods?watch=1&timeoutSeconds=1&${future}` }),
  '201-ssar-watch-events-nothing': () => ({
    path: `${reviews}selfsubjectaccessreviews`,
    body: review('SelfSubjectAccessReview', watchEvents),
    ...as('nobody-in-particular'),
  }),
  '201-ssar-watch-events-reader': () => ({
    path: `${reviews}selfsubjectaccessreviews`,
    body: review('SelfSubjectAccessReview', watchEvents),
    ...as('reader'),
  }),
  '201-ssrr-nothing': () => ({
    path: `${reviews}selfsubjectrulesreviews`,
    body: review('SelfSubjectRulesReview', { namespace: 'default' }),
    ...as('nobody-in-particular'),
  }),
  '201-ssrr-reader': () => ({
    path: `${reviews}selfsubjectrulesreviews`,
    body: review('SelfSubjectRulesReview', { namespace: 'default' }),
    ...as('reader'),
  }),
  '400-bad-field-selector': () => ({ path: '/api/v1/pods?fieldSelector=spec.nope%3D1' }),
  '400-bad-json': () => ({ path: '/api/v1/namespaces/default/pods', body: '{not json' }),
  '401-bad-token-list': () => ({ path: '/api/v1/pods', token: 'not-a-token' }),
  '401-bad-token-watch': () => ({ path: '/api/v1/pods?watch=1', token: 'not-a-token' }),
  '403-anonymous-list': () => ({ path: '/api/v1/pods', token: null }),
  '403-client-cert-jane-nodes': () => ({ path: '/api/v1/nodes', ...jane() }),
  '403-no-rbac-list': () => ({ path: '/api/v1/pods', ...as('nobody-in-particular') }),
  '403-no-rbac-watch': () => ({ path: '/api/v1/events?watch=1', ...as('nobody-in-particular') }),
  '403-view-role-nodes': () => ({ path: '/api/v1/nodes', ...as('reader') }),
  '403-view-role-secrets': () => ({ path: '/api/v1/namespaces/default/secrets', ...as('reader') }),
  '404-pod': () => ({ path: '/api/v1/namespaces/default/pods/does-not-exist' }),
  '404-unknown-group': () => ({ path: '/apis/nothing.example.org/v1/things' }),
  '409-already-exists': () => ({ path: '/api/v1/namespaces', body: JSON.stringify({ metadata: { name: 'default' } }) }),
  '422-invalid-deployment': () => ({
    path: '/apis/apps/v1/namespaces/default/deployments',
    body: JSON.stringify(brokenDeployment),
  }),
  '500-bad-resource-version-watch': () => ({ path: '/api/v1/pods?watch=1&resourceVersion=abc' }),
  '504-future-resource-version-list': () => ({ path: `/api/v1/pods?${future}` }),
};

beforeAll(async () => {
  server = await startApiServer({
    users: [{ name: 'nobody-in-particular' }, { name: 'jane', groups: ['readers'], grants: viewRole }],
  });
  server.store.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'default' },
    spec: {},
    status: { phase: 'Active' },
  });
});
afterAll(() => server.close());

/** Numbers and the names of this cluster's versions differ from one cluster to the next. */
const masked = (text: unknown): string => String(text).replaceAll(/\d+/g, 'N');

describe('recorded errors', () => {
  const names = readdirSync(join(fixtures, 'errors'))
    .map((file) => file.replace('.http', ''))
    .sort();

  test('every recording has its request here', () => {
    expect(Object.keys(errors).sort()).toEqual(names);
  });

  test.each(names)('%s', async (name) => {
    const recorded = readRecorded(`errors/${name}.http`);
    const answer = await ask(server, (errors[name] as () => Question)());
    expect(answer.status).toBe(recorded.status);
    expect(answer.headers['content-type']).toBe(recorded.contentType);
    const [wanted, got] = [documents(recorded.body), documents(answer.text)];
    expect(keyPaths(got)).toEqual(keyPaths(wanted));
    const status = wanted[0] as { kind?: string; message?: string; reason?: string } | undefined;
    if (status?.kind === 'Status') {
      expect(masked(answer.json()['message'])).toBe(masked(status.message));
      expect(answer.json()['reason']).toBe(status.reason);
    }
  });
});

interface Line {
  readonly type: string;
  readonly object: KubeObject;
}

/** The objects a recorded stream or list spoke of; a partial one gets the body of its full twin. */
function objectsOf(name: string): Line[] {
  return (documents(readRecorded(`watch-protocol/${name}.http`).body) as Line[]).filter(
    (line) => line.type === 'ADDED' || line.type === 'MODIFIED',
  );
}

interface ProtocolCase {
  /** Prepares the store; returns the request. */
  readonly prepare: () => Question;
  /** Done once the stream has begun. */
  readonly meanwhile?: () => void;
}

const nodesOf = (name: string): { before: () => void; after: () => void } => {
  const full = objectsOf('200-watch-no-resourceVersion');
  const put = (type: string): void => {
    for (const line of objectsOf(name).filter((one) => one.type === type)) {
      const body =
        line.object.kind === 'Node'
          ? line.object
          : full.find((one) => one.object.metadata.name === line.object.metadata.name)?.object;
      server.store.put({ ...(body as KubeObject), metadata: line.object.metadata });
    }
  };
  return { before: () => put('ADDED'), after: () => put('MODIFIED') };
};

function nodeWatch(name: string, query: string, headers: Record<string, string> = {}): ProtocolCase {
  return {
    prepare: () => {
      nodesOf(name).before();
      return { path: `/api/v1/nodes?watch=1${query}`, headers };
    },
    meanwhile: () => nodesOf(name).after(),
  };
}

/** Items of a recorded page, and as many more as the page says remain. */
function fillFromPage(name: string, kind: string): void {
  const page = documents(readRecorded(`watch-protocol/${name}.http`).body)[0] as {
    items: KubeObject[];
    metadata: { remainingItemCount: number };
  };
  for (const item of page.items) server.store.put({ ...item, apiVersion: 'v1', kind });
  const last = page.items.at(-1) as KubeObject;
  for (let more = 0; more < page.metadata.remainingItemCount; more += 1) {
    server.store.put({
      ...last,
      apiVersion: 'v1',
      kind,
      metadata: { ...last.metadata, name: `z-${more}`, uid: `z-${more}` },
    });
  }
}

let keptToken = '';

const protocol: Readonly<Record<string, ProtocolCase>> = {
  '200-list-page-1-kept-for-later': {
    prepare: () => {
      fillFromPage('200-list-page-1-kept-for-later', 'Namespace');
      return { path: '/api/v1/namespaces?limit=1' };
    },
  },
  '200-list-page-1': {
    prepare: () => {
      fillFromPage('200-list-page-1', 'Event');
      return { path: '/api/v1/events?limit=2' };
    },
  },
  '200-partialmetadata-watch': nodeWatch('200-partialmetadata-watch', '&timeoutSeconds=1', {
    Accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  }),
  '200-table-pods': {
    prepare: () => ({
      path: '/api/v1/pods?limit=3',
      headers: { Accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    }),
  },
  '200-watch-no-resourceVersion-bookmarks': nodeWatch(
    '200-watch-no-resourceVersion-bookmarks',
    '&timeoutSeconds=1&allowWatchBookmarks=true',
  ),
  '200-watch-no-resourceVersion': nodeWatch('200-watch-no-resourceVersion', '&timeoutSeconds=1'),
  '200-watch-resourceVersion-0': nodeWatch('200-watch-resourceVersion-0', '&resourceVersion=0&timeoutSeconds=1'),
  '200-watch-server-timeout': {
    prepare: () => ({
      path: `/api/v1/nodes?watch=1&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=${server.store.revision()}`,
    }),
  },
  '200-watchlist-sendInitialEvents': nodeWatch(
    '200-watchlist-sendInitialEvents',
    '&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1',
  ),
  '410-list-continue-expired': {
    prepare: () => ({ path: `/api/v1/namespaces?limit=1&continue=${keptToken}` }),
  },
  '410-list-exact-compacted': {
    prepare: () => ({ path: '/api/v1/pods?resourceVersion=2&resourceVersionMatch=Exact' }),
  },
  '410-watch-events-compacted': { prepare: () => ({ path: '/api/v1/events?watch=1&resourceVersion=2' }) },
  '410-watch-pods-from-watch-cache': {
    prepare: () => ({ path: '/api/v1/pods?watch=1&resourceVersion=1&allowWatchBookmarks=true' }),
  },
  '422-watchlist-without-resourceVersionMatch': {
    prepare: () => ({ path: '/api/v1/nodes?watch=1&sendInitialEvents=true&allowWatchBookmarks=true' }),
  },
};

describe('recorded watch protocol', () => {
  const names = readdirSync(join(fixtures, 'watch-protocol'))
    .map((file) => file.replace('.http', ''))
    .sort();

  beforeAll(() => {
    server.store.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'some', namespace: 'default' },
      spec: {},
      status: {},
    });
    server.store.delete('pods', 'default', 'some');
  });

  test('every recording has its request here', () => {
    expect(Object.keys(protocol).sort()).toEqual(names);
  });

  // In the order of names, 200 before 410: the expired answers come after a compaction.
  test.each(names)('%s', async (name) => {
    const recorded = readRecorded(`watch-protocol/${name}.http`);
    const { prepare, meanwhile } = protocol[name] as ProtocolCase;
    for (const node of server.store.list('nodes')) server.store.delete('nodes', undefined, node.metadata.name);
    if (name.startsWith('410')) server.store.compact();
    const answer = await ask(server, { ...prepare(), onHead: () => meanwhile?.() });
    expect(answer.status).toBe(recorded.status);
    expect(answer.headers['content-type']).toBe(recorded.contentType);
    const [wanted, got] = [documents(recorded.body), documents(answer.text)];
    expect(got.map((line) => (line as Line).type)).toEqual(wanted.map((line) => (line as Line).type));
    // Each line by itself: what one lacks must not be made up by another.
    expect(got.map((line) => keyPaths(line))).toEqual(wanted.map((line) => keyPaths(line)));
    if (name === '200-list-page-1-kept-for-later')
      keptToken = (answer.json()['metadata'] as { continue: string }).continue;
    const failure = statusOf(wanted[0]);
    if (failure !== undefined) expect(masked(statusOf(got[0])?.['message'])).toBe(masked(failure['message']));
  });
});

function statusOf(document: unknown): Record<string, unknown> | undefined {
  const body = document as { kind?: string; object?: { kind?: string } } | undefined;
  const status = body?.object ?? body;
  return status?.kind === 'Status' ? { ...status } : undefined;
}
