/** Projections of claims, volumes, attachments and classes. Attributes and secrets of drivers never get in. */
import type { SlimAttachment, SlimClaim, SlimMeta, SlimStorageClass, SlimVolume, VolumeError } from './slim-types.ts';
import type { Json } from './read.ts';
import { array, compact, record, shortText, string } from './read.ts';
import { parseTime } from './time.ts';

export function slimClaim(meta: SlimMeta, raw: Json): SlimClaim {
  const spec = record(raw.spec);
  const annotations = record(record(raw.metadata).annotations);
  return compact<SlimClaim>({
    ...meta,
    resource: 'persistentvolumeclaims',
    phase: string(record(raw.status).phase) ?? 'Pending',
    // An empty name is a statement of its own here.
    storageClass: typeof spec.storageClassName === 'string' ? spec.storageClassName : undefined,
    volume: string(spec.volumeName),
    modes: array(spec.accessModes).flatMap((mode) => string(mode) ?? []),
    provisioner:
      string(annotations['volume.kubernetes.io/storage-provisioner']) ??
      string(annotations['volume.beta.kubernetes.io/storage-provisioner']),
  });
}

export function slimVolume(meta: SlimMeta, raw: Json): SlimVolume {
  const status = record(raw.status);
  const claim = record(record(raw.spec).claimRef);
  const [namespace, name] = [string(claim.namespace), string(claim.name)];
  return compact<SlimVolume>({
    ...meta,
    resource: 'persistentvolumes',
    phase: string(status.phase) ?? 'Pending',
    since: parseTime(status.lastPhaseTransitionTime),
    reason: shortText(status.reason, 100),
    message: shortText(status.message, 300),
    claim:
      namespace === undefined || name === undefined
        ? undefined
        : compact<NonNullable<SlimVolume['claim']>>({ namespace, name, uid: string(claim.uid) }),
  });
}

function volumeError(value: unknown): VolumeError | undefined {
  const found = record(value);
  const message = shortText(found.message, 300);
  return message === undefined ? undefined : compact<VolumeError>({ at: parseTime(found.time), message });
}

export function slimAttachment(meta: SlimMeta, raw: Json): SlimAttachment {
  const [spec, status] = [record(raw.spec), record(raw.status)];
  return compact<SlimAttachment>({
    ...meta,
    resource: 'volumeattachments',
    node: string(spec.nodeName) ?? '',
    volume: string(record(spec.source).persistentVolumeName),
    attached: status.attached === true,
    attachError: volumeError(status.attachError),
    detachError: volumeError(status.detachError),
  });
}

export function slimStorageClass(meta: SlimMeta, raw: Json): SlimStorageClass {
  const annotations = record(record(raw.metadata).annotations);
  const marked = (key: string): boolean => annotations[key] === 'true';
  return {
    ...meta,
    resource: 'storageclasses',
    provisioner: string(raw.provisioner) ?? '',
    waits: raw.volumeBindingMode === 'WaitForFirstConsumer',
    isDefault:
      marked('storageclass.kubernetes.io/is-default-class') ||
      marked('storageclass.beta.kubernetes.io/is-default-class'),
  };
}
