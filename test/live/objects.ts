/** Small API objects for tests, as the API server would send them. */
import type { LiveEngine, Observation } from '../../core/src/live/engine.ts';
import type { HealthView } from '../../core/src/live/view.ts';
import { connection } from './replay.ts';
import { createEngine } from '../../core/src/live/engine.ts';
import { slim } from '../../core/src/live/slim.ts';

export const t0 = Date.parse('2026-11-21T12:00:00Z');

/** `seconds` after the start of a test as the API server writes it. */
export function iso(seconds: number): string {
  return new Date(t0 + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}

type Json = Record<string, unknown>;

export interface PodOptions {
  readonly name: string;
  readonly uid?: string;
  readonly created?: number;
  readonly node?: string;
  readonly owner?: { readonly kind: string; readonly name: string; readonly uid: string };
  readonly ready?: number;
  readonly notReady?: number;
  readonly phase?: string;
  readonly reason?: string;
  readonly deleted?: number;
  readonly disruption?: string;
  readonly restartPolicy?: string;
  readonly labels?: Json;
  readonly annotations?: Json;
  readonly spec?: Json;
  readonly container?: Json;
  readonly status?: Json;
  readonly initContainer?: { readonly spec: Json; readonly status: Json };
}

/** A pod with one container `app`, running since its creation unless `status` says otherwise. */
export function pod(options: PodOptions): Json {
  const { name, created = 0, ready, notReady, deleted } = options;
  const conditions: Json[] = [{ type: 'PodScheduled', status: 'True', lastTransitionTime: iso(created) }];
  if (ready !== undefined) conditions.push({ type: 'Ready', status: 'True', lastTransitionTime: iso(ready) });
  if (notReady !== undefined) conditions.push({ type: 'Ready', status: 'False', lastTransitionTime: iso(notReady) });
  if (options.disruption !== undefined)
    conditions.push({ type: 'DisruptionTarget', status: 'True', reason: options.disruption });
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: options.uid ?? `uid-${name}`,
      creationTimestamp: iso(created),
      labels: options.labels,
      annotations: options.annotations,
      ...(deleted !== undefined && { deletionTimestamp: iso(deleted + 30), deletionGracePeriodSeconds: 30 }),
      ...(options.owner && { ownerReferences: [{ apiVersion: 'apps/v1', controller: true, ...options.owner }] }),
    },
    spec: {
      nodeName: options.node ?? 'node-1',
      restartPolicy: options.restartPolicy ?? 'Always',
      containers: [{ name: 'app', image: 'shop/app:1', ...options.container }],
      ...options.spec,
    },
    status: {
      phase: options.phase ?? 'Running',
      reason: options.reason,
      conditions,
      containerStatuses: [
        {
          name: 'app',
          ready: ready !== undefined,
          restartCount: 0,
          state: { running: { startedAt: iso(created) } },
          ...options.status,
        },
      ],
    },
  };
}

/** Status of a finished instance. */
export function terminated(id: string, exitCode: number, started: number, finished: number, reason = 'Error'): Json {
  return { terminated: { containerID: id, exitCode, reason, startedAt: iso(started), finishedAt: iso(finished) } };
}

export function replicaSet(
  name: string,
  replicas: number,
  options: { revision?: string; deployment?: string; deleted?: boolean } = {},
): Json {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      annotations: { 'deployment.kubernetes.io/revision': options.revision ?? '1' },
      ...(options.deleted === true && { deletionTimestamp: iso(0) }),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: options.deployment ?? 'web',
          uid: `uid-${options.deployment ?? 'web'}`,
          controller: true,
        },
      ],
    },
    spec: { replicas },
    status: { replicas },
  };
}

export function event(uid: string, reason: string, message: string, at: number, involved: Json): Json {
  return {
    metadata: { name: uid, namespace: 'shop', uid },
    reason,
    message,
    count: 1,
    firstTimestamp: iso(at),
    lastTimestamp: iso(at),
    source: { component: 'kubelet' },
    involvedObject: { kind: 'Pod', namespace: 'shop', ...involved },
  };
}

export function node(
  name: string,
  status: string,
  at: number,
  more: { heartbeat?: number; taints?: Json[]; created?: number } = {},
): Json {
  return {
    metadata: { name, uid: `uid-${name}`, creationTimestamp: iso(more.created ?? -86_400) },
    spec: { taints: more.taints },
    status: {
      conditions: [
        {
          type: 'Ready',
          status,
          reason: status === 'Unknown' ? 'NodeStatusUnknown' : 'KubeletReady',
          lastTransitionTime: iso(at),
          lastHeartbeatTime: iso(more.heartbeat ?? at),
        },
      ],
    },
  };
}

/** An engine that takes whole objects at seconds since the start; resource versions are counted for it. */
export interface Story {
  readonly engine: LiveEngine;
  send(seconds: number, resource: string, object: Json, type?: 'ADDED' | 'MODIFIED' | 'DELETED'): void;
  list(seconds: number, resource: string, objects: readonly Json[]): void;
  tick(seconds: number): void;
  view(seconds: number): HealthView;
}

export function story(): Story {
  const engine = createEngine();
  let version = 1;
  const versioned = (resource: string, object: Json): ReturnType<typeof slim> =>
    slim(resource, { ...object, metadata: { ...(object.metadata as Json), resourceVersion: String(version++) } });
  return {
    engine,
    send(seconds, resource, object, type = 'MODIFIED') {
      const slimmed = versioned(resource, object);
      if (slimmed === undefined) throw new Error(`the test's ${resource} object is no object`);
      const observation: Observation = { type, resource, object: slimmed };
      engine.observe(observation, t0 + seconds * 1000);
    },
    list(seconds, resource, objects) {
      engine.observe(
        { type: 'RELIST', resource, objects: objects.flatMap((object) => versioned(resource, object) ?? []) },
        t0 + seconds * 1000,
      );
    },
    tick(seconds) {
      engine.tick(t0 + seconds * 1000);
    },
    view: (seconds) => engine.view(t0 + seconds * 1000, connection),
  };
}
