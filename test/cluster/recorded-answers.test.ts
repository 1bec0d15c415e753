/** What a real API server said to watches and lists, byte for byte, and what the watcher makes of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { slim } from '../../core/src/live/slim.ts';
import { readRecorded } from '../api-server/recorded.ts';
import { temporaryFolder } from './folder.ts';
import { logLink, type LinkLog } from './link-log.ts';
import { begin, startRecordedServer, type RecordedRequest, type RecordedServer } from './recorded-server.ts';

const here = join(import.meta.dirname, '../fixtures/live/watch-protocol');
const folder = temporaryFolder();

interface Answer {
  readonly name: string;
  readonly to: RecordedRequest['mode'];
  readonly file: string;
  readonly states: readonly string[];
  readonly requests: readonly string[];
}
const table = JSON.parse(readFileSync(join(here, 'states.json'), 'utf8')) as {
  readonly answers: readonly Answer[];
  readonly watchList: { readonly file: string; readonly states: readonly string[]; readonly objects: number };
  readonly idle: { readonly file: string; readonly states: readonly string[] };
  readonly raw: { readonly files: readonly string[]; readonly from: string };
};
const answerOf = (file: string): { status: number; body: string } =>
  file.startsWith('etcd-')
    ? readRecorded(join('../live/watch-protocol', file))
    : readRecorded(`watch-protocol/${file}`);

let server: RecordedServer | undefined;
let log: LinkLog | undefined;
afterEach(async () => {
  await log?.link.close();
  await server?.close();
  [server, log] = [undefined, undefined];
});

async function connect(
  answer: (request: RecordedRequest, response: ServerResponse) => boolean,
  timings: Parameters<typeof logLink>[1] = {},
): Promise<{ readonly requests: RecordedServer['requests']; readonly log: LinkLog }> {
  server = await startRecordedServer(answer, () => log?.look());
  log = await logLink(folder.write('recorded', server.kubeconfig), timings);
  return { requests: server.requests, log };
}

function pod(name: string): unknown {
  return { kind: 'Pod', apiVersion: 'v1', metadata: { name, namespace: 'shop', uid: name, resourceVersion: '7' } };
}

/** Pods in two pages, and a watch that is silent. */
function podsInPages({ mode }: RecordedRequest, response: ServerResponse): void {
  begin(response);
  if (mode === 'watch') return;
  const metadata = { resourceVersion: '7', ...(mode === 'list' ? { continue: 'more' } : {}) };
  const items = [pod(mode === 'list' ? 'web-1' : 'web-2')];
  response.end(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata, items }));
}

