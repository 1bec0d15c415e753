import { defineCause } from '../cause.ts';

/** The attach/detach controller cannot attach a volume; most often it still hangs on the node of another pod. */
export const volumeAttach = defineCause({
  about: 'attach',
  ids: ['volume-attach-failed/multi-attach', 'volume-attach-failed/error'],
  match({ pod, volume, text, heldBy }) {
    const multi = text.startsWith('Multi-Attach');
    const data = { pod: pod.name, volume, node: pod.node ?? '' };
    return multi
      ? {
          cause: 'volume-attach-failed/multi-attach',
          rootCause: 'storage',
          confidence: 0.95,
          data: { ...data, other: heldBy ?? '?' },
          fingerprint: `volume:${volume}`,
        }
      : {
          cause: 'volume-attach-failed/error',
          rootCause: 'storage',
          confidence: 0.9,
          data: {
            ...data,
            detail: text.replace(/^AttachVolume\.\w+ failed for volume "[^"]+" ?:? /, '').slice(0, 160),
          },
          fingerprint: `volume:${volume}`,
        };
  },
});
