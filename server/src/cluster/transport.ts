/**
 * Requests to one API server: GET only, credentials renewed once on 401, every failure a problem that can be shown.
 */
import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createAgent, type AgentOptions } from './agent.ts';
import type { Credentials, CredentialSource } from './credentials.ts';
import { isMap } from './kubeconfig-fields.ts';
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
  /** Open sockets, idle ones included. */
  sockets(): number;
  close(): void;
}

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

/** Reads a body whole, or up to `limit` bytes. @throws ETIMEDOUT when it falls silent for `silence` ms */
async function readAll(body: Readable, silence: number, limit = Infinity): Promise<string> {
  const expire = (): void => {
    body.destroy(Object.assign(new Error('no data'), { code: 'ETIMEDOUT' }));
  };
  let timer = setTimeout(expire, silence);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      clearTimeout(timer);
      timer = setTimeout(expire, silence);
      const bytes: Buffer = chunk;
      size += bytes.length;
      chunks.push(bytes);
      if (size > limit) break;
    }
  } finally {
    clearTimeout(timer);
  }
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
  ): Promise<OpenAnswer> => {
    const agent = agentFor(current);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const late = setTimeout(() => {
        sent.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
      }, timings.headers);
      const sent = send(new URL(`${base.href.replace(/\/$/, '')}${path}`), {
        agent,
        signal,
        method: 'GET',
        headers: {
          ...current.headers,
          accept: 'application/json',
          'user-agent': 'selfheal',
          ...(gzip ? { 'accept-encoding': 'gzip' } : {}),
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
      sent.end();
    });
    if (response.headers['content-encoding'] !== 'gzip') return { response, body: response };
    const gunzip = createGunzip();
    response.on('error', (error) => gunzip.destroy(error));
    gunzip.on('close', () => response.destroy());
    return { response, body: response.pipe(gunzip) };
  };

  const open: Transport['open'] = async (path, { signal, gzip = false }) => {
    let current = await credentials.get();
    for (let renewed = false; ; renewed = true) {
      let answer: OpenAnswer;
      try {
        if (closed) throw new Error('closed');
        answer = await attempt(path, current, signal, gzip);
      } catch (error) {
        throw networkProblem(error, place);
      }
      if (answer.response.statusCode === 200) return answer;
      const failure = await failureOf(answer, place, timings.body);
      const fresh = failure.status === 401 && !renewed ? await credentials.refresh(current) : undefined;
      if (fresh === undefined) throw failure;
      current = fresh;
    }
  };

  return {
    place,
    open,
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
