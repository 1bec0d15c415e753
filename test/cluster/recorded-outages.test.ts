/** An API server restarts, its etcd freezes: as it was recorded, against the real watchers, without the waiting. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { slim } from '../../core/src/live/slim.ts';
import { defaultTimings } from '../../server/src/cluster/timings.ts';
import { documents, readRecorded } from '../api-server/recorded.ts';
import { temporaryFolder } from './folder.ts';
import { logLink, type LinkLog } from './link-log.ts';
import {
  begin,
  initialEventsEnd,
  startRecordedServer,
  type RecordedRequest,
  type RecordedServer,
} from './recorded-server.ts';

const recordings = join(import.meta.dirname, '../fixtures/live/recordings');
const folder = temporaryFolder();

interface KindStates {
  readonly states: readonly string[];
  readonly requests: readonly string[];
}
interface States {
  readonly connection: readonly string[];
  readonly kinds: Readonly<Record<string, KindStates>>;
}

interface RecordedObject {
  readonly reason?: string;
  readonly metadata: { readonly uid: string; readonly resourceVersion: string };
}
interface Line {
  readonly ts: string;
  readonly note?: string;
  readonly event?: { readonly type: string; readonly object: RecordedObject };
}
interface List {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly RecordedObject[];
}

const read = (scenario: string, file: string): string => readFileSync(join(recordings, scenario, file), 'utf8');
const statesOf = (scenario: string): unknown => JSON.parse(read(scenario, 'states.json'));
const listOf = (scenario: string, resource: string, which: 'start' | 'end'): List =>
  JSON.parse(read(scenario, `${resource}.list-${which}.json`)) as List;
const linesOf = (scenario: string, resource: string): Line[] =>
  read(scenario, `${resource}.watch.jsonl`)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

/** One recorded kind as its server holds it, played on line by line. */
interface Playing {
  /** Sends what was received until the given moment, and keeps it for whoever lists later. */
  until(moment: string): void;
  answer(request: RecordedRequest, response: ServerResponse): void;
}

function play(scenario: string, resource: string): Playing {
  const start = listOf(scenario, resource, 'start');
  const objects = new Map(start.items.map((item) => [item.metadata.uid, item]));
  const lines = linesOf(scenario, resource);
  const expired = new Map<string, string>();
  const streams = new Map<ServerResponse, ReadonlySet<string>>();
  let resourceVersion = start.metadata.resourceVersion;
  let next = 0;
  const wanted = (object: RecordedObject, without: ReadonlySet<string>): boolean => !without.has(object.reason ?? '');
  const keep = (line: Line): void => {
    if (line.event === undefined) return;
    const { type, object } = line.event;
    if (type === 'ERROR') {
      // What the server said to a watch from the version that was the last one before.
      expired.set(resourceVersion, `${JSON.stringify(line.event)}\n`);
      resourceVersion = lines[next]?.note?.startsWith('relisted') === true ? relisted(lines[next]) : resourceVersion;
      return;
    }
    ({ resourceVersion } = object.metadata);
    if (type === 'DELETED') objects.delete(object.metadata.uid);
    else if (type !== 'BOOKMARK') objects.set(object.metadata.uid, object);
    for (const [response, without] of streams) {
      if (wanted(object, without)) response.write(`${JSON.stringify(line.event)}\n`);
    }
  };
  return {
    until(moment) {
      for (let line = lines[next]; line !== undefined && line.ts < `2026-11-21T${moment}`; line = lines[next]) {
        next += 1;
        keep(line);
      }
    },
    answer({ mode, resourceVersion: from = '', withoutReasons }, response) {
      begin(response);
      const items = [...objects.values()].filter((item) => wanted(item, withoutReasons));
      if (mode === 'list' || mode === 'page') {
        response.end(JSON.stringify({ ...start, metadata: { resourceVersion }, items }));
        return;
      }
      const error = mode === 'watch' ? expired.get(from) : undefined;
      if (error !== undefined) {
        response.end(error);
        return;
      }
      if (mode === 'initial') {
        for (const object of items) response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
        response.write(initialEventsEnd(resourceVersion));
      }
      streams.set(response, withoutReasons);
      response.on('close', () => streams.delete(response));
    },
  };
}

