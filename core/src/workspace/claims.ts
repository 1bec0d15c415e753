import type { Value } from '../yaml/value.ts';
import type { Located } from './project.ts';
import type { Surroundings } from './surroundings.ts';

/** A claim that a pod template mounts. */
export interface MountedClaim {
  /** Value that names the claim. */
  readonly at: Value;
  readonly name: string;
  /** The claim's object, where the workspace has it. */
  readonly claim: Located | undefined;
  /** `one-node`: ReadWriteOnce, `one-pod`: ReadWriteOncePod, `many`: several nodes may write or read; undefined when it cannot be told. */
  readonly access: 'one-node' | 'one-pod' | 'many' | undefined;
}

/** PersistentVolumeClaims by name in a workload's pod template; generic ephemeral volumes are each pod's own and left out. */
export function mountedClaims(workload: Located, around: Surroundings): MountedClaim[] {
  const volumes = workload.resource.pod?.spec.at('volumes').items() ?? [];
  return volumes.flatMap((volume): MountedClaim[] => {
    const at = volume.at('persistentVolumeClaim', 'claimName');
    const name = at.text();
    const identity = at.identity();
    if (identity === undefined) return at.missing ? [] : [{ at, name: '…', claim: undefined, access: undefined }];
    const claim = around.named(workload, '/PersistentVolumeClaim', identity);
    const patched = claim !== undefined && around.patched(claim, claim.resource.value.at('spec', 'accessModes'));
    return [
      {
        at,
        name: name ?? '…',
        claim,
        access: claim && !patched ? accessOf(claim.resource.value.at('spec', 'accessModes')) : undefined,
      },
    ];
  });
}

function accessOf(modes: Value): MountedClaim['access'] {
  const texts = modes.items().map((mode) => mode.text());
  if (modes.open || texts.length === 0 || texts.includes(undefined)) return undefined;
  if (texts.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany')) return 'many';
  return texts.includes('ReadWriteOncePod') ? 'one-pod' : texts.includes('ReadWriteOnce') ? 'one-node' : undefined;
}
