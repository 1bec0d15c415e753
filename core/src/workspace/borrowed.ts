import { readPodTemplate } from '../kube/pod.ts';
import type { Range } from '../text/text.ts';
import type { MapNode, Node } from '../yaml/node.ts';
import { relocate } from '../yaml/patch.ts';
import type { Value } from '../yaml/value.ts';
import { asWritten, standsFor } from './frame.ts';
import type { Resource } from './manifest.ts';

/**
 * A workload that runs the pod template of another object (an Argo Rollout with `spec.workloadRef`) is one workload
 * written in two places. Each place is judged as the whole, with what stands in the other one gathered at one spot:
 * what is found there is told over there.
 */
export interface Joined {
  /** The workload, at its own place: the template stands where it is referred to. */
  readonly borrower: Resource;
  /** The workload, where its template is written: all else stands on the first line. */
  readonly lender: Resource;
}

/** The objects, as they are written or built, that a workload was joined from. */
interface Halves {
  readonly borrower: Resource;
  readonly lender: Resource;
}

const halves = new WeakMap<Resource, Halves>();

const known = new WeakMap<Resource, WeakMap<Resource, Joined>>();

/** One workload from the object that runs a template and the one that has it; the same each time it is asked for. */
export function join(borrower: Resource, lender: Resource): Joined {
  let ofBorrower = known.get(borrower);
  if (!ofBorrower) known.set(borrower, (ofBorrower = new WeakMap()));
  let joined = ofBorrower.get(lender);
  if (!joined) {
    joined = { borrower: atBorrower(borrower, lender), lender: atLender(borrower, lender) };
    standsFor(joined.borrower, borrower);
    standsFor(joined.lender, lender);
    for (const half of [joined.borrower, joined.lender]) halves.set(half, { borrower, lender });
    ofBorrower.set(lender, joined);
  }
  return joined;
}

/** Place that stands for a template which is written elsewhere. */
export const templatePlace = ({ value }: Resource): Range => value.at('spec', 'workloadRef').highlight;

/** Where a part of a workload really stands: the object that has it, and its value there. */
export function partOf(resource: Resource, at: Value): { readonly resource: Resource; readonly at: Value } {
  const { borrower, lender } = halves.get(resource) ?? {};
  if (!borrower || !lender?.pod) return { resource, at };
  const steps = at.path.slice(resource.value.path.length);
  const template = lender.pod.value.path.slice(lender.value.path.length);
  const own = asWritten(resource) === asWritten(lender) ? template : ['spec', 'template'];
  if (own.every((step, index) => steps[index] === step))
    return { resource: lender, at: lender.pod.value.at(...steps.slice(own.length)) };
  return { resource: borrower, at: borrower.value.at(...steps) };
}

function atBorrower(borrower: Resource, lender: Resource): Resource {
  const place = templatePlace(borrower);
  const value = withParts(borrower.value, borrower, lender, (node) => ({ node: relocate(node, place), place }));
  return { ...whole(borrower, lender), value, pod: readPodTemplate(value.at('spec', 'template')) };
}

function atLender(borrower: Resource, lender: Resource): Resource {
  const { tree } = borrower.value;
  const moved = tree ? lender.value.over(relocate(tree, lender.value.highlight)) : lender.value;
  const value = withParts(moved, borrower, lender, (node, { highlight }) => ({ node, place: highlight }));
  return { ...whole(borrower, lender), value, pod: lender.pod };
}

const whole = ({ apiVersion, kind, groupKind, name, namespace }: Resource, { partial }: Resource) =>
  ({
    apiVersion,
    kind,
    groupKind,
    name,
    namespace,
    partial,
    lifetime: 'long',
    declared: undefined,
    custom: false,
  }) as const;

/**
 * An object with the template of another one, and with its selector where it has none itself.
 * @param put where a part is to stand
 */
function withParts(
  value: Value,
  borrower: Resource,
  lender: Resource,
  put: (node: Node, part: Value) => { readonly node: Node; readonly place: Range },
): Value {
  const [root, spec] = [value.tree, value.at('spec').tree];
  if (root?.kind !== 'map' || spec?.kind !== 'map') return value;
  const selector = borrower.value.at('spec', 'selector').missing ? lender.value.at('spec', 'selector') : undefined;
  const pairs = new Map(spec.pairs.map((pair) => [pair.key, pair]));
  pairs.delete('workloadRef');
  for (const [key, part] of [['template', lender.pod?.value] as const, ['selector', selector] as const]) {
    if (!part?.tree) continue;
    const { node, place } = put(part.tree, part);
    pairs.set(key, { key, keyStart: place.start, keyEnd: place.end, value: node, shared: false });
  }
  const next: MapNode = { ...spec, pairs: [...pairs.values()] };
  return value.over({
    ...root,
    pairs: root.pairs.map((pair) => (pair.key === 'spec' ? { ...pair, value: next } : pair)),
  });
}
