import { defineCause } from '../cause.ts';

/** The runtime cannot make the pod's sandbox: nearly always the network plugin (CNI) of the node. */
export const sandboxFailed = defineCause({
  about: 'sandbox',
  ids: ['sandbox-failed/network', 'sandbox-failed/runtime'],
  match({ pod, text }) {
    const network = /network|cni|plugin type=|NetworkReady|ip address|ipam/i.test(text);
    const data = { pod: pod.name, node: pod.node ?? '', detail: text.replace(/\s+/g, ' ').slice(0, 200) };
    return network
      ? { cause: 'sandbox-failed/network', rootCause: 'network', confidence: 0.85, data }
      : { cause: 'sandbox-failed/runtime', rootCause: 'node', confidence: 0.7, data };
  },
});
