/** Causes of containers' ends and failed starts, with objects as a kubelet of 1.32 writes them. */
import { describe, expect, it } from 'vitest';
import type { IncidentRow } from '../../core/src/live/view.ts';
import { event, iso, node, pod, story, terminated } from './objects.ts';

const owner = { kind: 'ReplicaSet', name: 'web-1', uid: 'uid-web-1' };
type Json = Record<string, unknown>;

/** A pod that ran well, and then the status of its container. */
function after(status: Json, events: readonly Json[] = [], more: Json = {}): IncidentRow[] {
  const s = story();
  s.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0, ...more })]);
  for (const entry of events) s.send(99, 'events', entry, 'ADDED');
  s.send(100, 'pods', pod({ name: 'web-1-a', owner, notReady: 100, status, ...more }));
  return [...s.view(100).incidents];
}

const involved = { uid: 'uid-web-1-a', name: 'web-1-a', fieldPath: 'spec.containers{app}' };
const ended = (code: number, reason = 'Error', message?: string): Json => ({
  state: {
    terminated: {
      ...(terminated('c1', code, 0, 98, reason).terminated as Json),
      ...(message !== undefined && { message }),
    },
  },
});

describe('an exit', () => {
  it.each([
    [134, 'container-exit/crash', 'application', 0.9],
    [139, 'container-exit/crash', 'application', 0.9],
    [159, 'container-exit/forbidden-call', 'configuration', 0.9],
    [255, 'container-exit/lost', 'node', 0.6],
    [126, 'container-exit/start-error', 'configuration', 0.9],
    [127, 'container-exit/start-error', 'configuration', 0.9],
    [143, 'container-exit/killed', 'application', 0.3],
    [137, 'container-exit/killed', 'unknown', 0.3],
    [1, 'container-exit/error', 'application', 0.5],
    [0, 'container-exit/completed', 'configuration', 0.8],
  ])('with %i is %s', (code, cause, rootCause, confidence) => {
    expect(after(ended(code))).toMatchObject([{ cause, rootCause, confidence, container: 'app' }]);
  });

  it('that the kubelet lost is the node’s, whatever its code', () => {
    expect(after(ended(137, 'ContainerStatusUnknown'))).toMatchObject([{ cause: 'container-exit/lost' }]);
  });

  it('of a program for another processor is the image’s', () => {
    const text = 'exec /bin/app: exec format error';
    expect(after(ended(128, 'StartError', text))).toMatchObject([
      { cause: 'container-exit/wrong-platform', rootCause: 'image' },
    ]);
  });

  it('after a failed postStart hook is the hook’s, by the waiting reason or by the event', () => {
    const last = { lastState: terminated('c1', 0, 0, 98, 'Completed') };
    const message = 'Exec lifecycle hook ([sh -c exit 7]) for Container "app" failed';
    const byStatus = after({ state: { waiting: { reason: 'PostStartHookError', message } }, ...last });
    expect(byStatus).toMatchObject([{ cause: 'post-start-failed/hook', count: 1 }]);
    const note = event('e1', 'FailedPostStartHook', 'PostStartHook failed', 98, involved);
    expect(after(ended(0, 'Completed'), [note])).toMatchObject([{ cause: 'post-start-failed/hook' }]);
  });

  it('after a failed preStop hook is the hook’s, unless a probe asked for it', () => {
    const note = event('e1', 'FailedPreStopHook', 'PreStopHook failed', 97, involved);
    expect(after(ended(143), [note])).toMatchObject([{ cause: 'pre-stop-failed/hook' }]);
    const kill = event('e2', 'Killing', 'Container app failed liveness probe, will be restarted', 96, involved);
    const container = { livenessProbe: { httpGet: { port: 80 } } };
    expect(after(ended(143), [note, kill], { container })).toMatchObject([{ cause: 'liveness-probe-failed/http' }]);
  });

  it('by force after the kubelet asked it to stop is a slow shutdown, not want of memory', () => {
    const stop = event('e1', 'Killing', 'Container app definition changed, will be restarted', 68, involved);
    expect(after(ended(137), [stop])).toMatchObject([
      { cause: 'container-exit/grace-exceeded', rootCause: 'application', confidence: 0.7 },
    ]);
  });
});

