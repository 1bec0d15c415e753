/**
 * Requests to one API server: GET only, credentials renewed once on 401, every failure a problem that can be shown.
 * The one exception are the reviews by which users ask about themselves: they are a POST, and change nothing.
 */
import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createAgent, type AgentOptions } from './agent.ts';
import type { Credentials, CredentialSource } from './credentials.ts';
import { isMap } from './kubeconfig-fields.ts';
import { createItemReader } from './list-items.ts';
import { ClusterError, httpProblem, networkProblem, type FailedAnswer, type Place, type Problem } from './problem.ts';
import { bareAddress } from './redact.ts';
import type { Timings } from './timings.ts';

/** A failure that the API server itself reported. */
export class ApiError extends ClusterError {
  readonly status: number;
  /** `reason` of the Status object, e.g. `Expired`. */
  readonly reason: string;
  /** `reason`s of its causes. */
  readonly causes: readonly string[];

  constructor(detail: Problem, answer: StatusAnswer) {
    super(detail);
    this.name = 'ApiError';
    this.status = answer.status;
    this.reason = answer.statusReason;
    this.causes = answer.causes;
  }
}

/** A failed answer with what its Status object says. */
export interface StatusAnswer extends FailedAnswer {
  readonly statusReason: string;
  readonly causes: readonly string[];
}

/** An answer that worked, its body not read yet. */
export interface OpenAnswer {
  readonly response: IncomingMessage;
  /** The body, uncompressed. */
  readonly body: Readable;
}

export interface Transport {
  readonly place: Place;
  /** Sends a GET and waits for the status line. @throws ClusterError unless the status is 200 */
  open(path: string, options: { readonly signal: AbortSignal; readonly gzip?: boolean }): Promise<OpenAnswer>;
  /** GETs and parses JSON. @throws ClusterError */
  json(path: string, options: { readonly signal: AbortSignal; readonly gzip?: boolean }): Promise<JsonAnswer>;
  /** Asks the API server about ourselves. @throws ClusterError */
  review(review: Review, spec: object, signal: AbortSignal): Promise<unknown>;
  /** GETs a list, compressed; `onItem` gets its objects as they arrive. Gives the list without them. @throws ClusterError */
  list(
    path: string,
    options: { readonly signal: AbortSignal; readonly onItem: (raw: unknown) => void },
  ): Promise<unknown>;
  /** Open sockets, idle ones included. */
  sockets(): number;
  close(): void;
}

/** What a user may ask about itself: who it is, and whether it may do one thing. Nothing is stored. */
export type Review = 'SelfSubjectAccessReview' | 'SelfSubjectReview';

const reviewApis: Readonly<Record<Review, string>> = {
  SelfSubjectAccessReview: 'authorization.k8s.io/v1',
  SelfSubjectReview: 'authentication.k8s.io/v1',
};

export interface JsonAnswer {
  readonly body: unknown;
  /** The server's clock in epoch ms, exact to a second, where it sent one. */
  readonly date?: number;
}

const maxErrorBytes = 64 * 1024;

/** Reads what a Status object says; the same form stands in failed answers and in ERROR events of a watch. */
export function statusAnswer(status: number, body: unknown, retryAfter?: number): StatusAnswer {
  const object = isMap(body) && body['kind'] === 'Status' ? body : {};
  const details = isMap(object['details']) ? object['details'] : {};
  const causes = Array.isArray(details['causes']) ? details['causes'] : [];
  const seconds = retryAfter ?? details['retryAfterSeconds'];
  return {
    status: typeof object['code'] === 'number' ? object['code'] : status,
    statusReason: typeof object['reason'] === 'string' ? object['reason'] : '',
    causes: causes.flatMap((cause) => (isMap(cause) && typeof cause['reason'] === 'string' ? [cause['reason']] : [])),
    ...(typeof object['message'] === 'string' ? { reason: object['message'] } : {}),
    ...(typeof seconds === 'number' && Number.isFinite(seconds) ? { retryAfter: Math.min(seconds, 300) } : {}),
  };
}

