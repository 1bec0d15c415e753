/** First contact: who the server is, what time it has, and which APIs it serves. */
import { isMap } from './kubeconfig-fields.ts';
import { httpProblem } from './problem.ts';
import { ApiError, type Transport } from './transport.ts';

export interface ServerFacts {
  /** `gitVersion`, e.g. `v1.32.13`. */
  readonly version: string;
  /** How far the server's clock is ahead of ours, ms; 0 where the difference is within the error of measuring. */
  readonly skew: number;
}

/** The Date header counts whole seconds, and the answer travels: less than this cannot be told from nothing, in ms. */
const measurable = 2_000;

/** Asks for the version. @throws ClusterError when there is no Kubernetes API server or it cannot be reached */
export async function readVersion(transport: Transport, signal: AbortSignal, now: () => number): Promise<ServerFacts> {
  const sent = now();
  const { body, date } = await transport.json('/version', { signal });
  const version = isMap(body) ? body['gitVersion'] : undefined;
  if (typeof version !== 'string') {
    const status = { status: 200, statusReason: '', causes: [] };
    throw new ApiError(httpProblem(status, transport.place).detail, status);
  }
  const skew = date === undefined ? 0 : date + 500 - (sent + now()) / 2;
  return { version, skew: Math.abs(skew) < measurable ? 0 : Math.round(skew) };
}

/**
 * Group versions that the server serves, e.g. `apps/v1`; undefined when it does not say, then every kind is tried.
 * The core group is always there.
 */
export async function readGroups(transport: Transport, signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
  try {
    const { body } = await transport.json('/apis', { signal });
    if (!isMap(body) || !Array.isArray(body['groups'])) return undefined;
    const found = new Set<string>(['v1']);
    for (const group of body['groups']) {
      const versions = isMap(group) && Array.isArray(group['versions']) ? group['versions'] : [];
      for (const entry of versions) {
        if (isMap(entry) && typeof entry['groupVersion'] === 'string') found.add(entry['groupVersion']);
      }
    }
    return found;
  } catch {
    // Discovery may be forbidden where lists are not; each kind then tells for itself.
    return undefined;
  }
}
