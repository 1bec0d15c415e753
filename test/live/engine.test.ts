/** What the recordings do not show: first sight, planned removals, pairing of several pods, thresholds, bounds. */
import { describe, expect, it } from 'vitest';
import { event, iso, node, pod, replicaSet, story, t0, terminated } from './objects.ts';
import type { IncidentRow } from '../../core/src/live/view.ts';
import type { Story } from './objects.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const owner = { kind: 'ReplicaSet', name: 'web-1', uid: 'uid-web-1' };
const causes = (s: Story, at: number): string[] =>
  s.view(at).incidents.map((row) => `${row.state} ${row.cause} x${row.count}`);
const only = (s: Story, at: number): IncidentRow => {
  const rows = s.view(at).incidents;
  expect(rows).toHaveLength(1);
  return rows[0] as IncidentRow;
};
const statefulSet = { kind: 'StatefulSet', name: 'db', uid: 'uid-db' };

describe('first sight', () => {
  it('takes past terminations for history, and counts their restarts', () => {
    const s = story();
    const status = {
      ready: true,
      restartCount: 4,
      lastState: terminated('c3', 137, -100, -60, 'OOMKilled'),
      state: { running: { startedAt: iso(-50) } },
    };
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, created: -3600, ready: -50, status })]);
    expect(causes(s, 0)).toEqual([]);
    expect(s.view(0).workloads[0]).toMatchObject({ restarts24h: 4, lastRestartAt: t0 - 50_000, state: 'healthy' });
  });

  it('counts of an old pod only the restart it can date', () => {
    const s = story();
    const status = { ready: true, restartCount: 40, state: { running: { startedAt: iso(-50) } } };
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, created: -10 * 86_400, ready: -50, status })]);
    expect(s.view(0).totals.restarts24h).toBe(1);
  });

  it('reports what is broken at this moment', () => {
    const s = story();
    const status = {
      restartCount: 7,
      lastState: terminated('c7', 1, -100, -90),
      state: {
        waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=app pod=x' },
      },
    };
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, created: -3600, notReady: -90, status })]);
    s.list(0, 'nodes', [node('node-2', 'Unknown', -60, { heartbeat: -100 })]);
    const view = s.view(0);
    expect(view.incidents.map((row) => row.cause).sort()).toEqual([
      'container-exit/error',
      'node-not-ready/kubelet-stopped',
    ]);
    const crash = view.incidents.find((row) => row.container === 'app');
    expect(crash).toMatchObject({
      state: 'healing',
      nextRetry: { at: t0 + 210_000, estimated: false },
      needs: { reason: { id: 'needs.back-off-cap' } },
    });
  });
});

