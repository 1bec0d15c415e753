/** Faults a test or a story can inject while the server runs. */
import type { ServerResponse } from 'node:http';
import { sendFailure } from './respond.ts';
import type { Sockets } from './sockets.ts';
import {
  gatewayTimeout,
  internalError,
  forbiddenPath,
  serviceUnavailable,
  tooManyRequests,
  unauthorized,
  type Failure,
} from './status.ts';
import type { OpenWatch } from './watch.ts';

/** Which requests or watches a fault hits; an absent field matches all. */
export interface FaultMatch {
  readonly resource?: string;
  readonly verb?: string;
  readonly user?: string;
  readonly path?: RegExp;
}

/** What happens to a request it hits. */
export type Fault =
  /** An error answer; `retryAfter` in seconds, for 429 (default 1). */
  | { readonly type: 'status'; readonly code: 401 | 403 | 429 | 500 | 503 | 504; readonly retryAfter?: number }
  /** The connection is reset before anything is answered. */
  | { readonly type: 'reset' }
  /** The request is taken and never answered. */
  | { readonly type: 'stall' }
  /** The answer starts this much later. */
  | { readonly type: 'slow'; readonly milliseconds: number };

/** A request as a fault sees it. */
export interface FaultSubject {
  readonly path: string;
  readonly verb: string;
  readonly resource: string;
  readonly user: string;
}

export interface Faults {
  /** Hits the next `times` matching requests (default: all until removed); returns its removal. */
  inject(fault: Fault, match?: FaultMatch, times?: number): () => void;
  /** Removes every injected fault. */
  clear(): void;
  /** Ends matching watches as a server-side timeout does, or by a connection reset; returns how many. */
  dropWatches(how?: 'end' | 'reset', match?: FaultMatch): number;
  /** Sends 410 on matching watches and ends them; returns how many. */
  expireWatches(match?: FaultMatch): number;
  /** Half-open: matching watches stay open and never send anything again; returns how many. */
  freezeWatches(match?: FaultMatch): number;
  /** Forgets history, so that older resourceVersions and continue tokens are answered 410. */
  compact(): void;
  /** Refuses connections (ECONNREFUSED) and cuts the open ones. */
  goAway(): Promise<void>;
  /** Listens again, on the same port. */
  comeBack(): Promise<void>;
}

/** Faults with the server's side of them. */
export interface FaultBox extends Faults {
  take(subject: FaultSubject): Fault | undefined;
}

interface Injected {
  readonly fault: Fault;
  readonly match: FaultMatch;
  left: number;
}

function hits(match: FaultMatch, subject: { resource: string; verb: string; user: string; path?: string }): boolean {
  return (
    (match.resource === undefined || match.resource === subject.resource) &&
    (match.verb === undefined || match.verb === subject.verb) &&
    (match.user === undefined || match.user === subject.user) &&
    (match.path === undefined || match.path.test(subject.path ?? ''))
  );
}

/** `watches` is the live set of open watches. */
export function createFaults(
  watches: ReadonlySet<OpenWatch>,
  server: { compact(): void; goAway(): Promise<void>; comeBack(): Promise<void> },
): FaultBox {
  let injected: Injected[] = [];

  function each(match: FaultMatch, action: (watch: OpenWatch) => void): number {
    const matching = [...watches].filter((watch) => hits(match, watch));
    for (const watch of matching) action(watch);
    return matching.length;
  }

  return {
    inject(fault, match = {}, times = Number.POSITIVE_INFINITY) {
      const one: Injected = { fault, match, left: times };
      injected.push(one);
      return () => {
        injected = injected.filter((other) => other !== one);
      };
    },
    clear() {
      injected = [];
    },
    take(subject) {
      const found = injected.find((one) => one.left > 0 && hits(one.match, subject));
      if (found === undefined) return undefined;
      found.left -= 1;
      return found.fault;
    },
    dropWatches: (how = 'end', match = {}) => each(match, (watch) => (how === 'end' ? watch.end() : watch.reset())),
    expireWatches: (match = {}) => each(match, (watch) => watch.fail(expired)),
    freezeWatches: (match = {}) => each(match, (watch) => watch.freeze()),
    compact: () => server.compact(),
    goAway: () => server.goAway(),
    comeBack: () => server.comeBack(),
  };
}

const expired: Failure = {
  code: 410,
  headers: {},
  body: {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'The resourceVersion for the provided watch is too old.',
    reason: 'Expired',
    code: 410,
  },
};

/** The answer of a `status` fault. */
function faultFailure(fault: Extract<Fault, { type: 'status' }>, subject: FaultSubject): Failure {
  const answers: Readonly<Record<typeof fault.code, () => Failure>> = {
    401: unauthorized,
    403: () => forbiddenPath(subject.user, subject.verb, subject.path),
    429: () => tooManyRequests(fault.retryAfter ?? 1),
    500: () => internalError('etcdserver: request timed out'),
    503: serviceUnavailable,
    504: () => gatewayTimeout('Timeout: request did not complete within the allotted timeout'),
  };
  return answers[fault.code]();
}

/** Plays the injected fault that this request runs into, if any; true when that was the answer. */
export async function playFault(
  faults: FaultBox,
  sockets: Sockets,
  subject: FaultSubject,
  response: ServerResponse,
): Promise<boolean> {
  const fault = faults.take(subject);
  if (fault === undefined) return false;
  if (fault.type === 'slow') {
    await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
    return false;
  }
  if (fault.type === 'status') sendFailure(response, faultFailure(fault, subject));
  if (fault.type === 'reset') sockets.reset(response);
  return true;
}