describe('a kill that nothing explains', () => {
  const oom = (at: number): Json => ({
    ...event('o1', 'SystemOOM', 'System OOM encountered, victim process: java, pid: 4242', at, {
      kind: 'Node',
      name: 'node-1',
      uid: 'node-1',
    }),
  });

  it.each([
    ['before', 0],
    ['after', 2],
  ])('is the node’s want of memory when the node’s own report comes %s it', (_, late) => {
    const s = story();
    s.list(0, 'nodes', [node('node-1', 'True', -100)]);
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0 })]);
    const crash = pod({ name: 'web-1-a', owner, notReady: 100, status: ended(137) });
    if (late > 0) s.send(99, 'pods', crash);
    s.send(99 + late, 'events', oom(97), 'ADDED');
    if (late === 0) s.send(100, 'pods', crash);
    const rows = s.view(102).incidents;
    const killed = rows.find((row) => row.container === 'app');
    expect(killed).toMatchObject({ cause: 'oom-killed/system', rootCause: 'resources', confidence: 0.8 });
    expect(rows.find((row) => row.subject.kind === 'Node')).toMatchObject({ cause: 'node-out-of-memory/system' });
  });

  it('stays unexplained when the node’s report is of another time', () => {
    const s = story();
    s.list(0, 'nodes', [node('node-1', 'True', -100)]);
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0 })]);
    s.send(60, 'events', oom(60), 'ADDED');
    s.send(100, 'pods', pod({ name: 'web-1-a', owner, notReady: 100, status: ended(137) }));
    expect(s.view(100).incidents.find((row) => row.container === 'app')?.cause).toBe('container-exit/killed');
  });
});

describe('restarts that nobody saw', () => {
  it('are counted beside the fault that is known, and blamed on nothing', () => {
    const s = story();
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, ready: 0 })]);
    const status = { restartCount: 4, ready: true, state: { running: { startedAt: '2026-11-21T12:01:40Z' } } };
    s.send(
      101,
      'pods',
      pod({ name: 'web-1-a', owner, ready: 100, status: { ...status, lastState: terminated('c4', 1, 80, 90) } }),
    );
    expect(s.view(101).incidents).toMatchObject([{ cause: 'container-exit/error', count: 1, unseen: 3 }]);
    expect(s.view(101).totals.restarts24h).toBe(4);
    s.send(200, 'pods', pod({ name: 'web-1-b', owner, ready: 0 }), 'ADDED');
    s.send(201, 'pods', pod({ name: 'web-1-b', owner, ready: 100, status }));
    expect(s.view(201).incidents.find((row) => row.subject.name === 'web-1-b')).toMatchObject({
      cause: 'container-exit/unseen',
      rootCause: 'unknown',
      unseen: 4,
    });
  });
});

describe('an image', () => {
  const waiting = (reason: string, message: string): Json => ({ state: { waiting: { reason, message } } });

  it.each([
    ['no match for platform in manifest: not found', 'image-pull/platform', 'image'],
    ['write /var/lib/containerd/x: no space left on device', 'image-pull/disk', 'node'],
    [
      'tls: failed to verify certificate: x509: certificate signed by unknown authority',
      'image-pull/certificate',
      'image',
    ],
    ['unexpected status from HEAD request: 429 Too Many Requests', 'image-pull/rate-limit', 'image'],
    ['dial tcp 10.0.0.1:443: i/o timeout', 'image-pull/network', 'network'],
  ])('fails with "%s": %s', (message, cause, rootCause) => {
    expect(after(waiting('ErrImagePull', message))).toMatchObject([{ cause, rootCause }]);
  });

  it('needs a person at the second failure where waiting does not help, and not before', () => {
    const s = story();
    const state = (at: number, reason: string): void =>
      s.send(
        at,
        'pods',
        pod({ name: 'web-1-a', owner, notReady: 0, phase: 'Pending', status: waiting(reason, 'x: not found') }),
      );
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, notReady: 0, phase: 'Pending', status: { state: {} } })]);
    state(1, 'ErrImagePull');
    state(2, 'ImagePullBackOff');
    s.tick(10);
    expect(s.view(10).incidents).toMatchObject([{ cause: 'image-pull/not-found', count: 1 }]);
    expect(s.view(10).incidents[0]?.needs).toBeUndefined();
    state(15, 'ErrImagePull');
    expect(s.view(15).incidents[0]?.needs?.reason.id).toBe('needs.image-unavailable');
  });
});

describe('a start', () => {
  it('that fails needs a person after a minute, however often it is tried', () => {
    const s = story();
    const status = (id: string, at: number, restartCount: number): Json => ({
      restartCount,
      state: { waiting: { reason: 'RunContainerError', message: 'exec: "/no": no such file' } },
      lastState: terminated(id, 128, 0, at, 'StartError'),
    });
    s.list(0, 'pods', [pod({ name: 'web-1-a', owner, notReady: 0, phase: 'Pending', status: { state: {} } })]);
    s.send(1, 'pods', pod({ name: 'web-1-a', owner, notReady: 0, status: status('c1', 1, 0) }));
    s.send(20, 'pods', pod({ name: 'web-1-a', owner, notReady: 0, status: status('c2', 20, 1) }));
    s.tick(60);
    expect(s.view(60).incidents[0]?.needs).toBeUndefined();
    s.tick(61);
    expect(s.view(61).incidents).toMatchObject([
      { cause: 'container-exit/start-error', count: 2, restarts: 1, needs: { reason: { id: 'needs.cannot-create' } } },
    ]);
  });

  it('of a pod that nobody starts again needs a person at once', () => {
    const s = story();
    s.list(0, 'pods', [pod({ name: 'once', ready: 0, restartPolicy: 'Never' })]);
    s.send(100, 'pods', pod({ name: 'once', phase: 'Failed', restartPolicy: 'Never', status: ended(1) }));
    s.tick(101);
    expect(s.view(101).incidents).toMatchObject([
      { cause: 'container-exit/error', actor: 'none', needs: { reason: { id: 'needs.not-restarted' } } },
    ]);
  });
});

