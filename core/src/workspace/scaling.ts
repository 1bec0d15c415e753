import { groupKind } from '../kube/kinds.ts';
import type { Resource } from './manifest.ts';
import { identityOf } from './manifest.ts';
import { aimsAtGroup, keys } from './object-keys.ts';
import type { Located } from './project.ts';
import type { Sight } from './sight.ts';

const isOwnScaler = ({ groupKind: kind }: Resource): boolean => kind === 'autoscaling/HorizontalPodAutoscaler';

/** HorizontalPodAutoscalers and KEDA ScaledObjects that scale a workload of some name, in the namespace of an object. */
export function scalersAimedAt(sight: Sight, near: Located, kind: string, name: string, apiVersion: string): Located[] {
  const found = sight
    .get(keys.scaling(sight.namespaceOf(near), kind, name))
    .filter((scaler) => aimsAtGroup(scaler, apiVersion));
  const [own, others] = [found.filter(isOwnScaler), found.filter((scaler) => !isOwnScaler(scaler))];
  return sight.located([...own, ...others]);
}

/** Whether an autoscaler may scale a workload, but template text hides the name of one or the other. */
export function hasUnknownAutoscaler(sight: Sight, workload: Located): boolean {
  const unit = sight.unitOf(workload);
  const namespace = sight.namespaceOf(workload);
  const kinds = ['autoscaling/HorizontalPodAutoscaler', 'keda.sh/ScaledObject'];
  const candidates =
    workload.resource.name === undefined
      ? kinds.map((kind) => keys.inUnit(unit.id, namespace, kind))
      : [keys.scalingUnknown(unit.id, namespace)];
  return sight
    .located(candidates.flatMap((key) => sight.get(key)))
    .filter((scaler) => unit.type === 'chart' || folderOf(scaler) === folderOf(workload))
    .some((scaler) => !isFor(sight, scaler, workload));
}

/** Whether it is known whom an autoscaler scales: the workload, or another one. */
function isFor(sight: Sight, scaler: Located, workload: Located): boolean {
  const target = scaler.resource.value.at('spec', 'scaleTargetRef');
  const name = target.at('name').identity();
  if (name === undefined) return false;
  const kind = target.at('kind').missing ? 'Deployment' : target.at('kind').text();
  if (name === identityOf(workload.resource)) return kind === workload.resource.kind;
  const group = groupKind(target.at('apiVersion').text() ?? 'apps/v1', kind ?? '');
  return sight.located(sight.get(keys.named(sight.namespaceOf(scaler), group, name))).length > 0;
}

const folderOf = ({ file: { uri } }: Located): string => uri.slice(0, uri.lastIndexOf('/'));