describe('exits', () => {
  const running = (restarts: number, started: number, last?: object) => ({
    ready: true,
    restartCount: restarts,
    state: { running: { startedAt: iso(started) } },
    ...(last && { lastState: last }),
  });

  it('tells a kill for memory from an unexplained 137, and a probe kill from both', () => {
    for (const [reason, kill, cause] of [
      ['OOMKilled', false, 'oom-killed/limit'],
      ['Error', false, 'container-exit/killed'],
      ['Error', true, 'liveness-probe-failed/refused'],
      ['OOMKilled', true, 'oom-killed/limit'],
    ] as const) {
      const s = story();
      const container = { resources: { limits: { memory: '48Mi' } }, livenessProbe: { tcpSocket: { port: 1 } } };
      s.send(0, 'pods', pod({ name: 'web-1-a', owner, ready: 0, container }), 'ADDED');
      if (kill)
        s.send(
          20,
          'events',
          event('e1', 'Killing', 'Container app failed liveness probe, will be restarted', 20, {
            name: 'web-1-a',
            uid: 'uid-web-1-a',
            fieldPath: 'spec.containers{app}',
          }),
        );
      s.send(
        22,
        'pods',
        pod({
          name: 'web-1-a',
          owner,
          notReady: 21,
          container,
          status: { ready: false, state: terminated('c1', 137, 0, 21, reason) },
        }),
      );
      expect(only(s, 22).cause).toBe(cause);
    }
  });

  it('estimates the next start at the exit and corrects it by the kubelet’s own message', () => {
    const s = story();
    s.send(
      0,
      'pods',
      pod({ name: 'web-1-a', owner, ready: 0, status: running(2, 0, terminated('c1', 1, -30, -20)) }),
      'ADDED',
    );
    s.send(
      5,
      'pods',
      pod({
        name: 'web-1-a',
        owner,
        notReady: 5,
        status: {
          ready: false,
          restartCount: 2,
          state: terminated('c2', 1, 0, 5),
          lastState: terminated('c1', 1, -30, -20),
        },
      }),
    );
    expect(only(s, 5)).toMatchObject({ state: 'healing', nextRetry: { at: t0 + 25_000, estimated: true } });
    const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container=app pod=x' };
    s.send(
      18,
      'pods',
      pod({
        name: 'web-1-a',
        owner,
        notReady: 5,
        status: { ready: false, restartCount: 2, state: { waiting }, lastState: terminated('c2', 1, 0, 5) },
      }),
    );
    expect(only(s, 18).nextRetry).toEqual({ at: t0 + 45_000, estimated: false });
  });

  it('leaves finished work and pods on their way out alone', () => {
    const s = story();
    const done = { ready: false, state: terminated('c1', 0, 0, 5, 'Completed') };
    s.send(0, 'pods', pod({ name: 'job', restartPolicy: 'OnFailure', ready: 0 }), 'ADDED');
    s.send(5, 'pods', pod({ name: 'job', restartPolicy: 'OnFailure', phase: 'Succeeded', status: done }));
    s.send(0, 'pods', pod({ name: 'going', ready: 0, deleted: 4 }), 'ADDED');
    s.send(5, 'pods', pod({ name: 'going', deleted: 4, status: { ready: false, state: terminated('c1', 137, 0, 5) } }));
    expect(causes(s, 5)).toEqual([]);
  });

  it('opens a recovered incident again within ten minutes, and a new one after', () => {
    const s = story();
    const crash = (id: string, at: number, restarts: number, before?: object): void =>
      s.send(
        at,
        'pods',
        pod({
          name: 'web-1-a',
          owner,
          notReady: at,
          status: {
            ready: false,
            restartCount: restarts,
            state: terminated(id, 1, at - 5, at),
            ...(before && { lastState: before }),
          },
        }),
      );
    const up = (at: number, restarts: number, last: object): void =>
      s.send(at, 'pods', pod({ name: 'web-1-a', owner, ready: at, status: running(restarts, at, last) }));
    s.send(0, 'pods', pod({ name: 'web-1-a', owner, ready: 0 }), 'ADDED');
    crash('c1', 10, 0);
    up(11, 1, terminated('c1', 1, 5, 10));
    s.tick(70);
    expect(causes(s, 70)).toEqual(['verifying container-exit/error x1']);
    s.tick(71);
    expect(only(s, 71)).toMatchObject({ state: 'recovered', ttr: 1, phases: { recovered: t0 + 11_000 } });
    crash('c2', 300, 1, terminated('c1', 1, 5, 10));
    expect(only(s, 300)).toMatchObject({ state: 'healing', count: 2, reopened: 1 });
    up(310, 2, terminated('c2', 1, 295, 300));
    s.tick(400);
    // 1 s and 10 s of trouble; the healthy time between does not count.
    expect(only(s, 400)).toMatchObject({ state: 'recovered', ttr: 11 });
    crash('c3', 1000, 2, terminated('c2', 1, 295, 300));
    expect(s.view(1000).incidents).toHaveLength(2);
  });

  it('judges anew when the probe’s kill is told only afterwards', () => {
    const s = story();
    const container = { livenessProbe: { exec: {} } };
    s.send(0, 'pods', pod({ name: 'web-1-a', owner, ready: 0, container }), 'ADDED');
    s.send(
      31,
      'pods',
      pod({
        name: 'web-1-a',
        owner,
        ready: 0,
        container,
        status: running(1, 31, terminated('c1', 0, 0, 30, 'Completed')),
      }),
    );
    expect(only(s, 31).cause).toBe('container-exit/completed');
    const about = { name: 'web-1-a', uid: 'uid-web-1-a', fieldPath: 'spec.containers{app}' };
    s.send(40, 'events', event('e2', 'Killing', 'Container app failed liveness probe, will be restarted', 29, about));
    s.send(41, 'events', event('e1', 'Unhealthy', 'Liveness probe failed: cat: no such file', 19, about));
    expect(only(s, 41)).toMatchObject({
      cause: 'liveness-probe-failed/exec',
      count: 1,
      restarts: 1,
      phases: { fault: t0 + 19_000, acting: t0 + 29_000 },
    });
  });
});

