import type { PodKind, PodKinds } from '../kube/kinds.ts';
import { groupKind, isJobKind, isToolConfig, podTemplatePath, templateRef } from '../kube/kinds.ts';
import type { PodTemplate } from '../kube/pod.ts';
import { readPodTemplate } from '../kube/pod.ts';
import type { SuppressionComment } from '../lint/suppression-comments.ts';
import { readSuppressionComments } from '../lint/suppression-comments.ts';
import type { Node } from '../yaml/node.ts';
import type { SyntaxProblem } from '../yaml/parse.ts';
import { parseDocument } from '../yaml/parse.ts';
import { Value } from '../yaml/value.ts';

/**
 * How long a workload's pods are meant to run. `long`: until they are replaced; `job`: to completion, watched by the
 * Job controller; `once`: a bare Pod that is not restarted always.
 */
export type Lifetime = 'long' | 'job' | 'once';

/** A Kubernetes object as one document (or one item of a List) writes it. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  /** `group/Kind`; `/Pod` for the core group. */
  readonly groupKind: string;
  /** Undefined when missing (generateName) or template text. */
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly value: Value;
  /** The pods it makes, for workloads of known kinds and for others with `spec.template.spec.containers`. */
  readonly pod: PodTemplate | undefined;
  readonly lifetime: Lifetime | undefined;
  /** What the configuration says of its kind. */
  readonly declared: PodKind | undefined;
  /** A kind we do not know: only what its containers say is judged. */
  readonly custom: boolean;
  /**
   * Names only what it changes: a workload none of whose containers has an image cannot be meant to be applied as it is,
   * so it is a patch that no kustomization here mentions; or a workload that runs the pod template of another object.
   */
  readonly partial: boolean;
}

/** Everything one document's text tells, independent of where it stands; cached by that text. */
export interface Manifest {
  readonly text: string;
  readonly root: Node | undefined;
  readonly problem: SyntaxProblem | undefined;
  readonly templated: boolean;
  /** Objects that others may name; with a problem, they are not judged. */
  readonly resources: readonly Resource[];
  readonly suppressions: readonly SuppressionComment[];
}

/** Reads one document's text. */
export function readManifest(text: string): Manifest {
  const { root, problem, templated } = parseDocument(text);
  // The API server refuses a map with a key twice, but what the document means to be is known: others name it.
  const readable = !problem || problem.code === 'DUPLICATE_KEY';
  return {
    text,
    root,
    problem,
    templated,
    resources: readable ? readResources(Value.root(root), noKinds) : [],
    suppressions: readSuppressionComments(text, root),
  };
}

const noKinds: PodKinds = new Map();

/** A manifest with its objects read anew if other kinds are declared than it was read with; else itself. */
export function withKinds(manifest: Manifest, kinds: PodKinds): Manifest {
  const fits = manifest.resources.every(({ groupKind: name, declared }) => isSame(kinds.get(name), declared));
  return fits ? manifest : { ...manifest, resources: readResources(Value.root(manifest.root), kinds) };
}

const isSame = (a: PodKind | undefined, b: PodKind | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b));

/**
 * The objects of a document: itself, or the items of a List. An item that aliases repeat is one object, so that Lists
 * of aliases of Lists do not multiply.
 */
function readResources(root: Value, kinds: PodKinds, seen = new Set<number>()): Resource[] {
  if (seen.has(root.range.start)) return [];
  seen.add(root.range.start);
  const kind = root.at('kind').text();
  const apiVersion = root.at('apiVersion').text();
  if (kind === undefined || apiVersion === undefined) return [];
  if (kind.endsWith('List') && root.at('items').isSeq)
    return root
      .at('items')
      .items()
      .flatMap((item) => readResources(item, kinds, seen));
  if (isToolConfig(apiVersion)) return [];
  return [readResource(root, apiVersion, kind, kinds.get(groupKind(apiVersion, kind)))];
}

/** Reads one object at its place. */
function readResource(value: Value, apiVersion: string, kind: string, declared?: PodKind): Resource {
  const path = declared?.template ?? podTemplatePath(apiVersion, kind, value);
  const group = groupKind(apiVersion, kind);
  let pod: PodTemplate | undefined;
  return {
    apiVersion,
    kind,
    groupKind: group,
    name: value.at('metadata', 'name').text(),
    namespace: value.at('metadata', 'namespace').text(),
    value,
    get pod() {
      return path && (pod ??= readPodTemplate(value.at(...path)));
    },
    lifetime: path && lifetimeOf(group, value),
    declared,
    custom: path !== undefined && !declared && !knownGroups.test(group),
    partial: path ? isPartial(value.at(...path, 'spec')) : templateRef(group, value) !== undefined,
  };
}

/** Name of an object, or the token that stands for it in a chart. */
export const identityOf = ({ name, value }: Resource): string | undefined =>
  name ?? value.at('metadata', 'name').identity();

/** An object with another tree in its place. */
export const remade = ({ value, apiVersion, kind, declared }: Resource, tree: Node): Resource =>
  readResource(value.over(tree), apiVersion, kind, declared);

const knownGroups =
  /^(?:|apps|batch|extensions|apps\.openshift\.io|argoproj\.io|apps\.kruise\.io|serving\.knative\.dev)\//;

function isPartial(spec: Value): boolean {
  if (spec.open) return false;
  const containers = spec.at('containers');
  return !containers.open && containers.items().every((container) => !container.open && container.at('image').missing);
}

function lifetimeOf(group: string, value: Value): Lifetime {
  if (isJobKind(group)) return 'job';
  if (group !== '/Pod') return 'long';
  const policy = value.at('spec', 'restartPolicy');
  // An owner of unknown kind may be a Job, and so may owners that template text writes.
  const owners = value.at('metadata', 'ownerReferences');
  const owned =
    owners.open || owners.items().some((owner) => owner.at('kind').templated || owner.at('kind').text() === 'Job');
  if (owned) return 'job';
  return policy.missing || policy.text() === 'Always' ? 'long' : 'once';
}
