import { defineCause } from '../cause.ts';

/** Waiting reasons of the kubelet and what they are (`pkg/kubelet/kuberuntime`). */
const reasons: Readonly<Record<string, 'config' | 'runtime'>> = {
  CreateContainerConfigError: 'config',
  CreateContainerError: 'runtime',
  PreCreateHookError: 'runtime',
  PreStartHookError: 'runtime',
};

/**
 * The kubelet cannot make the container: something it refers to is missing, or the runtime refuses it.
 * `RunContainerError` and `PostStartHookError` leave a terminated instance behind, which tells more.
 */
export const createContainer = defineCause({
  about: 'waiting',
  ids: ['create-container/config', 'create-container/runtime'],
  match({ container, waiting }) {
    const text = waiting.message ?? waiting.reason;
    // Without an instance to look at, the message is all there is.
    const reason =
      waiting.reason === 'RunContainerError' && container.last === undefined ? 'runtime' : reasons[waiting.reason];
    if (reason === undefined) return undefined;
    return {
      cause: `create-container/${reason}`,
      rootCause: 'configuration',
      confidence: 0.95,
      data: { container: container.name, detail: text.slice(0, 160) },
      fingerprint: missing(text) ?? reason,
    };
  },
});

/** Name of the object that a message misses, e.g. `configmap "settings"`. */
function missing(text: string): string | undefined {
  const found = /\b(configmap|secret)s? "([^"]+)"/i.exec(text) ?? /key (\S+) in (?:ConfigMap|Secret) (\S+)/i.exec(text);
  return found === null ? undefined : `${found[1] ?? ''} ${found[2] ?? ''}`.toLowerCase();
}
