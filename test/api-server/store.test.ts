/** The store's revisions, history and snapshots. */
import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { labelSelector, fieldSelector, SelectorError } from './selectors.ts';
import { bytesOf, createStore, frameOf, itemBytesOf, keyOf, type Change, type KubeObject } from './store.ts';

const configMap = (name: string, data = 0): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data: { value: String(data) },
});
const names = (entries: readonly { object: KubeObject }[] | undefined): string[] | undefined =>
  entries?.map(({ object }) => `${object.metadata.name}=${(object['data'] as { value: string }).value}`);

describe('store', () => {
  test('every write raises the one revision, keeps the uid, and is told to subscribers', () => {
    const store = createStore();
    const heard: Change[] = [];
    store.subscribe('configmaps', (change) => heard.push(change));
    const created = store.create(configMap('a'));
    const updated = store.update(configMap('a', 1));
    const deleted = store.delete('configmaps', 'shop', 'a');
    const again = store.create(configMap('a'));
    expect(heard.map((change) => change.type)).toEqual(['ADDED', 'MODIFIED', 'DELETED', 'ADDED']);
    const versions = [created, updated, deleted, again].map((object) => Number(object?.metadata.resourceVersion));
    expect(versions).toEqual([2, 3, 4, 5]);
    expect(updated.metadata.uid).toBe(created.metadata.uid);
    expect(updated.metadata.creationTimestamp).toBe(created.metadata.creationTimestamp);
    expect(again.metadata.uid).not.toBe(created.metadata.uid);
    expect(() => store.create(configMap('a'))).toThrow(/already exists/);
    expect(() => store.update(configMap('b'))).toThrow(/not found/);
  });

  test('a deletion shows the last state it is given', () => {
    const store = createStore();
    const heard: unknown[] = [];
    store.create(configMap('a', 1));
    store.subscribe('configmaps', ({ type, entry }) => heard.push([type, entry.object['data']]));
    store.delete('configmaps', 'shop', 'a', configMap('a', 7));
    expect(heard).toEqual([['DELETED', { value: '7' }]]);
  });

  test('patching does not touch what was handed out before', () => {
    const store = createStore();
    const before = store.create(configMap('a'));
    store.patch('configmaps', 'shop', 'a', (draft) => {
      draft['data'] = { value: '9' };
    });
    expect(before['data']).toEqual({ value: '0' });
    expect(store.get('configmaps', 'shop', 'a')?.['data']).toEqual({ value: '9' });
  });

  test('bytes are made once and shared by lists and watches', () => {
    const store = createStore();
    const changes: Change[] = [];
    store.subscribe('configmaps', (change) => changes.push(change));
    store.create(configMap('a'));
    const entry = store.entry('configmaps', 'shop', 'a');
    if (entry === undefined) throw new Error('missing');
    expect(bytesOf(entry)).toBe(bytesOf(entry));
    expect(itemBytesOf(entry).buffer).toBe(bytesOf(entry).buffer);
    const { kind, apiVersion, ...item } = entry.object;
    expect(JSON.parse(`{${itemBytesOf(entry).toString()}`)).toEqual(item);
    expect([kind, apiVersion]).toEqual(['ConfigMap', 'v1']);
    const change = changes[0] as Change;
    expect(frameOf(change)).toBe(frameOf(change));
    expect(JSON.parse(frameOf(change).toString())).toEqual({ type: 'ADDED', object: entry.object });
  });

  test('compaction and a full history expire older revisions, never the current one', () => {
    const store = createStore({ historyLimit: 8 });
    for (let turn = 0; turn < 10; turn += 1) store.put(configMap('a', turn));
    expect(store.since('configmaps', 1)).toHaveLength(10); // some slack before anything is dropped
    for (let turn = 10; turn < 12; turn += 1) store.put(configMap('a', turn));
    expect(store.since('configmaps', 1)).toBeUndefined();
    expect(store.entries('configmaps', 2)).toBeUndefined();
    const current = store.revision();
    expect(store.since('configmaps', current - 3)).toHaveLength(3);
    store.compact();
    expect(store.since('configmaps', current - 1)).toBeUndefined();
    expect(store.since('configmaps', current)).toEqual([]);
    expect(names(store.entries('configmaps', current))).toEqual(['a=11']);
  });

  test('property: a snapshot of any revision is what the list was then, in key order', () => {
    const write = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.nat(9), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 60 }), (writes) => {
        const store = createStore();
        const seen: [number, string[]][] = [];
        const truth = new Map<string, string>();
        for (const { name, value, remove } of writes) {
          if (remove) {
            store.delete('configmaps', 'shop', name);
            truth.delete(name);
          } else {
            store.put(configMap(name, value));
            truth.set(name, `${name}=${value}`);
          }
          store.put({ ...configMap('other'), kind: 'Service' }); // another resource moves the same counter
          seen.push([store.revision(), [...truth.keys()].sort().map((key) => truth.get(key) ?? '')]);
        }
        for (const [revision, expected] of seen.reverse())
          expect(names(store.entries('configmaps', revision))).toEqual(expected);
        // Following the history from any point ends in the present.
        for (const [revision, then] of seen) {
          const state = new Map(then.map((text) => [keyOf('shop', text.split('=')[0] ?? ''), text]));
          for (const { type, entry } of store.since('configmaps', revision) ?? []) {
            if (type === 'DELETED') state.delete(entry.key);
            else state.set(entry.key, names([entry])?.[0] ?? '');
          }
          expect([...state.values()].sort()).toEqual([...truth.values()].sort());
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('selectors', () => {
  const object = (labels: Record<string, string>, rest: Record<string, unknown> = {}): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'shop', labels },
    ...rest,
  });

  test.each([
    ['a=1', true],
    ['a==1', true],
    ['a=2', false],
    ['a!=2', true],
    ['b!=2', true],
    ['a', true],
    ['!a', false],
    ['!b', true],
    ['a in (1,2)', true],
    ['a notin (1,2)', false],
    ['b notin (1)', true],
    ['b in (1)', false],
    ['a=1,b=2', false],
    ['a in (1, 3),!b', true],
    ['', true],
  ])('labels %s', (text, selected) => {
    expect(labelSelector(text)(object({ a: '1' }))).toBe(selected);
  });

  test('fields, and the ones that are not supported', () => {
    const pod = object({}, { spec: { nodeName: 'n1' }, status: { phase: 'Running' } });
    expect(fieldSelector('pods', 'spec.nodeName=n1,status.phase!=Succeeded,metadata.namespace=shop')(pod)).toBe(true);
    expect(fieldSelector('pods', 'spec.nodeName=n2')(pod)).toBe(false);
    const event = object(
      {},
      {
        reason: 'Pulled',
        type: 'Normal',
        involvedObject: { kind: 'Pod', name: 'p' },
        source: { component: 'kubelet' },
      },
    );
    expect(
      fieldSelector('events', 'reason!=Pulling,reason!=Created,involvedObject.kind=Pod,source=kubelet')(event),
    ).toBe(true);
    expect(fieldSelector('events', 'reason!=Pulled')(event)).toBe(false);
    expect(() => fieldSelector('deployments', 'spec.replicas=1')).toThrow(SelectorError);
    expect(() => labelSelector('a in b')).toThrow(SelectorError);
  });
});
