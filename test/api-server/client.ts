/** A plain HTTPS client for the tests: one request, the whole answer, nothing retried. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { gunzipSync } from 'node:zlib';
import type { Identity } from './certificates.ts';
import type { ApiServer } from './server.ts';

export interface Question {
  readonly path: string;
  readonly method?: string;
  /** Bearer token; `null` sends none. Default: the administrator's. */
  readonly token?: string | null;
  readonly certificate?: Identity;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Ends a stream after so many lines. */
  readonly lines?: number;
  /** Called when the answer's head has arrived. */
  readonly onHead?: () => void;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  json(): Record<string, unknown>;
  /** The lines of a watch, parsed. */
  events(): { type: string; object: Record<string, unknown> }[];
}

/** Asks and waits for the end of the answer. */
export function ask(server: ApiServer, question: Question): Promise<Answer> {
  const send = server.url.startsWith('https') ? httpsRequest : httpRequest;
  const token = question.token === undefined ? server.token : question.token;
  return new Promise((resolve, reject) => {
    const request = send(server.url + question.path, {
      method: question.method ?? (question.body === undefined ? 'GET' : 'POST'),
      ca: server.ca,
      agent: false,
      ...(question.certificate === undefined ? {} : { cert: question.certificate.cert, key: question.certificate.key }),
      headers: {
        ...(token === null || question.certificate !== undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(question.body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...question.headers,
      },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      question.onHead?.();
      const parts: Buffer[] = [];
      let lines = 0;
      const finish = (): void => {
        const bytes = Buffer.concat(parts);
        const text = (response.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: () => JSON.parse(text) as Record<string, unknown>,
          events: () =>
            text
              .split('\n')
              .filter((line) => line !== '')
              .map((line) => JSON.parse(line) as { type: string; object: Record<string, unknown> }),
        });
      };
      response.on('data', (part: Buffer) => {
        parts.push(part);
        lines += part.filter((byte) => byte === 0x0a).length;
        if (question.lines !== undefined && lines >= question.lines) {
          finish();
          request.destroy();
        }
      });
      response.on('end', finish);
      response.on('error', reject);
    });
    request.end(question.body);
  });
}
