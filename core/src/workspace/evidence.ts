import type { Severity } from '../lint/rule.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * What speaks for it that an object which is nowhere to be seen does not exist. `near`: one is there that was most
 * likely meant; `seen`: the unit shows others of the kind in the namespace, so this one would be among them; `unseen`:
 * nothing, it may well stand in another repository.
 */
export type Evidence = 'near' | 'seen' | 'unseen';

/** What is looked for: any workload, or objects of some kinds (`group/Kind`). */
export type Wanted = 'workload' | readonly string[];

/** Kinds of which there is one set for all namespaces. */
const clusterKinds: ReadonlySet<string> = new Set([
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/StorageClass',
  '/PersistentVolume',
  '/Namespace',
  'networking.k8s.io/IngressClass',
]);

/** Whether objects of a kind stand in no namespace. */
export const isClusterKind = (groupKind: string): boolean => clusterKinds.has(groupKind);

/** Objects that would show what is looked for if it were written down: those of the unit, in the namespace of an object. */
export function seenAround(near: Located, around: Surroundings, wanted: Wanted): readonly Located[] {
  if (wanted === 'workload') return around.workloads(near, 'unit');
  return wanted.flatMap((groupKind) =>
    isClusterKind(groupKind) ? around.clusterWide(groupKind) : around.inUnit(near, groupKind),
  );
}

/**
 * Evidence for an object's absence.
 * @param near the object that refers to it
 * @param close whether one comes so close that it was most likely meant
 */
export function evidenceOf(near: Located, around: Surroundings, wanted: Wanted, close: boolean): Evidence {
  if (close) return 'near';
  return seenAround(near, around, wanted).length > 0 ? 'seen' : 'unseen';
}

/** What a report of something absent says about its level: a claim that nothing speaks for is a hint, others are the rule's own. */
export const levelFor = (evidence: Evidence): { readonly severity?: Severity } =>
  evidence === 'unseen' ? { severity: 'hint' } : {};
