import { affinityTerms } from '../kube/scheduling.ts';
import type { Operation } from '../yaml/edit.ts';
import type { Plain } from '../yaml/plain.ts';
import { ownSelector } from './own-selector.ts';
import type { Located } from './project.ts';

/** Labels of nodes that name a failure domain: what fails together. */
const domains: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]);

/** Whether a pod template asks to be spread over failure domains; undefined when template text may do so. */
export function isSpread({ resource }: Located): boolean | undefined {
  const spec = resource.pod?.spec;
  if (!spec) return undefined;
  const constraints = spec.at('topologySpreadConstraints');
  if (constraints.open || constraints.unknown) return undefined;
  if (constraints.items().length > 0) return true;
  const terms = affinityTerms(spec, 'podAntiAffinity');
  if (!terms) return undefined;
  const keys = terms.map(({ term }) => term.at('topologyKey'));
  if (keys.some((key) => domains.has(key.text() ?? ''))) return true;
  return keys.some((key) => key.templated) ? undefined : false;
}

/**
 * Operations that spread a workload's pods over nodes and zones, as far as it can be done; empty when its selector
 * cannot be read. `matchLabelKeys` (on since 1.27) makes an update count its own pods only.
 */
export function proposeSpread({ resource }: Located, matchLabelKeys: boolean): Operation[] {
  const path = resource.pod?.spec.path;
  const labelSelector = ownSelector(resource);
  if (!path || labelSelector === undefined) return [];
  const hash =
    matchLabelKeys && resource.groupKind === 'apps/Deployment' ? { matchLabelKeys: ['pod-template-hash'] } : {};
  const constraint = (topologyKey: string): Plain => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector,
    ...hash,
  });
  const value = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(constraint);
  return [{ op: 'set', path: [...path, 'topologySpreadConstraints'], value }];
}
