/**
 * Keeps equal values once. The pods of a large cluster repeat a few thousand owners, images and node names a hundred
 * thousand times, and every parsed object brings copies of its own. What comes out is equal to what went in.
 */
import type { Owner, Probe } from './slim-types.ts';

/** Values kept; after so many different ones sharing begins anew. */
const limit = 150_000;

function keep<Value>(values: Map<string, Value>, key: string, value: Value): Value {
  if (values.size >= limit) values.clear();
  values.set(key, value);
  return value;
}

const texts = new Map<string, string>();

/** The same text, the first copy of it. */
export function sharedText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : (texts.get(text) ?? keep(texts, text, text));
}

const owners = new Map<string, Owner>();

/** The same owner, the first copy of it. */
export function sharedOwner(owner: Owner): Owner {
  const known = owners.get(owner.uid);
  const same =
    known?.name === owner.name && known.kind === owner.kind && known.apiVersion === owner.apiVersion
      ? known
      : undefined;
  return same ?? keep(owners, owner.uid, owner);
}

const probes = new Map<string, Probe>();

/** The same probe, the first copy of it. */
export function sharedProbe(probe: Probe): Probe {
  const key = `${probe.handler}/${probe.periodSeconds}/${probe.failureThreshold}`;
  return probes.get(key) ?? keep(probes, key, probe);
}
