import { defineCause } from '../cause.ts';

/** Texts of registries, of containerd and of the Go standard library. */
const reasons: readonly (readonly [string, RegExp])[] = [
  ['auth', /pull access denied|insufficient_scope|401 Unauthorized|403 Forbidden|no basic auth/i],
  ['rate-limit', /toomanyrequests|429/i],
  ['platform', /no match for platform|no matching manifest for/i],
  ['disk', /no space left on device/i],
  ['certificate', /x509:|tls: failed to verify/i],
  ['network', /i\/o timeout|TLS handshake timeout|connection refused|Timeout exceeded|no such host/i],
  ['not-found', /not found|manifest unknown/i],
];

const states = new Set(['ErrImagePull', 'ImagePullBackOff', 'ImageInspectError', 'RegistryUnavailable']);

/** The image cannot be had: the kubelet keeps trying, waiting longer each time, up to five minutes. */
export const imagePull = defineCause({
  about: 'waiting',
  ids: [...reasons.map(([reason]) => reason), 'never', 'signature', 'invalid-name', 'other'].map(
    (reason) => `image-pull/${reason}`,
  ),
  match({ container, waiting }) {
    const image = container.image ?? '';
    const verdict = (reason: string, confidence = 0.95) =>
      ({
        cause: `image-pull/${reason}`,
        rootCause: reason === 'network' ? 'network' : reason === 'disk' ? 'node' : 'image',
        confidence,
        data: { container: container.name, image },
        fingerprint: image,
      }) as const;
    if (waiting.reason === 'ErrImageNeverPull') return verdict('never');
    if (waiting.reason === 'InvalidImageName') return verdict('invalid-name');
    if (waiting.reason === 'SignatureValidationFailed') return verdict('signature');
    if (!states.has(waiting.reason)) return undefined;
    const found = reasons.find(([, pattern]) => pattern.test(waiting.message ?? ''));
    return found === undefined ? verdict('other', 0.6) : verdict(found[0]);
  },
});
