import type { Known } from '../lint/configuration.ts';
import type { Absent } from './named.ts';
import { isAbsent } from './named.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';
import { belongTogether } from './together.ts';

/** What became of an object that another one names: it is here, it may be, or it is not. */
export type Sought = { readonly object: Located } | 'hidden' | Absent;

/**
 * Looks for a namespaced object by name. Others of its kind only show that it should be here, too, where they are meant
 * for the same place; and what an operator's object makes is mostly called after it.
 * @param groupKind `group/Kind` of the wanted object
 */
export function seek(near: Located, groupKind: string, name: string, around: Surroundings, known: Known): Sought {
  const object = around.named(near, groupKind, name) ?? undecided(near, groupKind, name, around);
  if (object) return { object };
  const absent = isAbsent(name, groupKind, near, around, known);
  if (!absent) return 'hidden';
  const expected = around.inUnit(near, groupKind).some((other) => belongTogether(near, other, around));
  if (groupKind === '/Service' && isMadeByOperator(near, name, around)) return 'hidden';
  return absent.evidence === 'seen' && !expected ? { ...absent, evidence: 'unseen' } : absent;
}

/** Kinds whose operator makes Services that are called after the object, or as given here. */
const serviceMakers: readonly (readonly [groupKind: string, ...names: readonly string[]])[] = [
  ['ceph.rook.io/CephCluster'],
  ['ceph.rook.io/CephObjectStore'],
  ['elasticsearch.k8s.elastic.co/Elasticsearch'],
  ['kibana.k8s.elastic.co/Kibana'],
  ['kafka.strimzi.io/Kafka'],
  ['kafka.strimzi.io/KafkaBridge'],
  ['monitoring.coreos.com/Prometheus', 'prometheus-operated'],
  ['monitoring.coreos.com/Alertmanager', 'alertmanager-operated'],
  ['monitoring.coreos.com/ThanosRuler', 'thanos-ruler-operated'],
  ['postgresql.cnpg.io/Cluster'],
  ['acid.zalan.do/postgresql'],
  ['minio.min.io/Tenant', 'minio'],
  ['k8s.mariadb.com/MariaDB'],
  ['serving.knative.dev/Service'],
  ['flagger.app/Canary'],
];

/** Whether an operator makes a Service of this name, as far as its object tells. */
export const isMadeByOperator = (near: Located, service: string, around: Surroundings): boolean =>
  serviceMakers.some(([groupKind, ...names]) =>
    around
      .anywhere(near, groupKind)
      .some(
        ({ resource: { name } }) =>
          name === undefined ||
          names.includes(service) ||
          service === name ||
          service.startsWith(`${name}-`) ||
          service.endsWith(`-${name}`),
      ),
  );

/** An object whose namespace cannot be told may land beside any other. */
function undecided(near: Located, groupKind: string, name: string, around: Surroundings): Located | undefined {
  const home = around.namespaceOf(near);
  return around
    .clusterWide(groupKind)
    .find((candidate) => candidate.resource.name === name && (home === '' || around.namespaceOf(candidate) === ''));
}

/** The same place, seen from another namespace: for references that name one. */
export const inNamespace = (near: Located, namespace: string): Located => ({
  ...near,
  resource: { ...near.resource, namespace, pod: undefined },
});