describe('removals', () => {
  const setup = (pods: readonly string[]): Story => {
    const s = story();
    s.list(0, 'replicasets', [replicaSet('web-1', pods.length)]);
    s.list(
      0,
      'pods',
      pods.map((name) => pod({ name, owner, ready: 0 })),
    );
    return s;
  };

  it('sees no incident in a scale-down, whichever message comes first', () => {
    const gone = pod({ name: 'web-1-a', owner, ready: 0, deleted: 10 });
    const deleted = event('e1', 'SuccessfulDelete', 'Deleted pod: web-1-a', 10, {
      kind: 'ReplicaSet',
      name: 'web-1',
      uid: 'uid-web-1',
    });
    for (const order of [
      ['rs', 'pod', 'event'],
      ['pod', 'event', 'rs'],
      ['event', 'pod'],
      ['pod', 'event'],
      ['pod', 'rs'],
    ]) {
      const s = setup(['web-1-a', 'web-1-b']);
      order.forEach((what, i) => {
        if (what === 'rs') s.send(10 + i, 'replicasets', replicaSet('web-1', 1));
        else if (what === 'pod') s.send(10 + i, 'pods', gone);
        else s.send(10 + i, 'events', deleted);
      });
      expect([order, causes(s, 20)]).toEqual([order, []]);
    }
  });

  it('does not take an eviction for a plan because the replicas were lowered too', () => {
    const s = setup(['web-1-a', 'web-1-b']);
    s.send(5, 'replicasets', replicaSet('web-1', 1));
    s.send(10, 'pods', pod({ name: 'web-1-a', owner, ready: 0, deleted: 10, disruption: 'EvictionByEvictionAPI' }));
    expect(only(s, 10)).toMatchObject({
      cause: 'pod-evicted/eviction-api',
      removedBy: 'eviction-api',
      actor: 'replicaset',
    });
  });

  it('sees no incident when the whole workload is deleted', () => {
    const s = setup(['web-1-a']);
    s.send(10, 'pods', pod({ name: 'web-1-a', owner, ready: 0, deleted: 10 }));
    expect(causes(s, 10)).toEqual(['detected pod-deleted/by-request x1']);
    s.send(11, 'replicasets', replicaSet('web-1', 1), 'DELETED');
    expect(causes(s, 11)).toEqual([]);
  });

  it('pairs two lost pods first in, first out, and says how sure it is', () => {
    const s = setup(['web-1-a', 'web-1-b']);
    s.send(10, 'pods', pod({ name: 'web-1-a', owner, ready: 0, deleted: 10 }));
    s.send(11, 'pods', pod({ name: 'web-1-b', owner, ready: 0, deleted: 11 }));
    s.send(12, 'pods', pod({ name: 'web-1-c', owner, created: 11, notReady: 11 }), 'ADDED');
    s.send(12, 'pods', pod({ name: 'web-1-d', owner, created: 12, notReady: 12 }), 'ADDED');
    s.send(20, 'pods', pod({ name: 'web-1-c', owner, created: 11, ready: 19 }));
    const rows = s.view(20).incidents;
    const of = (name: string): IncidentRow | undefined => rows.find((row) => row.subject.name === name);
    expect(of('web-1-a')).toMatchObject({
      state: 'recovered',
      ttr: 9,
      replacement: { ref: { name: 'web-1-c' }, confidence: 0.5 },
    });
    expect(of('web-1-b')).toMatchObject({ state: 'healing', replacement: { ref: { name: 'web-1-d' }, confidence: 1 } });
  });

  it('keeps one slot when the stand-in is lost too', () => {
    const s = setup(['web-1-a']);
    s.send(10, 'pods', pod({ name: 'web-1-a', owner, ready: 0, deleted: 10 }));
    s.send(11, 'pods', pod({ name: 'web-1-b', owner, created: 11, notReady: 11 }), 'ADDED');
    s.send(15, 'pods', pod({ name: 'web-1-b', owner, created: 11, notReady: 11, deleted: 15 }));
    s.send(16, 'pods', pod({ name: 'web-1-c', owner, created: 16, ready: 16 }), 'ADDED');
    expect(only(s, 20)).toMatchObject({
      state: 'recovered',
      count: 2,
      subject: { name: 'web-1-a' },
      replacement: { ref: { name: 'web-1-c' } },
    });
  });

  it('knows the pod of a StatefulSet by its name and of a DaemonSet by its node', () => {
    const s = story();
    const agent = { kind: 'DaemonSet', name: 'agent', uid: 'uid-agent' };
    s.list(0, 'pods', [
      pod({ name: 'db-0', uid: 'old', owner: statefulSet, ready: 0 }),
      pod({ name: 'agent-x', owner: agent, node: 'node-1', ready: 0 }),
      pod({ name: 'agent-y', owner: agent, node: 'node-2', ready: 0 }),
    ]);
    for (const name of ['agent-x', 'agent-y'])
      s.send(
        10,
        'pods',
        pod({ name, owner: agent, node: name === 'agent-x' ? 'node-1' : 'node-2', ready: 0, deleted: 10 }),
      );
    s.send(10, 'pods', pod({ name: 'db-0', uid: 'old', owner: statefulSet, ready: 0 }), 'DELETED');
    s.send(11, 'pods', pod({ name: 'db-1', owner: statefulSet, created: 11, ready: 11 }), 'ADDED');
    s.send(12, 'pods', pod({ name: 'db-0', uid: 'new', owner: statefulSet, created: 12, ready: 13 }), 'ADDED');
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-2'] }] }],
        },
      },
    };
    s.send(
      13,
      'pods',
      pod({ name: 'agent-z', owner: agent, created: 13, ready: 13, node: '', spec: { affinity } }),
      'ADDED',
    );
    const rows = s.view(14).incidents;
    expect(rows.find((row) => row.subject.name === 'db-0')?.replacement).toMatchObject({
      ref: { uid: 'new' },
      confidence: 1,
    });
    expect(rows.find((row) => row.subject.name === 'agent-y')?.replacement?.ref.name).toBe('agent-z');
    expect(rows.find((row) => row.subject.name === 'agent-x')?.replacement).toBeUndefined();
  });

  it('folds the trouble of a lost pod’s containers into the loss', () => {
    const s = setup(['web-1-a']);
    s.send(
      5,
      'pods',
      pod({ name: 'web-1-a', owner, notReady: 5, status: { ready: false, state: terminated('c1', 1, 0, 5) } }),
    );
    s.send(
      10,
      'pods',
      pod({
        name: 'web-1-a',
        owner,
        notReady: 5,
        deleted: 10,
        status: { ready: false, state: terminated('c1', 1, 0, 5) },
      }),
    );
    const rows = s.view(10).incidents;
    const [slot, child] = [
      rows.find((row) => row.container === undefined),
      rows.find((row) => row.container === 'app'),
    ];
    expect(child).toMatchObject({ state: 'superseded', parent: slot?.id });
    expect(slot?.children).toEqual([child?.id]);
  });

  it('asks for a person when a bare pod is evicted, not when someone deletes it', () => {
    const s = story();
    s.list(0, 'pods', [pod({ name: 'a', ready: 0 }), pod({ name: 'b', ready: 0 })]);
    s.send(5, 'pods', pod({ name: 'a', ready: 0, deleted: 5 }));
    s.send(5, 'pods', pod({ name: 'b', phase: 'Failed', reason: 'Evicted' }));
    s.tick(6);
    expect(only(s, 6)).toMatchObject({
      cause: 'pod-evicted/node-pressure',
      subject: { name: 'b' },
      needs: { reason: { id: 'needs.bare-pod' } },
    });
  });

  it('asks for a person when a pod stays although it should be gone', () => {
    const s = story();
    s.list(0, 'pods', [pod({ name: 'db-0', owner: statefulSet, ready: 0 })]);
    s.send(10, 'pods', pod({ name: 'db-0', owner: statefulSet, ready: 0, deleted: 10 }));
    s.tick(99);
    expect(only(s, 99).needs).toBeUndefined();
    s.tick(100);
    expect(only(s, 100).needs).toEqual({
      reason: { id: 'needs.stuck-terminating', data: { pod: 'db-0' } },
      since: t0 + 100_000,
    });
  });
});

