/**
 * Kinds by what they are to self-healing. A kind is named by its API group and kind, never by its kind alone:
 * `Service` of Knative is no `Service` of the core group.
 */
import type { Value } from '../yaml/value.ts';

/** API group and version of an `apiVersion`. The core group is the empty string. */
export function groupOf(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** `group/Kind`, the form of the tables below; the core group gives `/Pod`. */
export const groupKind = (apiVersion: string, kind: string): string => `${groupOf(apiVersion).group}/${kind}`;

/** Where a workload kind keeps its pod template. */
const templatePaths: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [],
  '/PodTemplate': ['template'],
  '/ReplicationController': ['spec', 'template'],
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'extensions/Deployment': ['spec', 'template'],
  'extensions/DaemonSet': ['spec', 'template'],
  'extensions/ReplicaSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  'apps.openshift.io/DeploymentConfig': ['spec', 'template'],
  'argoproj.io/Rollout': ['spec', 'template'],
  'apps.kruise.io/CloneSet': ['spec', 'template'],
  'apps.kruise.io/StatefulSet': ['spec', 'template'],
  'apps.kruise.io/DaemonSet': ['spec', 'template'],
  'serving.knative.dev/Service': ['spec', 'template'],
  'serving.knative.dev/Configuration': ['spec', 'template'],
};

/** Whether the pod template of a kind (`group/Kind`) stands where we know. */
export const knowsTemplateOf = (groupKindName: string): boolean => Object.hasOwn(templatePaths, groupKindName);

/** Where objects of a kind that the user declares to make pods keep what rules ask for; paths from the object. */
export interface PodKind {
  /** What holds `metadata` and `spec` of the pods. */
  readonly template: readonly string[];
  readonly replicas?: readonly string[];
  /** A metav1.LabelSelector that finds the pods. */
  readonly selector?: readonly string[];
}

/** Declared kinds by `group/Kind`. */
export type PodKinds = ReadonlyMap<string, PodKind>;

/** Stands in a rule's kinds for the declared ones that say where their number of pods is. */
export const declaredWithReplicas = '*/*';

/** Every known kind that makes pods, as `group/Kind`: for rules that look at other kinds beside them. */
export const workloadKinds: readonly string[] = Object.keys(templatePaths);

const jobs: ReadonlySet<string> = new Set(['batch/Job', 'batch/CronJob']);

/** Path of a kind's pod template; undefined for kinds that run no pods, `custom` for unknown ones with a template. */
export function podTemplatePath(apiVersion: string, kind: string, root: Value): readonly string[] | undefined {
  const group = groupKind(apiVersion, kind);
  if (templateRef(group, root)) return undefined;
  const known = templatePaths[group];
  if (known) return known;
  if (groupOf(apiVersion).group === '') return undefined;
  return root.at('spec', 'template', 'spec', 'containers').isSeq ? ['spec', 'template'] : undefined;
}

const argoRollout = 'argoproj.io/Rollout';

/** Kinds whose pod template an Argo Rollout may run as its own (rollout/templateref.go of Argo Rollouts). */
const lending: ReadonlySet<string> = new Set(['apps/Deployment', 'apps/ReplicaSet', '/PodTemplate']);

/** Whether another workload may run the pod template of an object of this kind. */
export const mayLend = (groupKindName: string): boolean => lending.has(groupKindName);

/** The object whose pod template a workload runs. */
export interface TemplateRef {
  readonly groupKind: string;
  /** Its name, or the template text that stands for it. */
  readonly name: string;
}

/**
 * What an Argo Rollout names in `spec.workloadRef`, in its own namespace; undefined for workloads that have a template
 * of their own, `unknown` where it is none that Argo supports, or template text is part of it.
 */
export function templateRef(groupKindName: string, object: Value): TemplateRef | 'unknown' | undefined {
  if (groupKindName !== argoRollout) return undefined;
  const ref = object.at('spec', 'workloadRef');
  if (ref.missing || (ref.unknown && !object.at('spec').has('workloadRef'))) return undefined;
  const [apiVersion, kind, name] = [ref.at('apiVersion').text(), ref.at('kind').text(), ref.at('name').identity()];
  if (apiVersion === undefined || kind === undefined || name === undefined) return 'unknown';
  const found = groupKind(apiVersion, kind);
  return mayLend(found) ? { groupKind: found, name } : 'unknown';
}

/** Job and CronJob: their pods run to completion. */
export const isJobKind = (groupKindName: string): boolean => jobs.has(groupKindName);

/** Objects that configure tools and are never sent to the API server. */
export const isToolConfig = (apiVersion: string): boolean =>
  /^(?:kustomize\.config\.k8s\.io|skaffold|helm\.toolkit|v1alpha1\.config)\b/.test(apiVersion);