describe('an init container', () => {
  it.each([
    ['init', {}],
    ['sidecar', { restartPolicy: 'Always' }],
  ])('that crashes (%s) is found in its own status', (name, more) => {
    const s = story();
    const made = (status: Json): Json => {
      const well = pod({ name: 'web-1-a', owner, notReady: 0, phase: 'Pending' });
      const [spec, own] = [
        { ...(well.spec as Json), initContainers: [{ name, ...more }] },
        { name, restartCount: 0, ...status },
      ];
      return { ...well, spec, status: { ...(well.status as Json), initContainerStatuses: [own] } };
    };
    s.list(0, 'pods', [made({ state: { running: { startedAt: iso(0) } } })]);
    s.send(10, 'pods', made({ state: terminated('c1', 1, 0, 10) }));
    const field = `status.initContainerStatuses[${name}].lastState.terminated`;
    expect(s.view(10).incidents).toMatchObject([
      { cause: 'container-exit/error', container: name, evidence: [{ field }] },
    ]);
  });
});

describe('a liveness probe', () => {
  const probed = { livenessProbe: { httpGet: { port: 80 } }, readinessProbe: { httpGet: { port: 80 } } };
  const starting = (name: string, at: number): Json =>
    pod({
      name,
      owner,
      created: at,
      notReady: at,
      container: probed,
      status: { state: { running: { startedAt: iso(at) } } },
    });

  /** A pod that got ready after `needed` seconds, and another that its probe killed `ran` seconds after its start. */
  function killed(
    needed: number,
    ran: number,
    text = 'HTTP probe failed with statuscode: 503',
  ): IncidentRow | undefined {
    const s = story();
    s.send(0, 'pods', starting('web-1-b', 0), 'ADDED');
    const up = { ready: true, state: { running: { startedAt: iso(0) } } };
    s.send(needed, 'pods', pod({ name: 'web-1-b', owner, ready: needed, container: probed, status: up }));
    s.send(100, 'pods', starting('web-1-a', 100), 'ADDED');
    const end = 100 + ran;
    s.send(end - 1, 'events', event('u', 'Unhealthy', `Liveness probe failed: ${text}`, end - 1, involved), 'ADDED');
    s.send(
      end - 1,
      'events',
      event('k', 'Killing', 'Container app failed liveness probe, will be restarted', end - 1, involved),
      'ADDED',
    );
    const status = { state: terminated('c1', 137, 100, end) };
    s.send(end, 'pods', pod({ name: 'web-1-a', owner, notReady: 100, container: probed, status }));
    return s.view(end).incidents.find((row) => row.subject.name === 'web-1-a');
  }

  it('that kills sooner than others get ready is too eager', () => {
    expect(killed(45, 30)).toMatchObject({
      cause: 'liveness-probe-failed/too-early',
      rootCause: 'configuration',
      confidence: 0.85,
      summary: { data: { ran: 30, needed: 45 } },
    });
    expect(killed(45, 60)).toMatchObject({ cause: 'liveness-probe-failed/http', rootCause: 'application' });
  });

  it('that kills what had been ready is not too eager, however soon', () => {
    const s = story();
    s.send(0, 'pods', starting('web-1-a', 0), 'ADDED');
    const up = { ready: true, state: { running: { startedAt: iso(0) } } };
    s.send(45, 'pods', pod({ name: 'web-1-a', owner, ready: 45, container: probed, status: up }));
    const kill = 'Container app failed liveness probe, will be restarted';
    s.send(49, 'events', event('k', 'Killing', kill, 49, involved), 'ADDED');
    const status = { state: terminated('c1', 137, 0, 50) };
    s.send(50, 'pods', pod({ name: 'web-1-a', owner, notReady: 48, container: probed, status }));
    expect(s.view(50).incidents[0]?.cause).toBe('liveness-probe-failed/http');
  });

  it.each([
    'Get "https://10.0.0.1:80/": http: server gave HTTP response to HTTPS client',
    'error: this server does not implement the grpc health protocol (grpc.health.v1.Health)',
  ])('that asks in the wrong way is to be corrected: %s', (text) => {
    expect(killed(1, 60, text)).toMatchObject({ cause: 'liveness-probe-failed/handler', confidence: 0.95 });
  });
});