describe('nodes', () => {
  it('believes the lease, also when it is read afterwards, before an old heartbeat', () => {
    const s = story();
    s.list(0, 'nodes', [node('node-1', 'True', -5000, { heartbeat: -290 })]);
    s.send(60, 'nodes', node('node-1', 'Unknown', 60, { heartbeat: -230 }));
    // Nothing better is known than the time that the node controller waits.
    expect(only(s, 60).phases.fault).toBe(t0 + 10_000);
    s.send(61, 'leases', {
      metadata: { name: 'node-1', namespace: 'kube-node-lease', uid: 'lease' },
      spec: { renewTime: '2026-11-21T12:00:17.250000Z' },
    });
    expect(only(s, 61).phases.fault).toBe(t0 + 17_250);
  });

  it('does not report a node that is still joining', () => {
    const s = story();
    s.send(0, 'nodes', node('node-9', 'False', 0, { created: -1 }), 'ADDED');
    expect(causes(s, 0)).toEqual([]);
    expect(s.view(0).nodes).toMatchObject([{ name: 'node-9', ready: false }]);
  });

  it('ends with the node when it is taken out', () => {
    const s = story();
    s.list(0, 'nodes', [node('node-1', 'True', -5000)]);
    s.send(60, 'nodes', node('node-1', 'Unknown', 60));
    s.send(90, 'nodes', node('node-1', 'Unknown', 60), 'DELETED');
    expect(only(s, 90)).toMatchObject({ state: 'planned', ending: { id: 'ending.node-removed' } });
  });
});