/** Reads a body until its end or until `take` says that it is enough. @throws ETIMEDOUT after `silence` ms without a byte */
async function readBody(body: Readable, silence: number, take: (chunk: Buffer) => boolean): Promise<void> {
  const expire = (): void => {
    body.destroy(Object.assign(new Error('no data'), { code: 'ETIMEDOUT' }));
  };
  const timer = setTimeout(expire, silence);
  try {
    for await (const chunk of body) {
      timer.refresh();
      if (!take(chunk)) break;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a body whole, or up to `limit` bytes. */
async function readAll(body: Readable, silence: number, limit = Infinity): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  await readBody(body, silence, (chunk) => {
    size += chunk.length;
    chunks.push(chunk);
    return size <= limit;
  });
  return Buffer.concat(chunks).toString();
}

async function failureOf(answer: OpenAnswer, place: Place, silence: number): Promise<ApiError> {
  const { response, body } = answer;
  let text = '';
  try {
    text = await readAll(body, silence, maxErrorBytes);
  } catch {
    // The status line says enough.
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  const header = Number(response.headers['retry-after']);
  const status = statusAnswer(response.statusCode ?? 0, parsed, Number.isFinite(header) ? header : undefined);
  return new ApiError(httpProblem(status, place).detail, status);
}

/** Creates the transport of one connection. */
export function createTransport(
  options: AgentOptions & { readonly credentials: CredentialSource; readonly timings: Timings },
): Transport {
  const { target, credentials, timings } = options;
  const base = new URL(target.cluster.server);
  const place: Place = { server: bareAddress(target.cluster.server), file: target.file };
  const send = base.protocol === 'https:' ? httpsRequest : httpRequest;
  const agents: { readonly agent: Agent; readonly identity: string }[] = [];
  let closed = false;

  const agentFor = (current: Credentials): Agent => {
    const identity = `${current.certificate ?? ''}\n${current.key ?? ''}`;
    const last = agents.at(-1);
    if (last?.identity === identity) return last.agent;
    const agent = createAgent(options, current);
    agents.push({ agent, identity });
    // Streams on the former agent live on until they end; its idle sockets would be used with old certificates.
    for (const idle of Object.values(last?.agent.freeSockets ?? {})) for (const socket of idle ?? []) socket.destroy();
    return agent;
  };

  const attempt = async (
    path: string,
    current: Credentials,
    signal: AbortSignal,
    gzip: boolean,
    body?: string,
  ): Promise<OpenAnswer> => {
    const agent = agentFor(current);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const late = setTimeout(() => {
        sent.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      }, timings.headers);
      const sent = send(new URL(`${base.href.replace(/\/$/, '')}${path}`), {
        agent,
        signal,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...current.headers,
          accept: 'application/json',
          'user-agent': 'selfheal',
          ...(gzip ? { 'accept-encoding': 'gzip' } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      });
      sent.once('response', (answer: IncomingMessage) => {
        clearTimeout(late);
        resolve(answer);
      });
      // Stays for the whole life of the request: an error after the response is the body's, and is reported there.
      sent.on('error', (error) => {
        clearTimeout(late);
        reject(error);
      });
      sent.end(body);
    });
    if (response.headers['content-encoding'] !== 'gzip') return { response, body: response };
    const gunzip = createGunzip();
    response.on('error', (error) => gunzip.destroy(error));
    gunzip.on('close', () => response.destroy());
    return { response, body: response.pipe(gunzip) };
  };

  const request = async (path: string, signal: AbortSignal, gzip: boolean, sent?: string): Promise<OpenAnswer> => {
    let current = await credentials.get();
    for (let renewed = false; ; renewed = true) {
      let answer: OpenAnswer;
      try {
        if (closed) throw new Error('closed');
        answer = await attempt(path, current, signal, gzip, sent);
      } catch (error) {
        throw networkProblem(error, place);
      }
      if (answer.response.statusCode === (sent === undefined ? 200 : 201)) return answer;
      const failure = await failureOf(answer, place, timings.body);
      const fresh = failure.status === 401 && !renewed ? await credentials.refresh(current) : undefined;
      if (fresh === undefined) throw failure;
      current = fresh;
    }
  };

  const open: Transport['open'] = (path, { signal, gzip = false }) => request(path, signal, gzip);

  return {
    place,
    open,
    async review(kind, spec, signal) {
      const apiVersion = reviewApis[kind];
      const path = `/apis/${apiVersion}/${kind.toLowerCase()}s`;
      const { body } = await request(path, signal, false, JSON.stringify({ kind, apiVersion, spec }));
      try {
        return JSON.parse(await readAll(body, timings.body, maxErrorBytes)) as unknown;
      } catch (error) {
        throw networkProblem(error, place);
      }
    },
    async json(path, requestOptions) {
      const { response, body } = await open(path, requestOptions);
      let text: string;
      try {
        text = await readAll(body, timings.body);
      } catch (error) {
        throw networkProblem(error, place);
      }
      const date = Date.parse(response.headers.date ?? '');
      try {
        const parsed: unknown = JSON.parse(text);
        return { body: parsed, ...(Number.isNaN(date) ? {} : { date }) };
      } catch {
        throw new ClusterError(httpProblem({ status: 200 }, place).detail);
      }
    },
    async list(path, { signal, onItem }) {
      const { body } = await open(path, { signal, gzip: true });
      const reader = createItemReader(onItem);
      try {
        await readBody(body, timings.body, (chunk) => {
          reader.push(chunk);
          return true;
        });
        return reader.end();
      } catch (error) {
        body.destroy();
        if (error instanceof SyntaxError || error instanceof RangeError)
          throw new ClusterError(httpProblem({ status: 200 }, place).detail);
        throw networkProblem(error, place);
      }
    },
    sockets: () =>
      agents.reduce(
        (sum, { agent }) => sum + count(agent.sockets) + count(agent.freeSockets) + count(agent.requests),
        0,
      ),
    close() {
      closed = true;
      for (const { agent } of agents) agent.destroy();
    },
  };
}

function count(table: NodeJS.ReadOnlyDict<readonly unknown[]>): number {
  return Object.values(table).reduce((sum, list) => sum + (list?.length ?? 0), 0);
}