function relisted(line: Line | undefined): string {
  return (line as { resourceVersion?: string } | undefined)?.resourceVersion ?? '';
}

let server: RecordedServer | undefined;
let log: LinkLog | undefined;
afterEach(async () => {
  await log?.link.close();
  await server?.close();
  [server, log] = [undefined, undefined];
});

async function connect(answer: (request: RecordedRequest, response: ServerResponse) => boolean): Promise<{
  readonly server: RecordedServer;
  readonly log: LinkLog;
}> {
  server = await startRecordedServer(answer, () => log?.look());
  log = await logLink(folder.write('recorded', server.kubeconfig), { liveness: 60_000 });
  return { server, log };
}

const inState = (followed: LinkLog, resources: readonly string[], state: string): Promise<void> =>
  followed.until(`${resources.join(', ')} ${state}`, ({ kinds }) =>
    resources.every((resource) => kinds.some((kind) => kind.resource === resource && kind.state === state)),
  );

const settled = (followed: LinkLog): Promise<void> =>
  followed.until(
    'every kind in step',
    ({ kinds }) => kinds.length > 0 && kinds.every(({ state }) => ['synced', 'absent'].includes(state)),
  );

function asked(running: RecordedServer, resource: string): string[] {
  return running.requests
    .filter((request) => request.resource === resource)
    .map(({ mode, resourceVersion }) => (mode === 'watch' ? `watch ${resourceVersion}` : mode));
}

/** The last list of the recording, as the engine would see it. */
function endOf(scenario: string, resource: string, without: readonly string[] = []): Record<string, unknown> {
  const items = listOf(scenario, resource, 'end').items.filter(({ reason }) => !without.includes(reason ?? ''));
  return Object.fromEntries(items.map((item) => [item.metadata.uid, slim(resource, item)]));
}
const quietReasons = ['Pulled', 'Pulling', 'Created', 'Started', 'Scheduled'];

describe('12-apiserver-restart', () => {
  const scenario = '12-apiserver-restart';
  const expected = statesOf(scenario) as States;
  const resources = Object.keys(expected.kinds);

  test('each kind goes stale, resumes or lists again as the table says, and ends like the last list', async () => {
    const kinds = new Map(resources.map((resource) => [resource, play(scenario, resource)]));
    const running = await connect((request, response) => {
      const kind = kinds.get(request.resource);
      kind?.answer(request, response);
      return kind !== undefined;
    });
    const { log: followed } = running;
    await settled(followed);
    for (const kind of kinds.values()) kind.until('19:19:20');
    const before = resources.map((resource) => [...followed.objects(resource).keys()]);
    await followed.until('the last message before the end', () =>
      resources.every((resource) => followed.objects(resource).size > 0),
    );
    await running.server.refuse();
    const heard = followed.heard.length;
    await inState(followed, resources, 'stale');
    // The first attempt may still meet the end of the last connection.
    await followed.until(
      'stale, refused, and when it is tried again',
      ({ state, problem, retryAt }) =>
        state === 'stale' && problem?.id === 'cluster.unreachable/refused' && retryAt !== undefined,
    );
    expect(followed.heard.slice(heard).filter((what) => !/^(ADDED|MODIFIED) /.test(what))).toEqual([]);
    for (const [index, resource] of resources.entries())
      expect(before[index]?.every((uid) => followed.objects(resource).has(uid))).toBe(true);
    for (const kind of kinds.values()) kind.until('19:19:32.200');
    await running.server.accept();
    await inState(followed, resources, 'synced');
    for (const kind of kinds.values()) kind.until('19:21:00');
    for (const resource of resources) {
      const end = endOf(scenario, resource, quietReasons);
      await followed.until(`${resource} like the last list`, () =>
        Object.entries(end).every(
          ([uid, object]) => JSON.stringify(followed.objects(resource).get(uid)) === JSON.stringify(object),
        ),
      );
      expect(Object.fromEntries(followed.objects(resource))).toEqual(end);
    }
    await followed.until('every request of the table', () =>
      Object.entries(expected.kinds).every(
        ([resource, { requests }]) => asked(running.server, resource).length >= requests.length,
      ),
    );
    await settled(followed);
    expect(followed.connection).toEqual(expected.connection);
    const found = Object.fromEntries(
      resources.map((resource) => [
        resource,
        { states: followed.states(resource), requests: asked(running.server, resource) },
      ]),
    );
    const wanted = Object.entries(expected.kinds).map(([resource, { states, requests }]) => [
      resource,
      { states, requests },
    ]);
    expect(found).toEqual(Object.fromEntries(wanted));
  });

  test('a 403 of a server that has not read its roles yet confines nobody to a namespace', async () => {
    let starting = false;
    const forbidden = readRecorded('errors/403-no-rbac-list.http');
    const running = await connect((request, response) => {
      if (starting && !request.path.includes('/namespaces/')) {
        begin(response, forbidden.status);
        response.end(forbidden.body);
        return true;
      }
      return false;
    });
    const { log: followed } = running;
    await settled(followed);
    await running.server.refuse();
    starting = true;
    await inState(followed, ['pods', 'nodes', 'services'], 'stale');
    const asked403 = running.server.requests.length;
    await running.server.accept();
    await followed.until('asked while it starts', () => running.server.requests.length > asked403 + 6);
    starting = false;
    await settled(followed);
    expect(running.server.requests.filter(({ path }) => path.includes('/namespaces/'))).toEqual([]);
    expect(followed.link.view().warnings?.filter(({ id }) => id.startsWith('cluster.scope/')) ?? []).toEqual([]);
    expect(followed.connection).toEqual(['connecting', 'live', 'stale', 'live']);
  });
});

