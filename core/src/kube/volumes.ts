/** Volumes of a pod, where containers mount them, and the claims a StatefulSet makes for each pod. */
import type { Value } from '../yaml/value.ts';
import type { Container, PodTemplate } from './pod.ts';

/** One entry of `spec.volumes`. */
export interface Volume {
  readonly name: string | undefined;
  readonly value: Value;
  /** Key of its source, such as `emptyDir`; undefined when template text hides it. */
  readonly source: string | undefined;
  /** What stands behind that key. */
  readonly at: Value;
}

/** Volumes that a pod template declares. */
export const volumesOf = (pod: PodTemplate): readonly Volume[] =>
  pod.spec
    .at('volumes')
    .items()
    .map((value): Volume => {
      // Null counts as absent, and an entry without a source is an emptyDir (core/v1 Volume defaulting).
      const source = value.entries().find((entry) => entry.key !== 'name' && !entry.value.missing);
      return {
        name: value.at('name').text(),
        value,
        source: source?.key ?? (value.open ? undefined : 'emptyDir'),
        at: source?.value ?? value,
      };
    });

/** Where a container sees a volume. */
export interface Mount {
  readonly value: Value;
  readonly volume: string | undefined;
  readonly path: string | undefined;
  /** Whether nothing is written through this mount; undefined where template text decides. */
  readonly readOnly: boolean | undefined;
}

/** Mounts of a container: as folders, and as raw devices. */
export const mountsOf = ({ value }: Container): readonly Mount[] =>
  [...value.at('volumeMounts').items(), ...value.at('volumeDevices').items()].map((mount) => ({
    value: mount,
    volume: mount.at('name').text(),
    path: mount.at('mountPath').text() ?? mount.at('devicePath').text(),
    readOnly: mount.at('readOnly').templated ? undefined : mount.at('readOnly').boolean() === true,
  }));

/** Whether template text may add mounts to a container, or hides what one of them mounts. */
export const mountsUnknown = (container: Container): boolean =>
  ['volumeMounts', 'volumeDevices'].some((key) => container.value.at(key).open) ||
  mountsOf(container).some(({ volume }) => volume === undefined);

/** A claim that a StatefulSet makes for each of its pods. */
export interface ClaimTemplate {
  readonly name: string | undefined;
  readonly value: Value;
  readonly spec: Value;
}

/** Claim templates of an object; objects that have none give an empty list. */
export const claimTemplates = (object: Value): readonly ClaimTemplate[] =>
  object
    .at('spec', 'volumeClaimTemplates')
    .items()
    .map((value) => ({ value, name: value.at('metadata', 'name').text(), spec: value.at('spec') }));

/** Sources whose content goes with the pod, or that hold configuration. */
const fleeting: ReadonlySet<string> = new Set([
  'emptyDir',
  'configMap',
  'secret',
  'projected',
  'downwardAPI',
  'gitRepo',
  'image',
  'hostPath',
]);

/** Whether what is written to a volume outlives the pod, wherever it comes back; undecided counts as lasting. */
export const lasts = ({ source }: Volume): boolean => source === undefined || !fleeting.has(source);

/** Whether a path is a folder or stands below it. */
export function isBelow(path: string, folder: string): boolean {
  const base = folder.replace(/\/+$/, '');
  return path === base || path.replace(/\/+$/, '') === base || path.startsWith(`${base}/`);
}
