import { defineCause } from '../cause.ts';

/** The node is not ready: its kubelet no longer reports, or reports that it cannot work. */
export const nodeNotReady = defineCause({
  about: 'node',
  ids: ['node-not-ready/kubelet-stopped', 'node-not-ready/kubelet-reports'],
  match({ node }) {
    const silent = node.ready?.status !== 'False';
    const data = { node: node.name, detail: node.message ?? node.ready?.reason ?? '' };
    return silent
      ? { cause: 'node-not-ready/kubelet-stopped', rootCause: 'node', confidence: 0.95, data }
      : { cause: 'node-not-ready/kubelet-reports', rootCause: 'node', confidence: 0.95, data };
  },
});
