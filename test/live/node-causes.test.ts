/** Nodes in trouble, and failures that several workloads share. */
import { describe, expect, it } from 'vitest';
import type { Story } from './objects.ts';
import { event, iso, node, pod, story, terminated } from './objects.ts';

type Json = Record<string, unknown>;

function withCondition(at: number, type: string, status: string): Json {
  const made = node('node-1', 'True', -100);
  const condition = { type, status, reason: 'x', message: 'kubelet has x', lastTransitionTime: iso(at) };
  return { ...made, status: { conditions: [...((made.status as Json).conditions as Json[]), condition] } };
}

describe('a node', () => {
  it.each([
    ['MemoryPressure', 'node-pressure/memory', 'node'],
    ['DiskPressure', 'node-pressure/disk', 'node'],
    ['PIDPressure', 'node-pressure/processes', 'node'],
    ['NetworkUnavailable', 'node-pressure/network', 'network'],
    ['ReadonlyFilesystem', 'node-pressure/condition', 'node'],
  ])('with %s is %s until it is gone, and the same again soon after', (type, cause, rootCause) => {
    const s = story();
    s.list(0, 'nodes', [node('node-1', 'True', -100)]);
    s.send(10, 'nodes', withCondition(10, type, 'True'));
    s.send(15, 'nodes', withCondition(10, type, 'True'));
    expect(s.view(15).incidents).toMatchObject([{ cause, rootCause, count: 1, state: 'healing', node: 'node-1' }]);
    s.send(100, 'nodes', withCondition(100, type, 'False'));
    expect(s.view(100).incidents).toMatchObject([{ state: 'recovered', ttr: 90, ending: { id: 'ending.relieved' } }]);
    s.send(200, 'nodes', withCondition(200, type, 'True'));
    expect(s.view(200).incidents).toMatchObject([{ state: 'healing', count: 2, reopened: 1 }]);
  });

  it('that is lost and under pressure has two incidents, and each its own end', () => {
    const s = story();
    s.list(0, 'nodes', [withCondition(-50, 'DiskPressure', 'True')]);
    s.send(60, 'nodes', {
      ...node('node-1', 'Unknown', 60),
      metadata: { ...(node('node-1', 'True', 0).metadata as Json) },
    });
    expect(
      s
        .view(60)
        .incidents.map(({ cause, state }) => `${cause} ${state}`)
        .sort(),
    ).toEqual(['node-not-ready/kubelet-stopped detected', 'node-pressure/disk recovered']);
  });

  describe('that was started anew', () => {
    const booted = (id: string, ready = 'True', since = -100): Json => {
      const made = node('node-1', ready, since);
      return { ...made, status: { ...(made.status as Json), nodeInfo: { bootID: id } } };
    };
    /** The container ended, and runs again from `back` on. */
    const lost = (name: string, exit: number, ended: number, back?: number): Json => {
      const state = back === undefined ? { waiting: { reason: 'x' } } : { running: { startedAt: iso(back) } };
      const status = { restartCount: 1, ready: back !== undefined, state, lastState: terminated('c1', exit, 0, ended) };
      return pod({ name, status, ...(back === undefined ? { notReady: ended } : { ready: back }) });
    };
    function running(...names: readonly string[]): Story {
      const s = story();
      s.list(0, 'nodes', [booted('a')]);
      s.list(
        0,
        'pods',
        names.map((name) => pod({ name, ready: 0 })),
      );
      return s;
    }
    const told = (s: Story, at: number): string[] => {
      s.tick(at);
      const { incidents } = s.view(at);
      const causeOf = (id?: string): string => incidents.find((row) => row.id === id)?.cause ?? 'none';
      return incidents.map((row) => `${row.subject.name} ${row.cause} ${row.state} < ${causeOf(row.parent)}`).sort();
    };
    const under = 'node-rebooted/boot';

    it('explains the containers that ended with it, and is well when the last runs again', () => {
      const s = running('web', 'api');
      s.send(60, 'nodes', booted('b'));
      s.send(62, 'pods', lost('web', 137, 40, 61));
      s.send(62, 'pods', lost('api', 137, 40));
      expect(s.view(62).incidents.find((row) => row.container === 'app')).toMatchObject({
        cause: 'container-exit/lost',
        rootCause: 'node',
        confidence: 0.95,
      });
      expect(told(s, 63)).toEqual([
        `api container-exit/lost healing < ${under}`,
        `node-1 ${under} healing < none`,
        `web container-exit/lost verifying < ${under}`,
      ]);
      s.send(90, 'pods', lost('api', 137, 40, 89));
      expect(told(s, 91)[1]).toBe(`node-1 ${under} verifying < none`);
      expect(told(s, 300).filter((line) => line.endsWith('< none'))).toHaveLength(1);
      const row = s.view(300).incidents.find(({ cause }) => cause === under);
      expect(row).toMatchObject({ state: 'recovered', ttr: 29, ending: { id: 'ending.node-back' } });
    });

    it.each([
      ['before it tells so itself', 20, 60],
      ['after, where the runtime lost them', 75, 60],
      ['after it tells that it is ready', 64, 70],
    ])('takes containers whose end is told %s', (_when, ended, at) => {
      const s = running('web');
      const steps: [number, string, Json][] = [
        [at, 'nodes', booted('b')],
        [ended + 1, 'pods', lost('web', 255, ended, ended + 1)],
      ];
      for (const [time, kind, object] of steps.sort(([a], [b]) => a - b)) s.send(time, kind, object);
      expect(told(s, 80)).toEqual([`node-1 ${under} verifying < none`, `web container-exit/lost verifying < ${under}`]);
    });

    it('has no part in what ends by itself soon after, or ended long before', () => {
      const s = running('web', 'old');
      s.send(1, 'pods', lost('old', 255, 1, 2));
      s.tick(300);
      s.send(400, 'nodes', booted('b'));
      s.send(430, 'pods', lost('web', 1, 430, 431));
      expect(told(s, 432).filter((line) => !line.startsWith('node'))).toEqual([
        'old container-exit/lost recovered < none',
        'web container-exit/error verifying < none',
      ]);
    });

    it('is well in the end even if one of them is not, which then is a trouble of its own', () => {
      const s = running('web');
      s.send(60, 'nodes', booted('b'));
      s.send(62, 'pods', lost('web', 255, 59));
      expect(told(s, 350)).toEqual([`node-1 ${under} healing < none`, `web container-exit/lost healing < ${under}`]);
      expect(told(s, 365)).toEqual([`node-1 ${under} recovered < none`, 'web container-exit/lost healing < none']);
    });

    it('and was not ready before has one incident', () => {
      const s = running('web');
      s.send(50, 'nodes', booted('a', 'Unknown', 50));
      s.send(60, 'nodes', booted('b', 'True', 60));
      s.send(62, 'pods', lost('web', 255, 59, 61));
      expect(told(s, 63)).toEqual([
        'node-1 node-not-ready/kubelet-stopped recovered < none',
        'web container-exit/lost verifying < node-not-ready/kubelet-stopped',
      ]);
    });
  });

  it('whose kernel kills within one container’s own limit is not out of memory', () => {
    const s = story();
    s.list(0, 'nodes', [node('node-1', 'True', -100)]);
    const text = 'Memory cgroup out of memory: Killed process 31742 (java)';
    s.send(5, 'events', event('o', 'OOMKilling', text, 5, { kind: 'Node', name: 'node-1', uid: 'node-1' }), 'ADDED');
    expect(s.view(5).incidents).toEqual([]);
  });
});