describe('what never starts', () => {
  it('asks for a person after a minute of CreateContainerConfigError, and recovers when it runs', () => {
    const s = story();
    const status = {
      ready: false,
      state: { waiting: { reason: 'CreateContainerConfigError', message: 'configmap "app" not found' } },
    };
    s.send(
      0,
      'pods',
      pod({
        name: 'web-1-a',
        owner,
        notReady: 0,
        phase: 'Pending',
        status: { state: { waiting: { reason: 'ContainerCreating' } } },
      }),
      'ADDED',
    );
    s.send(2, 'pods', pod({ name: 'web-1-a', owner, notReady: 0, phase: 'Pending', status }));
    s.tick(61);
    expect(only(s, 61).needs).toBeUndefined();
    s.tick(62);
    expect(only(s, 62)).toMatchObject({ cause: 'create-container/config', needs: { since: t0 + 62_000 } });
    s.send(
      70,
      'pods',
      pod({ name: 'web-1-a', owner, ready: 70, status: { ready: true, state: { running: { startedAt: iso(70) } } } }),
    );
    s.tick(130);
    expect(only(s, 130)).toMatchObject({ state: 'recovered', ttr: 68 });
    expect(only(s, 130).needs).toBeUndefined();
  });

  it('reports a container that runs but never gets ready', () => {
    const s = story();
    const container = { readinessProbe: { httpGet: { port: 9090 } } };
    s.send(0, 'pods', pod({ name: 'web-1-a', owner, notReady: 0, container }), 'ADDED');
    s.send(
      10,
      'events',
      event(
        'e1',
        'Unhealthy',
        'Readiness probe failed: Get "http://10.0.0.1:9090/": dial tcp 10.0.0.1:9090: connect: connection refused',
        10,
        { name: 'web-1-a', uid: 'uid-web-1-a', fieldPath: 'spec.containers{app}' },
      ),
    );
    s.tick(59);
    expect(causes(s, 59)).toEqual([]);
    s.tick(60);
    expect(only(s, 60)).toMatchObject({ cause: 'readiness-lost/refused', phases: { fault: t0 + 10_000 } });
    s.tick(700);
    expect(only(s, 700).needs?.reason.id).toBe('needs.stays-unready');
  });
});

describe('privacy and bounds', () => {
  it('keeps no environment, annotation or managed field', () => {
    const raw = pod({
      name: 'a',
      annotations: { secret: 'hunter2' },
      container: { env: [{ name: 'P', value: 'hunter2' }], command: ['hunter2'], args: ['hunter2'] },
    });
    const s = story();
    s.list(0, 'pods', [{ ...raw, metadata: { ...(raw.metadata as object), managedFields: ['hunter2'] } }]);
    expect(JSON.stringify(s.view(0))).not.toContain('hunter2');
  });

  it('forgets ended incidents beyond 2,000 and those older than a day', () => {
    const s = story();
    const day = 86_400;
    for (let i = 0; i < 2300; i++) {
      const name = `web-1-${i}`;
      s.send(i, 'pods', pod({ name, owner: statefulSet, created: i - 1, ready: i }), 'ADDED');
      s.send(i, 'pods', pod({ name, owner: statefulSet, created: i - 1, ready: i }), 'DELETED');
      s.send(i, 'pods', pod({ name, uid: `next-${i}`, owner: statefulSet, created: i, ready: i }), 'ADDED');
    }
    expect(s.view(2300).incidents).toHaveLength(2000);
    s.tick(day + 1500);
    const left = s.view(day + 1500).incidents.length;
    expect(left).toBeGreaterThan(700);
    expect(left).toBeLessThan(900);
    s.tick(2 * day);
    expect(s.view(2 * day).incidents).toHaveLength(0);
  });

  it('has no import of anything but its own files', () => {
    const source = readFileSync(join(import.meta.dirname, '../../core/src/live/engine.ts'), 'utf8');
    for (const [, from] of source.matchAll(/from '([^']+)'/g)) expect(from).toMatch(/^\.\/[\w-]+\.ts$/);
  });
});
