/** `GET` of a collection: paging, consistent snapshots, selectors, the meanings of resourceVersion. */
import { apiVersionOf } from './kinds.ts';
import type { Representation, ResourceRequest } from './request.ts';
import { fieldSelector, labelSelector, SelectorError, type Predicate } from './selectors.ts';
import {
  badRequest,
  expiredContinue,
  expiredList,
  invalidOptions,
  unparsableVersion,
  versionTooLarge,
  type Failure,
} from './status.ts';
import { itemBytesOf, type ClusterStore, type Entry } from './store.ts';
import { partialObject, table } from './table.ts';

/** The body of a list as pieces to write one after the other. */
export interface ListAnswer {
  readonly pieces: readonly Buffer[];
}

interface ContinueToken {
  /** Revision of the first page; -1 continues in whatever is there now. */
  readonly rv: number;
  /** The first key that is not yet listed. */
  readonly start: string;
}

function encodeToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url');
}

function decodeToken(text: string): ContinueToken | undefined {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Partial<ContinueToken> | null;
    return typeof token?.rv === 'number' && typeof token.start === 'string'
      ? { rv: token.rv, start: token.start }
      : undefined;
  } catch {
    return undefined;
  }
}

/** A resourceVersion parameter: undefined where absent, NaN where it is no number. */
export function versionParameter(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion');
  if (text === null || text === '') return undefined;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** The selectors and the namespace of a request as one test. */
export function predicateOf(request: ResourceRequest): Predicate | Failure {
  try {
    const labels = labelSelector(request.query.get('labelSelector') ?? undefined);
    const fields = fieldSelector(request.kind.resource, request.query.get('fieldSelector') ?? undefined);
    const { namespace, name } = request;
    return (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      labels(object) &&
      fields(object);
  } catch (error) {
    if (error instanceof SelectorError) return badRequest(error.message);
    throw error;
  }
}

function contradiction(query: URLSearchParams): Failure | undefined {
  const match = query.get('resourceVersionMatch') ?? '';
  const version = query.get('resourceVersion') ?? '';
  if (query.has('sendInitialEvents'))
    return invalidOptions('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  if (query.has('continue') && version !== '' && version !== '0') {
    return badRequest('specifying resource version is not allowed when using continue');
  }
  if (match === '') return undefined;
  if (query.has('continue'))
    return invalidOptions('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided');
  if (version === '')
    return invalidOptions(
      'resourceVersionMatch',
      'resourceVersionMatch is forbidden unless resourceVersion is provided',
    );
  if (match === 'Exact' && version === '0') {
    return invalidOptions('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  return undefined;
}

interface Snapshot {
  readonly entries: readonly Entry[];
  readonly revision: number;
  readonly start: string;
}

function snapshotFor(request: ResourceRequest, store: ClusterStore): Snapshot | Failure {
  const { query, kind } = request;
  const text = query.get('continue') ?? '';
  if (text !== '') {
    const token = decodeToken(text);
    if (token === undefined) return badRequest(`continue key is not valid: illegal base64 data at input byte 0`);
    const revision = token.rv === -1 ? store.revision() : token.rv;
    const entries = store.entries(kind.resource, revision);
    return entries === undefined
      ? expiredContinue(encodeToken({ rv: -1, start: token.start }))
      : { entries, revision, start: token.start };
  }
  const version = versionParameter(query);
  if (version !== undefined && Number.isNaN(version)) return unparsableVersion(query.get('resourceVersion') ?? '');
  const current = store.revision();
  if (version !== undefined && version > current) return versionTooLarge(version, current);
  const match = query.get('resourceVersionMatch');
  // Before resourceVersionMatch existed, a paged list with a version meant exactly that version; it still does.
  const exact = match === 'Exact' || (match === null && Number(query.get('limit') ?? 0) > 0 && (version ?? 0) > 0);
  const revision = exact && version !== undefined ? version : current;
  const entries = store.entries(kind.resource, revision);
  return entries === undefined ? expiredList() : { entries, revision, start: '' };
}

function firstKey(entries: readonly Entry[], start: string): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle] as Entry).key < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

const comma = Buffer.from(',');
const brace = Buffer.from('{');

/** Answers a list request; a `Failure` where it cannot be answered. */
export function list(
  request: ResourceRequest,
  store: ClusterStore,
  representation: Representation,
  now: number,
): ListAnswer | Failure {
  const { kind, query } = request;
  const problem = contradiction(query);
  if (problem !== undefined) return problem;
  const predicate = predicateOf(request);
  if (typeof predicate !== 'function') return predicate;
  const snapshot = snapshotFor(request, store);
  if ('code' in snapshot) return snapshot;

  const limit = Number(query.get('limit') ?? 0) || 0;
  const selecting = (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '';
  const from = firstKey(snapshot.entries, snapshot.start);
  // A page of everything costs the page, however many objects there are; a selected one has to look at them.
  const whole = !selecting && request.namespace === undefined && request.name === undefined;
  const rest = whole
    ? snapshot.entries
    : snapshot.entries.filter((entry, index) => index >= from && predicate(entry.object));
  const begin = whole ? from : 0;
  const page = rest.slice(begin, limit > 0 ? begin + limit : undefined);
  const remaining = rest.length - begin - page.length;
  const next = remaining > 0 ? page.at(-1) : undefined;
  const metadata = {
    resourceVersion: String(snapshot.revision),
    ...(next === undefined
      ? {}
      : {
          // The successor of a key in etcd's order is the key with a zero byte after it.
          continue: encodeToken({ rv: snapshot.revision, start: `${next.key}\0` }),
          ...(selecting ? {} : { remainingItemCount: remaining }),
        }),
  };
  const objects = page.map((entry) => entry.object);
  if (representation === 'Table')
    return { pieces: [Buffer.from(JSON.stringify(table(kind.resource, objects, metadata, now)))] };
  if (representation === 'PartialObjectMetadata') {
    const body = {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata,
      items: objects.map(partialObject),
    };
    return { pieces: [Buffer.from(JSON.stringify(body))] };
  }
  const head = JSON.stringify({ kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata });
  const pieces: Buffer[] = [Buffer.from(`${head.slice(0, -1)},"items":[`)];
  for (const [index, entry] of page.entries()) {
    if (index > 0) pieces.push(comma);
    pieces.push(brace, itemBytesOf(entry));
  }
  pieces.push(Buffer.from(']}\n'));
  return { pieces };
}