describe('failures at the same time', () => {
  /** A container of its own workload that ran for a while and then ended with 1. */
  const crash = (name: string, on: string, at: number, ran = 100): Json =>
    pod({
      name,
      node: on,
      created: at - ran,
      notReady: at,
      status: { state: terminated(`c-${name}`, 1, at - ran, at) },
    });
  const started = (name: string, on: string): Json => pod({ name, node: on, ready: 0 });

  function crashes(placed: readonly (readonly [string, string, number, number?])[]): Story {
    const s = story();
    s.list(
      0,
      'pods',
      placed.map(([name, on]) => started(name, on)),
    );
    for (const [name, on, at, ran] of placed) s.send(at, 'pods', crash(name, on, at, ran));
    return s;
  }
  const classes = (s: Story): string[] => s.view(1000).incidents.map((row) => `${row.rootCause} ${row.confidence}`);

  it('of three workloads on one node point at the node', () => {
    expect(
      classes(
        crashes([
          ['a', 'n1', 200],
          ['b', 'n1', 230],
          ['c', 'n1', 255],
        ]),
      ),
    ).toEqual(Array(3).fill('node 0.7'));
  });

  it.each([
    [
      'of two workloads',
      [
        ['a', 'n1', 200],
        ['b', 'n1', 230],
      ],
    ],
    [
      'on three nodes',
      [
        ['a', 'n1', 200],
        ['b', 'n2', 230],
        ['c', 'n3', 255],
      ],
    ],
    [
      'more than a minute apart',
      [
        ['a', 'n1', 200],
        ['b', 'n1', 262],
        ['c', 'n1', 324],
      ],
    ],
    [
      'of containers that always crash',
      [
        ['a', 'n1', 200, 5],
        ['b', 'n1', 230, 5],
        ['c', 'n1', 255, 5],
      ],
    ],
  ] as const)('%s point at nothing', (_, placed) => {
    expect(new Set(classes(crashes(placed)))).toEqual(new Set(['application 0.5']));
  });

  it('do not change what is certain', () => {
    const s = crashes([
      ['a', 'n1', 200],
      ['b', 'n1', 230],
    ]);
    s.send(240, 'pods', started('oom', 'n1'), 'ADDED');
    s.send(241, 'pods', started('bug', 'n1'), 'ADDED');
    s.send(
      242,
      'pods',
      pod({ name: 'bug', node: 'n1', notReady: 242, status: { state: terminated('c-bug', 139, 100, 242) } }),
    );
    const state = terminated('c-oom', 137, 100, 250, 'OOMKilled');
    s.send(250, 'pods', pod({ name: 'oom', node: 'n1', notReady: 250, status: { state } }));
    s.send(255, 'pods', started('c', 'n1'), 'ADDED');
    s.send(256, 'pods', crash('c', 'n1', 256));
    expect(classes(s).sort()).toEqual(['application 0.9', 'node 0.7', 'node 0.7', 'node 0.7', 'resources 0.8']);
  });

  it('are not counted among what is certain', () => {
    const s = crashes([
      ['a', 'n1', 200],
      ['b', 'n1', 230],
    ]);
    s.send(231, 'pods', started('bug', 'n1'), 'ADDED');
    const state = terminated('c-bug', 139, 100, 242);
    s.send(242, 'pods', pod({ name: 'bug', node: 'n1', notReady: 242, status: { state } }));
    expect(classes(s).sort()).toEqual(['application 0.5', 'application 0.5', 'application 0.9']);
  });

  function probed(kills: readonly number[]): Story {
    const s = story();
    const container = { livenessProbe: { httpGet: { port: 80 } } };
    s.list(
      0,
      'pods',
      kills.map((_, i) => pod({ name: `p${i}`, node: `n${i}`, ready: 0, container })),
    );
    kills.forEach((at, i) => {
      const of = { uid: `uid-p${i}`, name: `p${i}`, fieldPath: 'spec.containers{app}' };
      s.send(
        at - 1,
        'events',
        event(`k${i}`, 'Killing', 'Container app failed liveness probe, will be restarted', at - 1, of),
        'ADDED',
      );
      s.send(
        at,
        'pods',
        pod({
          name: `p${i}`,
          node: `n${i}`,
          notReady: at,
          container,
          status: { state: terminated(`c${i}`, 137, 0, at) },
        }),
      );
    });
    return s;
  }

  it('of probes on several nodes point at what they share, and need a person when they come in the same second', () => {
    const apart = probed([200, 220, 250]);
    expect(classes(apart)).toEqual(Array(3).fill('network 0.5'));
    expect(apart.view(250).incidents.filter((row) => row.needs !== undefined)).toEqual([]);
    const together = probed([200, 200, 201]);
    expect(together.view(201).incidents.map((row) => row.needs?.reason.id)).toEqual(
      Array(3).fill('needs.dependency-down'),
    );
  });
});
