/** Writes Events the way Kubernetes components do: repeated ones raise a count, the scheduler's carry an eventTime. */
import type { Clock } from '../clock.ts';
import { rfc3339, type ClusterStore, type KubeObject } from '../store.ts';

export interface EventInput {
  readonly about: KubeObject;
  readonly type?: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly component: string;
  /** The node, for the kubelet. */
  readonly host?: string;
  /** `spec.containers{name}` */
  readonly fieldPath?: string;
}

export interface EventRecorder {
  /** core/v1 style: `count`, `firstTimestamp`, `lastTimestamp`; the same event again modifies the first one. */
  record(input: EventInput): void;
  /** events.k8s.io style, as the scheduler writes: only `eventTime`, a new object each time. */
  recordNew(input: EventInput & { readonly action: string }): void;
}

/** An API server keeps events for an hour; a demo that runs for days must not keep more. */
const keptEvents = 1500;

export function createEventRecorder(store: ClusterStore, clock: Clock): EventRecorder {
  const known = new Map<string, { namespace: string; name: string }>();
  const order: { namespace: string; name: string }[] = [];
  let serial = 0;

  function create(input: EventInput, rest: Record<string, unknown>): { namespace: string; name: string } {
    const { about } = input;
    // The kubelet names its node by the node's name in place of a UID; the node controller knows the UID.
    const ownNode = about.kind === 'Node' && input.component === 'kubelet';
    serial += 1;
    // Names end in a hexadecimal time in nanoseconds; the serial keeps two of one millisecond apart.
    const suffix = (BigInt(clock.now()) * 1_000_000n + BigInt(serial % 1_000_000)).toString(16);
    const id = { namespace: about.metadata.namespace ?? 'default', name: `${about.metadata.name}.${suffix}` };
    store.create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { ...id },
      involvedObject: {
        kind: about.kind,
        ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
        name: about.metadata.name,
        uid: ownNode ? about.metadata.name : about.metadata.uid,
        ...(ownNode ? {} : { apiVersion: about.apiVersion }),
        ...(about.kind === 'Node' ? {} : { resourceVersion: about.metadata.resourceVersion }),
        ...(input.fieldPath === undefined ? {} : { fieldPath: input.fieldPath }),
      },
      reason: input.reason,
      message: input.message,
      ...rest,
      type: input.type ?? 'Normal',
    });
    order.push(id);
    if (order.length > keptEvents) {
      const oldest = order.shift();
      if (oldest !== undefined) store.delete('events', oldest.namespace, oldest.name);
    }
    return id;
  }

  return {
    record(input) {
      const now = rfc3339(clock.now());
      const key = [
        input.about.metadata.uid,
        input.fieldPath,
        input.reason,
        input.message,
        input.component,
        input.host,
      ].join('|');
      const seen = known.get(key);
      const repeated =
        seen !== undefined &&
        store.patch('events', seen.namespace, seen.name, (event) => {
          event['count'] = Number(event['count']) + 1;
          event['lastTimestamp'] = now;
        }) !== undefined;
      if (repeated) return;
      if (known.size > keptEvents * 2) known.clear();
      known.set(
        key,
        create(input, {
          source: { component: input.component, ...(input.host === undefined ? {} : { host: input.host }) },
          firstTimestamp: now,
          lastTimestamp: now,
          count: 1,
          eventTime: null,
          reportingComponent: input.component,
          reportingInstance: input.host ?? '',
        }),
      );
    },
    recordNew(input) {
      const micro = `${new Date(clock.now()).toISOString().slice(0, 23)}000Z`;
      create(input, {
        source: {},
        firstTimestamp: null,
        lastTimestamp: null,
        eventTime: micro,
        action: input.action,
        reportingComponent: input.component,
        reportingInstance: `${input.component}-shop`,
      });
    },
  };
}
