/** English texts of the live engine by message id. `{{name}}` marks a value. The Chinese twin is l10n/live.zh-cn.json. */

export const liveMessages: Readonly<Record<string, string>> = {
  'incident.container-exit/error':
    'Container {{container}} ended with an error (exit {{code}}). The kubelet starts it again, waiting longer each time.',
  'incident.container-exit/completed':
    'Container {{container}} ended by itself without an error, although it is meant to run for ever. The kubelet starts it again.',
  'incident.container-exit/killed':
    'Container {{container}} was killed from outside (exit {{code}}); neither memory, nor a probe, nor a deletion explains it. The kubelet starts it again.',
  'incident.container-exit/start-error':
    'Container {{container}} could not be started: its command is missing or cannot be run (exit {{code}}). The kubelet tries again, waiting longer each time.',
  'incident.oom-killed/limit':
    'Container {{container}} ran out of memory at its limit {{limit}} and was killed (exit 137). The kubelet starts it again.',
  'incident.oom-killed/node':
    'Container {{container}} has no memory limit and was killed because its node ran out of memory (exit 137). The kubelet starts it again.',
  'incident.liveness-probe-failed/exec':
    "Container {{container}} was killed: its liveness probe's command failed {{failures}} times in a row. The kubelet starts it again.",
  'incident.liveness-probe-failed/http':
    'Container {{container}} was killed: its liveness probe got an error answer {{failures}} times in a row. The kubelet starts it again.',
  'incident.liveness-probe-failed/refused':
    'Container {{container}} was killed: nobody answered on the port of its liveness probe {{failures}} times in a row. The kubelet starts it again.',
  'incident.liveness-probe-failed/timeout':
    'Container {{container}} was killed: it answered its liveness probe too late {{failures}} times in a row. The kubelet starts it again.',
  'incident.liveness-probe-failed/grpc':
    'Container {{container}} was killed: its gRPC liveness probe failed {{failures}} times in a row. The kubelet starts it again.',
  'incident.startup-probe-failed/exec':
    "Container {{container}} was killed: its startup probe's command did not succeed within {{seconds}} s. The kubelet starts it again.",
  'incident.startup-probe-failed/http':
    'Container {{container}} was killed: its startup probe got no good answer within {{seconds}} s. The kubelet starts it again.',
  'incident.startup-probe-failed/refused':
    'Container {{container}} was killed: nobody answered on the port of its startup probe within {{seconds}} s. The kubelet starts it again.',
  'incident.startup-probe-failed/timeout':
    'Container {{container}} was killed: it answered its startup probe too late for {{seconds}} s. The kubelet starts it again.',
  'incident.startup-probe-failed/grpc':
    'Container {{container}} was killed: its gRPC startup probe did not succeed within {{seconds}} s. The kubelet starts it again.',
  'incident.readiness-lost/exec':
    "Container {{container}} runs, but its readiness probe's command fails: its pod gets no traffic. {{output}}",
  'incident.readiness-lost/http':
    'Container {{container}} runs, but its readiness probe gets an error answer: its pod gets no traffic. {{output}}',
  'incident.readiness-lost/refused':
    'Container {{container}} runs, but nobody answers on the port of its readiness probe: its pod gets no traffic. {{output}}',
  'incident.readiness-lost/timeout':
    'Container {{container}} runs, but answers its readiness probe too late: its pod gets no traffic. {{output}}',
  'incident.readiness-lost/grpc':
    'Container {{container}} runs, but its gRPC readiness probe fails: its pod gets no traffic. {{output}}',
  'incident.image-pull/auth':
    'Image {{image}} of container {{container}} cannot be pulled: the registry refuses access. The kubelet keeps trying.',
  'incident.image-pull/rate-limit':
    'Image {{image}} of container {{container}} cannot be pulled: the registry answers that there were too many requests. The kubelet keeps trying.',
  'incident.image-pull/network':
    'Image {{image}} of container {{container}} cannot be pulled: the registry cannot be reached. The kubelet keeps trying.',
  'incident.image-pull/not-found':
    'Image {{image}} of container {{container}} does not exist in its registry. The kubelet keeps trying.',
  'incident.image-pull/never':
    'Image {{image}} of container {{container}} is not on the node, and its pull policy forbids to fetch it.',
  'incident.image-pull/invalid-name': 'Container {{container}} has an image name that is not valid: {{image}}.',
  'incident.image-pull/other': 'Image {{image}} of container {{container}} cannot be pulled. The kubelet keeps trying.',
  'incident.create-container/config': 'Container {{container}} cannot be created: {{detail}}',
  'incident.create-container/runtime': 'The container runtime refuses to start container {{container}}: {{detail}}',
  'incident.pod-lost/node': 'Pod {{pod}} was lost with its node {{node}}. Its controller replaces it.',
  'incident.pod-evicted/eviction-api':
    'Pod {{pod}} was asked to leave node {{node}} by an eviction, as a drain does it. Its controller replaces it.',
  'incident.pod-evicted/preemption':
    'Pod {{pod}} had to leave node {{node}} to make room for a more important pod. Its controller replaces it.',
  'incident.pod-evicted/memory':
    'Pod {{pod}} was evicted because node {{node}} ran low on memory. Its controller replaces it.',
  'incident.pod-evicted/storage':
    'Pod {{pod}} was evicted from node {{node}} because local storage ran out. Its controller replaces it.',
  'incident.pod-evicted/node-pressure':
    'Pod {{pod}} was evicted because node {{node}} ran low on resources. Its controller replaces it.',
  'incident.pod-evicted/node-shutdown':
    'Pod {{pod}} ended because node {{node}} was shut down. Its controller replaces it.',
  'incident.pod-deleted/by-request': 'Pod {{pod}} was deleted by request. Its controller replaces it.',
  'incident.node-not-ready/kubelet-stopped':
    'Node {{node}} no longer reports. Its pods get no traffic, and are replaced elsewhere if it stays away.',
  'incident.node-not-ready/kubelet-reports': 'Node {{node}} reports that it is not ready: {{detail}}',

  'needs.crash-loop':
    'Container {{container}} was started again {{restarts}} times and failed each time: starting again does not help.',
  'needs.back-off-cap': 'Container {{container}} keeps failing; the kubelet now waits five minutes between starts.',
  'needs.cannot-create':
    'The container could not be created for {{minutes}} min: what it refers to has to be put right.',
  'needs.cannot-pull': 'The image could not be pulled for {{minutes}} min: trying again is unlikely to help.',
  'needs.node-down': 'The node has been away for {{minutes}} min.',
  'needs.node-flaps': 'The node comes and goes: three changes within 15 minutes.',
  'needs.stays-unready': 'The container has not been ready for {{minutes}} min and nothing restarts it.',
  'needs.stuck-terminating': 'Pod {{pod}} should be gone, but is not: nothing takes its place until it is.',
  'needs.bare-pod': 'Pod {{pod}} has no controller: nothing brings it back.',
  'needs.job-failed': 'Job {{job}} has failed and does not try again.',

  'ending.restarted': 'The restarted container stayed healthy.',
  'ending.started': 'The container was started.',
  'ending.ready-again': 'The container became ready again.',
  'ending.replaced': 'Pod {{pod}} took the place.',
  'ending.new-revision': 'A new revision of the workload replaced it.',
  'ending.node-back': 'The node reports again.',
  'ending.node-removed': 'The node was removed from the cluster.',
  'ending.completed': 'The work was completed.',
  'ending.planned': 'The pod was removed on purpose.',
  'ending.unwatched': 'It ended while nobody watched; how is not known.',
  'ending.wider-fault': 'It is part of a wider fault.',
};
