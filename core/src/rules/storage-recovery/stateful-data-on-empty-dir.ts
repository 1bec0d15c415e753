import type { Fix, UnitContext } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Database } from '../../kube/databases.ts';
import { databaseOf } from '../../kube/databases.ts';
import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import type { Mount, Volume } from '../../kube/volumes.ts';
import { claimTemplates, isBelow, lasts, mountsOf, mountsUnknown, volumesOf } from '../../kube/volumes.ts';
import { isForOneNode } from '../../workspace/exempt.ts';
import { tabStop } from '../../yaml/plain.ts';

export default defineRule({
  id: 'stateful-data-on-empty-dir',
  capability: 'storage-recovery',
  tier: 1,
  severity: 'warning',
  confidence: 'heuristic',
  since: '0.1.0',
  scope: 'unit',
  kinds: ['apps/StatefulSet', 'apps/Deployment'],
  needs: 'complete',
  docs: {
    summary: 'A database or queue keeps its data where it is lost with the pod.',
    why: 'An emptyDir lives as long as its pod, and the file system of a container only until its next restart. Kubernetes heals by replacing pods: after an eviction, a drain or an update the database comes back, healthy and empty.',
    exemptions:
      'Containers that mount a claim, a claim template, an ephemeral or a CSI volume; clients of a database image; Redis and Valkey that are told never to save (--save ""); overlays for a single node. Info for stores that keep everything in memory unless told otherwise (Redis and Valkey without appendonly or save), and for StatefulSets of unknown images that have no lasting volume and do not ask for the name of their pod.',
    links: ['concepts/workloads/controllers/statefulset#stable-storage', 'concepts/storage/volumes#emptydir'],
  },
  explains: ['pod-lost/node', 'pod-evicted/eviction-api'],
  aliases: [],
  messages: {
    emptyDir:
      'Container "{{container}}" runs {{database}} with its data in an emptyDir ({{path}}): whenever the pod is replaced, it comes back empty.',
    layer:
      'Container "{{container}}" runs {{database}}, but no volume is mounted for its data ({{path}}): at every restart it comes back empty.',
    cache:
      'Container "{{container}}" runs {{database}} without a volume that outlives the pod: after every replacement it starts cold.',
    identity:
      'StatefulSet "{{name}}" mounts no volume that outlives its pods. If it keeps data, that is lost whenever a pod is replaced; if it does not, a Deployment heals faster.',
  },
  titles: {
    template: 'Keep the data on a volume of each pod (claim templates cannot be added to a StatefulSet that exists)',
    claim: 'Keep the data on a PersistentVolumeClaim',
  },
  visit: {
    pod(pod, context) {
      const { located, around, report } = context;
      const { value, kind, name } = located.resource;
      if (
        isForOneNode(located) ||
        pod.spec.at('volumes').open ||
        value.at('spec', 'volumeClaimTemplates').open ||
        pod.containers.some(mountsUnknown)
      )
        return;
      if (
        around.patched(located, pod.spec.at('volumes')) ||
        around.patched(located, value.at('spec', 'volumeClaimTemplates'))
      )
        return;
      const volumes = new Map(volumesOf(pod).map((volume) => [volume.name, volume]));
      const templates = new Set(claimTemplates(value).map((template) => template.name));
      if (volumes.has(undefined) || templates.has(undefined)) return;
      const isLasting = ({ volume }: Mount): boolean =>
        templates.has(volume) ||
        volumes.get(volume)?.source === 'hostPath' ||
        (volumes.has(volume) && lasts(volumes.get(volume) as Volume));
      const running = pod.containers.filter(({ role }) => role !== 'init');
      const databases = running.flatMap((container) => databaseOf(container)?.name ?? []);
      for (const container of running) judge(container, volumes, isLasting, context);
      if (kind !== 'StatefulSet' || databases.length > 0 || templates.size > 0 || running.length === 0) return;
      if (
        pod.containers.some((container) => mountsOf(container).some(isLasting)) ||
        pod.containers.some(({ value: at }) => at.at('image').templated)
      )
        return;
      if (running.some(usesName)) return;
      report({ message: 'identity', at: value.at('kind'), data: { name: name ?? '…' }, severity: 'info' });
    },
  },
});

type Context = UnitContext<'emptyDir' | 'layer' | 'cache' | 'identity'>;

function judge(
  container: Container,
  volumes: ReadonlyMap<string | undefined, Volume>,
  isLasting: (mount: Mount) => boolean,
  { report, located }: Context,
): void {
  const database = databaseOf(container);
  if (!database || database.refusesDisk) return;
  const mounts = mountsOf(container);
  // The deepest mount above the data holds it, or one below holds part of it.
  const lasting = mounts.filter(isLasting);
  const holding = mounts.filter(
    ({ path }) => path !== undefined && database.paths.some((folder) => isBelow(folder, path) || isBelow(path, folder)),
  );
  const empty = holding.find(({ volume }) => volumes.get(volume)?.source === 'emptyDir');
  if (lasting.some((mount) => holding.includes(mount)) || (lasting.length > 0 && !empty)) return;
  const data = {
    container: showName(container),
    database: database.name,
    path: empty?.path ?? database.paths[0] ?? '',
  };
  const volume = empty && volumes.get(empty.volume);
  const at = empty ? empty.value.at('name') : container.value.at('image');
  const fixes = volume ? toClaim(volume) : addVolume(container, database, located.resource.kind);
  if (database.cache) report({ message: 'cache', at, data, severity: 'info', fixes });
  else report({ message: empty ? 'emptyDir' : 'layer', at, data, fixes });
}

/** Whether a container asks which member it is, so that the StatefulSet is there for the names. */
const usesName = ({ value }: Container): boolean =>
  value.at('env').open ||
  value
    .at('env')
    .items()
    .some(
      (entry) =>
        entry.at('valueFrom', 'fieldRef', 'fieldPath').text() === 'metadata.name' ||
        /REPLICAS|SHARD|ORDINAL/.test(entry.at('name').text() ?? ''),
    );

/** The volume keeps its name, so the mounts stay. */
function toClaim({ value }: Volume): Fix[] {
  if (!value.has('emptyDir')) return [];
  const path = [...value.path, 'emptyDir'];
  return [
    {
      class: 'template',
      title: 'claim',
      operations: [
        { op: 'rename', path, key: 'persistentVolumeClaim' },
        { op: 'set', path, value: { claimName: tabStop(1, value.at('name').text() ?? 'data') } },
      ],
    },
  ];
}

function addVolume({ value, pod }: Container, { paths }: Database, kind: string): Fix[] {
  const taken = new Set(volumesOf(pod).map(({ name }) => name));
  const name = ['data', 'database', 'storage'].find((candidate) => !taken.has(candidate));
  if (name === undefined) return [];
  const mount = {
    op: 'append',
    path: [...value.path, 'volumeMounts'],
    value: { name, mountPath: tabStop(1, paths[0] ?? '/data') },
  } as const;
  if (kind === 'StatefulSet') {
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: tabStop(2, '10Gi') } } };
    const path = [...pod.spec.path.slice(0, -3), 'spec', 'volumeClaimTemplates'];
    return [
      {
        class: 'template',
        title: 'template',
        operations: [mount, { op: 'append', path, value: { metadata: { name }, spec } }],
      },
    ];
  }
  const volume = { name, persistentVolumeClaim: { claimName: tabStop(2, name) } };
  return [
    {
      class: 'template',
      title: 'claim',
      operations: [mount, { op: 'append', path: [...pod.spec.path, 'volumes'], value: volume }],
    },
  ];
}