describe('an answer to the watcher of pods', () => {
  test.each(table.answers)('$name', async ({ to, file, states, requests }) => {
    const recorded = answerOf(file);
    let waiting = true;
    const running = await connect((request, response) => {
      if (request.resource !== 'pods') return false;
      if (request.mode === to && waiting) {
        waiting = false;
        begin(response, recorded.status);
        response.end(recorded.body);
      } else if (request.mode !== 'initial') podsInPages(request, response);
      else if (to === 'list' || to === 'page') {
        const refused = answerOf('422-watchlist-without-resourceVersionMatch.http');
        begin(response, refused.status);
        response.end(refused.body);
      } else {
        begin(response);
        for (const name of ['web-1', 'web-2'])
          response.write(`${JSON.stringify({ type: 'ADDED', object: pod(name) })}\n`);
        const metadata = { resourceVersion: '7', annotations: { 'k8s.io/initial-events-end': 'true' } };
        response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata } })}\n`);
        // The server ends the first watch, so that there is one to resume.
        if (waiting) response.end();
      }
      return true;
    });
    const asked = (): string[] => running.requests.filter((each) => each.resource === 'pods').map(({ mode }) => mode);
    await running.log.until('every request', () => asked().length >= requests.length);
    await running.log.until('pods in step', ({ kinds }) =>
      kinds.some((kind) => kind.resource === 'pods' && kind.state === 'synced' && kind.objects === 2),
    );
    expect({ states: running.log.states('pods'), requests: asked() }).toEqual({ states, requests });
    expect(running.log.connection).toEqual(['connecting', 'live']);
  });
});

test('a WatchList as the server sends it', async () => {
  const { file, states, objects } = table.watchList;
  const running = await connect((request, response) => {
    if (request.resource !== 'nodes') return false;
    begin(response);
    response.write(answerOf(file).body);
    return true;
  });
  await running.log.until('nodes in step', ({ kinds }) =>
    kinds.some((kind) => kind.resource === 'nodes' && kind.state === 'synced' && kind.objects === objects),
  );
  expect(running.log.states('nodes')).toEqual(states);
  expect(running.requests.filter(({ resource }) => resource === 'nodes').map(({ mode }) => mode)).toEqual(['initial']);
  expect(running.log.heard.filter((what) => what === 'RELIST nodes')).toHaveLength(1);
});

interface Chunk {
  readonly b64?: string;
}
/** The reads of a recorded connection, one buffer each. */
function readsOf(file: string): Buffer[] {
  return readFileSync(join(here, file), 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as Chunk).b64 ?? [])
    .map((text) => Buffer.from(text, 'base64'));
}

test('a watch without a byte is opened again from where it was, and nobody is alarmed', async () => {
  const reads = readsOf(table.idle.file);
  const running = await connect(
    (request, response) => {
      if (request.resource !== 'persistentvolumes' || request.mode !== 'watch') return false;
      for (const read of reads) response.socket?.write(read);
      return true;
    },
    { liveness: 150, healthyWatch: 50 },
  );
  const watches = (): (string | undefined)[] =>
    running.requests
      .filter(({ resource, mode }) => resource === 'persistentvolumes' && mode === 'watch')
      .map(({ resourceVersion }) => resourceVersion);
  await running.log.until('opened again, twice', () => watches().length >= 2);
  expect([...new Set(watches())]).toEqual(['1']);
  expect(running.log.states('persistentvolumes')).toEqual(table.idle.states);
  expect(running.log.connection).toEqual(['connecting', 'live']);
});

/** Undoes the chunked transfer coding (RFC 9112, 7.1) and keeps what the events add up to. */
function endOf(bytes: Buffer, resource: string): Record<string, unknown> {
  let rest = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
  let body = Buffer.alloc(0);
  for (let end = rest.indexOf('\r\n'); end !== -1; end = rest.indexOf('\r\n')) {
    const length = Number.parseInt(rest.subarray(0, end).toString(), 16);
    body = Buffer.concat([body, rest.subarray(end + 2, end + 2 + length)]);
    rest = rest.subarray(end + 4 + length);
  }
  const objects: Record<string, unknown> = {};
  for (const line of body.toString().trimEnd().split('\n')) {
    const { type, object } = JSON.parse(line) as { type: string; object: { metadata: { uid: string } } };
    if (type === 'ADDED' || type === 'MODIFIED') objects[object.metadata.uid] = slim(resource, object);
    if (type === 'DELETED') delete objects[object.metadata.uid];
  }
  return objects;
}

/** The same bytes in pieces of one size. */
function pieces(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}

describe.each(table.raw.files)('%s', (file) => {
  const resource = file.split('-')[2] ?? '';
  const reads = readsOf(file);
  const bytes = Buffer.concat(reads);
  test.each([
    ['as they were read', reads],
    ['in pieces of 1 kB', pieces(bytes, 1024)],
    ['in pieces of 61 bytes', pieces(bytes, 61)],
    ['in one piece', [bytes]],
  ])('the bytes %s', async (_name, parts) => {
    const running = await connect((request, response) => {
      if (request.resource !== resource) return false;
      if (request.mode === 'initial') {
        begin(response, 400);
        response.end('{}');
      } else if (request.mode === 'watch') {
        void (async () => {
          for (const part of parts) {
            response.socket?.write(part);
            await new Promise(setImmediate);
          }
        })();
      } else {
        begin(response);
        const metadata = { resourceVersion: table.raw.from };
        response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata, items: [] }));
      }
      return true;
    });
    const end = endOf(bytes, resource);
    expect(Object.keys(end).length).toBeGreaterThan(0);
    const now = (): string => JSON.stringify(Object.fromEntries(running.log.objects(resource)));
    await running.log.until('the last event', () => now() === JSON.stringify(end));
    expect(Object.fromEntries(running.log.objects(resource))).toEqual(end);
    const watches = running.requests.filter((each) => each.resource === resource && each.mode === 'watch');
    expect(watches.map(({ resourceVersion }) => resourceVersion)).toEqual([table.raw.from]);
    expect(running.log.states(resource)).toEqual(['connecting', 'synced']);
  });
});
