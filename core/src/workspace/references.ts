import type { PodTemplate } from '../kube/pod.ts';
import type { Value } from '../yaml/value.ts';

/** A ConfigMap or Secret that a pod template names. */
export interface ConfigReference {
  readonly groupKind: '/ConfigMap' | '/Secret';
  /** Value that holds the name. */
  readonly at: Value;
  /** Keys it needs; empty where it takes all there are. */
  readonly keys: readonly Value[];
  /** Map that `optional` stands in; undefined for imagePullSecrets, which know no such field. */
  readonly holder: Value | undefined;
}

const kinds = [
  ['configMap', '/ConfigMap'],
  ['secret', '/Secret'],
] as const;

/** ConfigMaps and Secrets that pods need: environment, volumes, image pull secrets. References that are optional are left out. */
export function configReferences(pod: PodTemplate): ConfigReference[] {
  const found: ConfigReference[] = [];
  const add = (
    groupKind: ConfigReference['groupKind'],
    holder: Value,
    nameField: string,
    keys: readonly Value[],
  ): void => {
    const optional = holder.at('optional');
    if (holder.isMap && (optional.missing || optional.boolean() === false))
      found.push({ groupKind, at: holder.at(nameField), keys, holder });
  };
  for (const { value } of pod.containers) {
    for (const entry of value.at('env').items()) {
      for (const [kind, groupKind] of kinds) {
        const holder = entry.at('valueFrom', `${kind}KeyRef`);
        add(groupKind, holder, 'name', [holder.at('key')]);
      }
    }
    for (const source of value.at('envFrom').items())
      for (const [kind, groupKind] of kinds) add(groupKind, source.at(`${kind}Ref`), 'name', []);
  }
  for (const volume of pod.spec.at('volumes').items()) {
    for (const [kind, groupKind] of kinds) {
      add(groupKind, volume.at(kind), kind === 'secret' ? 'secretName' : 'name', itemKeys(volume.at(kind)));
      for (const source of volume.at('projected', 'sources').items())
        add(groupKind, source.at(kind), 'name', itemKeys(source.at(kind)));
    }
  }
  for (const secret of pod.spec.at('imagePullSecrets').items())
    found.push({ groupKind: '/Secret', at: secret.at('name'), keys: [], holder: undefined });
  return found;
}

const itemKeys = (holder: Value): Value[] =>
  holder
    .at('items')
    .items()
    .map((item) => item.at('key'));
