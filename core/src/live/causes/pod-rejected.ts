import { defineCause } from '../cause.ts';

/** The kubelet refused a pod that the scheduler gave it, or ended it for its deadline (`status.reason` of the pod). */
export const podRejected = defineCause({
  about: 'removed',
  ids: ['pod-rejected/resources', 'pod-rejected/node', 'pod-rejected/admission', 'pod-failed/deadline'],
  match({ pod }) {
    const reason = pod.reason ?? '';
    const data = { pod: pod.name, node: pod.node ?? '', detail: (pod.message ?? reason).slice(0, 200) };
    if (reason.startsWith('OutOf'))
      return { cause: 'pod-rejected/resources', rootCause: 'resources', confidence: 0.9, data, fingerprint: reason };
    if (
      reason === 'NodeAffinity' ||
      reason === 'VolumeAttachmentLimitExceeded' ||
      /^Node(?!Lost|Shutdown)/.test(reason)
    )
      return { cause: 'pod-rejected/node', rootCause: 'node', confidence: 0.8, data, fingerprint: reason };
    if (reason.endsWith('AdmissionError'))
      return { cause: 'pod-rejected/admission', rootCause: 'node', confidence: 0.7, data, fingerprint: reason };
    if (reason === 'DeadlineExceeded')
      return { cause: 'pod-failed/deadline', rootCause: 'configuration', confidence: 0.8, data };
    return undefined;
  },
});
