import { defineCause } from '../cause.ts';

const reasons: readonly (readonly [string, RegExp])[] = [
  ['auth', /pull access denied|insufficient_scope|401 Unauthorized|403 Forbidden|no basic auth/i],
  ['rate-limit', /toomanyrequests|429/i],
  ['network', /i\/o timeout|TLS handshake timeout|connection refused|Timeout exceeded|no such host|x509:/i],
  ['not-found', /not found|manifest unknown/i],
];

/** The image cannot be had: the kubelet keeps trying, waiting longer each time, up to five minutes. */
export const imagePull = defineCause({
  about: 'waiting',
  ids: ['auth', 'rate-limit', 'network', 'not-found', 'never', 'invalid-name', 'other'].map(
    (reason) => `image-pull/${reason}`,
  ),
  prevents: { 'image-pull/never': ['image-pull-never'] },
  match({ container, waiting }) {
    const verdict = (reason: string, confidence = 0.95) =>
      ({
        cause: `image-pull/${reason}`,
        rootCause: reason === 'network' ? 'network' : 'image',
        confidence,
        data: { container: container.name, image: container.image ?? '' },
      }) as const;
    if (waiting.reason === 'ErrImageNeverPull') return verdict('never');
    if (waiting.reason === 'InvalidImageName') return verdict('invalid-name');
    if (!['ErrImagePull', 'ImagePullBackOff', 'ImageInspectError', 'RegistryUnavailable'].includes(waiting.reason))
      return undefined;
    const found = reasons.find(([, pattern]) => pattern.test(waiting.message ?? ''));
    return found === undefined ? verdict('other', 0.6) : verdict(found[0]);
  },
});
