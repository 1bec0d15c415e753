import type { Value } from '../yaml/value.ts';
import { groupOf } from '../kube/kinds.ts';
import type { Located } from './project.ts';
import type { Resource } from './manifest.ts';
import type { Surroundings } from './surroundings.ts';

/** What an autoscaler says it scales. */
export interface ScaleTarget {
  /** `spec.scaleTargetRef`, or `spec.targetRef` of a VerticalPodAutoscaler. */
  readonly ref: Value;
  readonly kind: string;
  readonly name: string;
  /** As written or by default; undefined where it is missing and has no default. */
  readonly apiVersion: string | undefined;
}

export const isKeda = ({ groupKind }: Resource): boolean => groupKind === 'keda.sh/ScaledObject';

/** Reads the target of an autoscaler; undefined where template text hides it. KEDA has defaults, the others have none. */
export function scaleTarget(resource: Resource): ScaleTarget | undefined {
  const target = comparableTarget(resource);
  return target?.ref.at('name').text() === undefined ? undefined : target;
}

/** The same with the token of a name that a chart's template writes. */
function comparableTarget(resource: Resource): ScaleTarget | undefined {
  const ref = resource.value.at('spec', resource.kind === 'VerticalPodAutoscaler' ? 'targetRef' : 'scaleTargetRef');
  const keda = isKeda(resource);
  const name = ref.at('name').identity();
  const kind = ref.at('kind').missing && keda ? 'Deployment' : ref.at('kind').text();
  const version = ref.at('apiVersion');
  if (name === undefined || kind === undefined || (version.templated && !version.missing)) return undefined;
  return { ref, kind, name, apiVersion: version.missing && keda ? 'apps/v1' : version.text() };
}

/** API groups of the kinds that can be scaled and that we know, by kind. */
const groups: Readonly<Record<string, string>> = {
  Deployment: 'apps',
  StatefulSet: 'apps',
  ReplicaSet: 'apps',
  ReplicationController: '',
  Rollout: 'argoproj.io',
  CloneSet: 'apps.kruise.io',
  DeploymentConfig: 'apps.openshift.io',
};

/** The group that a kind belongs to, of those that can be scaled; undefined for kinds we do not know. */
export const scalableGroup = (kind: string): string | undefined => groups[kind];

/** The kinds that can be scaled and that we know, as `group/Kind`. */
export const scalableKinds: readonly string[] = Object.entries(groups).map(([kind, group]) => `${group}/${kind}`);

/** The object that an autoscaler scales, where the workspace has it; the version of its API does not count. */
export function targetOf(scaler: Located, around: Surroundings): Located | undefined {
  const target = comparableTarget(scaler.resource);
  if (!target) return undefined;
  const group = target.apiVersion === undefined ? '' : groupOf(target.apiVersion).group;
  return around.named(scaler, `${group}/${target.kind}`, target.name);
}