describe('13-etcd-stall', () => {
  const scenario = '13-etcd-stall';
  const expected = statesOf(scenario) as { readonly inStep: States; readonly newcomer: States };

  test('who is in step stays so, and gets what was kept back', async () => {
    const resources = Object.keys(expected.inStep.kinds);
    const kinds = new Map(resources.map((resource) => [resource, play(scenario, resource)]));
    const running = await connect((request, response) => {
      const kind = kinds.get(request.resource);
      kind?.answer(request, response);
      return kind !== undefined;
    });
    const { log: followed } = running;
    await inState(followed, resources, 'synced');
    for (const moment of ['19:20:41', '19:21:58', '19:23:00']) for (const kind of kinds.values()) kind.until(moment);
    for (const resource of resources) {
      const end = endOf(scenario, resource, quietReasons);
      await followed.until(`${resource} like the last list`, () =>
        Object.entries(end).every(
          ([uid, object]) => JSON.stringify(followed.objects(resource).get(uid)) === JSON.stringify(object),
        ),
      );
      expect(Object.fromEntries(followed.objects(resource))).toEqual(end);
      expect({ states: followed.states(resource), requests: asked(running.server, resource) }).toMatchObject({
        states: expected.inStep.kinds[resource]?.states,
        requests: expected.inStep.kinds[resource]?.requests,
      });
    }
    expect(followed.connection).toEqual(expected.inStep.connection);
  });

  test('no watch was silent for as long as a watch may be', () => {
    for (const resource of Object.keys(expected.inStep.kinds)) {
      const times = linesOf(scenario, resource)
        .filter(({ event }) => !quietReasons.includes(event?.object.reason ?? ''))
        .map(({ ts }) => Date.parse(ts));
      const silence = Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
      expect(silence).toBeLessThan(defaultTimings.liveness);
    }
  });

  test('who comes during the stall is told that the server fails, and is live when it does not', async () => {
    const resources = Object.keys(expected.newcomer.kinds);
    const failure = read(scenario, 'list-events-during-stall.http').split(/\r?\n\r?\n/);
    let frozen = true;
    const running = await connect((_request, response) => {
      if (!frozen) return false;
      begin(response, 500);
      response.end(failure[1]);
      return true;
    });
    expect(documents(failure[1] ?? '')[0]).toMatchObject({ code: 500 });
    const { log: followed } = running;
    await inState(followed, resources, 'unreachable');
    frozen = false;
    await inState(followed, resources, 'synced');
    expect(followed.connection).toEqual(expected.newcomer.connection);
    for (const resource of resources)
      expect([resource, followed.states(resource)]).toEqual([resource, expected.newcomer.kinds[resource]?.states]);
  });
});
