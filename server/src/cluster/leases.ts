/**
 * Reads the lease of a node that is not ready: it tells when the kubelet fell silent. Leases are renewed every ten
 * seconds by every node, so they are read one at a time and never watched.
 * https://kubernetes.io/docs/reference/node/node-status/#heartbeats
 */
import type { Observation } from '../../../core/src/live/engine.ts';
import { onDemandKinds } from '../../../core/src/live/kinds.ts';
import { slim, type SlimObject } from '../../../core/src/live/slim.ts';
import { ApiError, type Transport } from './transport.ts';
import { collectionPath } from './watcher-types.ts';

/** Where kubelets keep their leases. */
const namespace = 'kube-node-lease';

export interface LeaseReader {
  /** Takes a node as it was just seen. */
  see(node: SlimObject): void;
  /** Settles when no request is under way. */
  readonly idle: Promise<unknown>;
}

export interface LeaseOptions {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly onObservation: (observation: Observation) => void;
  readonly log: (text: string) => void;
}

/** Creates a reader: one request for every time that a node stops being ready. */
export function createLeaseReader({ transport, signal, onObservation, log }: LeaseOptions): LeaseReader {
  const kind = onDemandKinds.find(({ resource }) => resource === 'leases');
  /** When a node's readiness changed last, for the nodes that were asked for. */
  const asked = new Map<string, number | undefined>();
  let forbidden = kind === undefined;
  let idle: Promise<unknown> = Promise.resolve();

  const read = async (node: string): Promise<void> => {
    if (kind === undefined || forbidden || signal.aborted) return;
    try {
      const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(node)}`;
      const { body } = await transport.json(path, { signal });
      const object = slim(kind.resource, body);
      if (object !== undefined && !signal.aborted) onObservation({ type: 'MODIFIED', resource: kind.resource, object });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return;
      // Without this right the node's own heartbeat has to do; saying so once is enough.
      forbidden ||= error instanceof ApiError && error.status === 403;
      asked.delete(node);
      if (!signal.aborted) log(`lease of node ${node}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  return {
    see(node) {
      if (node.resource !== 'nodes') return;
      if (node.ready === undefined || node.ready.status === 'True') {
        asked.delete(node.name);
        return;
      }
      const { at } = node.ready;
      if (forbidden || (asked.has(node.name) && asked.get(node.name) === at)) return;
      asked.set(node.name, at);
      // One after the other: when a zone is lost, hundreds of nodes turn at once.
      idle = idle.then(() => read(node.name));
    },
    get idle() {
      return idle;
    },
  };
}
