import { defineCause } from '../cause.ts';
import type { RootCauseClass } from '../view.ts';

/** A claim gets no volume. That one waits for its first pod is as it should be, and no fault. */
export const volumePending = defineCause({
  about: 'claim',
  ids: ['class-missing', 'no-class', 'provisioning-failed', 'provisioner'].map((reason) => `volume-pending/${reason}`),
  match({ claim, storageClass, provisioning, silent }) {
    if (claim.phase !== 'Pending') return undefined;
    const verdict = (reason: string, rootCause: RootCauseClass, data: Readonly<Record<string, string>> = {}) => ({
      cause: `volume-pending/${reason}`,
      rootCause,
      confidence: 0.95,
      data: { claim: claim.name, ...data },
      fingerprint: `${reason}:${claim.storageClass ?? ''}`,
    });
    if (storageClass === 'missing')
      return verdict('class-missing', 'configuration', { class: claim.storageClass ?? '' });
    // A claim may name the volume it wants; then nobody needs to make one.
    if (storageClass === undefined && claim.volume === undefined) return verdict('no-class', 'configuration');
    if (provisioning !== undefined)
      return verdict('provisioning-failed', 'storage', { detail: provisioning.slice(0, 200) });
    if (!silent) return undefined;
    const provisioner = claim.provisioner ?? storageClass?.provisioner ?? '';
    return verdict('provisioner', 'storage', { provisioner });
  },
});
