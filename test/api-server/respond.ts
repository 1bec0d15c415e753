/** Writes answers: the headers of a Kubernetes API server, JSON bodies, gzip for large lists. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Failure } from './status.ts';

/** Answers above this are compressed where the client allows it, at the API server's level 1. */
const gzipAbove = 128 * 1024;

/** Ids of the flow schema and priority level that priority and fairness names in every answer. */
const flowSchema = randomUUID();
const priorityLevel = randomUUID();

export function commonHeaders(authenticated: boolean): Record<string, string> {
  return {
    'Audit-Id': randomUUID(),
    'Cache-Control': 'no-cache, private',
    ...(authenticated
      ? { 'X-Kubernetes-Pf-Flowschema-Uid': flowSchema, 'X-Kubernetes-Pf-Prioritylevel-Uid': priorityLevel }
      : {}),
  };
}

export function sendText(response: ServerResponse, code: number, body: string): void {
  response.writeHead(code, {
    ...commonHeaders(true),
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

export function sendJson(
  response: ServerResponse,
  code: number,
  body: unknown,
  contentType = 'application/json',
): void {
  const bytes = Buffer.from(`${JSON.stringify(body)}\n`);
  response.writeHead(code, { ...commonHeaders(true), 'Content-Type': contentType, 'Content-Length': bytes.length });
  response.end(bytes);
}

export function sendFailure(response: ServerResponse, failure: Failure): void {
  const bytes = Buffer.from(JSON.stringify(failure.body));
  response.writeHead(failure.code, {
    ...commonHeaders(failure.code !== 401),
    'Content-Type': 'application/json',
    ...failure.headers,
    'Content-Length': bytes.length,
  });
  response.end(bytes);
}

/** Joins pieces into chunks of about 256 KiB, so that a list of 100,000 objects is neither copied at once nor written by item. */
function* chunks(pieces: readonly Buffer[]): Generator<Buffer> {
  let batch: Buffer[] = [];
  let size = 0;
  for (const piece of pieces) {
    batch.push(piece);
    size += piece.length;
    if (size >= 256 * 1024) {
      yield Buffer.concat(batch);
      batch = [];
      size = 0;
    }
  }
  if (batch.length > 0) yield Buffer.concat(batch);
}

/** A JSON body of prepared pieces; compressed when large and the client allows it. Resolves when all is written. */
export async function sendPieces(
  response: ServerResponse,
  pieces: readonly Buffer[],
  acceptsGzip: boolean,
): Promise<void> {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const headers = { ...commonHeaders(true), 'Content-Type': 'application/json' };
  const compress = acceptsGzip && size > gzipAbove;
  response.writeHead(
    200,
    compress
      ? { ...headers, 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' }
      : { ...headers, 'Content-Length': size },
  );
  try {
    if (compress) await pipeline(Readable.from(chunks(pieces)), createGzip({ level: 1 }), response);
    else await pipeline(Readable.from(chunks(pieces)), response);
  } catch {
    response.destroy(); // the client went away in the middle; nobody is left to tell
  }
}
