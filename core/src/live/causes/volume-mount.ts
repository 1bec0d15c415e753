import { defineCause } from '../cause.ts';

/** The kubelet cannot mount a volume: what it is made from does not exist, or the storage does not give it. */
export const volumeMount = defineCause({
  about: 'mount',
  ids: ['volume-mount/config-missing', 'volume-mount/failed'],
  match({ pod, volume, text }) {
    // A reference to a key that does not exist reads "references non-existent config key: x".
    const missing =
      /\b(configmap|secret) "([^"]+)" not found/i.exec(text) ??
      /references non-existent (config|secret) key: (\S+)/.exec(text);
    const data = { pod: pod.name, volume };
    if (missing !== null) {
      const object = `${missing[1] ?? ''} ${missing[2] ?? ''}`;
      return {
        cause: 'volume-mount/config-missing',
        rootCause: 'configuration',
        confidence: 0.95,
        data: { ...data, object },
        fingerprint: object.toLowerCase(),
      };
    }
    const detail = text.replace(/^\S+ failed(?: [a-z ]+)? for volume "[^"]+" ?:? /, '').slice(0, 160);
    return {
      cause: 'volume-mount/failed',
      rootCause: 'storage',
      confidence: 0.9,
      data: { ...data, detail },
      fingerprint: `volume:${volume}`,
    };
  },
});
