/** English texts of the live engine by message id. `{{name}}` marks a value. The Chinese twin is l10n/live.zh-cn.json. */

export const liveMessages: Readonly<Record<string, string>> = {
  'incident.container-exit/error': 'Container {{container}} ended with an error (exit {{code}}).',
  'incident.container-exit/completed':
    'Container {{container}} ended by itself, without an error, although it is meant to run for ever.',
  'incident.container-exit/killed':
    'Container {{container}} was killed from outside (exit {{code}}); nothing that is known explains it.',
  'incident.container-exit/start-error':
    'Container {{container}} cannot start: its command is missing or cannot be run (exit {{code}}).',
  'incident.oom-killed/limit':
    'Container {{container}} ran out of memory at its limit {{limit}} and was killed (exit 137).',
  'incident.oom-killed/node':
    'Container {{container}}, which has no memory limit, was killed because its node ran out of memory.',
  'incident.liveness-probe-failed/exec':
    "Container {{container}} was killed: its liveness probe's command failed {{failures}} times in a row.",
  'incident.liveness-probe-failed/http':
    'Container {{container}} was killed: its liveness probe got {{failures}} error answers in a row.',
  'incident.liveness-probe-failed/refused':
    "Container {{container}} was killed: nobody answered its liveness probe's port {{failures}} times in a row.",
  'incident.liveness-probe-failed/timeout':
    'Container {{container}} was killed: it answered its liveness probe too late {{failures}} times in a row.',
  'incident.liveness-probe-failed/grpc':
    'Container {{container}} was killed: its gRPC liveness probe failed {{failures}} times in a row.',
  'incident.liveness-probe-failed/too-early':
    'Container {{container}} was killed by its liveness probe after {{ran}} s, but needs about {{needed}} s to start.',
  'incident.liveness-probe-failed/handler':
    'Container {{container}} was killed because its liveness probe asks in a way that it does not answer.',
  'incident.startup-probe-failed/exec':
    "Container {{container}} was killed: its startup probe's command did not succeed within {{seconds}} s.",
  'incident.startup-probe-failed/http':
    'Container {{container}} was killed: its startup probe got no good answer within {{seconds}} s.',
  'incident.startup-probe-failed/refused':
    "Container {{container}} was killed: nobody answered its startup probe's port within {{seconds}} s.",
  'incident.startup-probe-failed/timeout':
    'Container {{container}} was killed: it answered its startup probe too late for {{seconds}} s.',
  'incident.startup-probe-failed/grpc':
    'Container {{container}} was killed: its gRPC startup probe did not succeed within {{seconds}} s.',
  'incident.readiness-lost/exec': "Container {{container}} gets no traffic: its readiness probe's command fails.",
  'incident.readiness-lost/http': 'Container {{container}} gets no traffic: its readiness probe gets an error answer.',
  'incident.readiness-lost/refused':
    'Container {{container}} gets no traffic: nobody answers on the port of its readiness probe.',
  'incident.readiness-lost/timeout':
    'Container {{container}} gets no traffic: it answers its readiness probe too late.',
  'incident.readiness-lost/grpc': 'Container {{container}} gets no traffic: its gRPC readiness probe fails.',
  'incident.image-pull/auth': 'Image {{image}} cannot be pulled: the registry refuses access.',
  'incident.image-pull/rate-limit': 'Image {{image}} cannot be pulled: the registry has had too many requests.',
  'incident.image-pull/network': 'Image {{image}} cannot be pulled: the registry cannot be reached.',
  'incident.image-pull/not-found': 'Image {{image}} does not exist in its registry.',
  'incident.image-pull/never': 'Image {{image}} is not on the node, and its pull policy forbids to fetch it.',
  'incident.image-pull/invalid-name': 'Container {{container}} has an image name that is not valid: {{image}}.',
  'incident.image-pull/other': 'Image {{image}} cannot be pulled.',
  'incident.create-container/config': 'Container {{container}} cannot be created: {{detail}}',
  'incident.create-container/runtime': 'The container runtime refuses to start container {{container}}: {{detail}}',
  'incident.container-exit/crash': 'Container {{container}} crashed: {{signal}} ended its process (exit {{code}}).',
  'incident.container-exit/forbidden-call':
    'Container {{container}} was ended for a system call that its seccomp profile forbids (exit 159).',
  'incident.container-exit/lost':
    'Container {{container}} ended and nobody knows how (exit {{code}}): its node lost track of it.',
  'incident.container-exit/unseen':
    'Container {{container}} was started again; its status does not say what had ended it.',
  'incident.container-exit/grace-exceeded':
    'Container {{container}} did not stop within its grace period and was killed (exit 137).',
  'incident.container-exit/wrong-platform':
    'Container {{container}} cannot run: image {{image}} is built for another processor architecture.',
  'incident.oom-killed/system':
    'Container {{container}} was killed (exit 137) within seconds of node {{node}} running out of memory.',
  'incident.post-start-failed/hook':
    'Container {{container}} was ended (exit {{code}}) because its postStart hook failed.',
  'incident.pre-stop-failed/hook': 'Container {{container}} ended unprepared (exit {{code}}): its preStop hook failed.',
  'incident.image-pull/platform': 'Image {{image}} has no variant for the processor architecture of its node.',
  'incident.image-pull/disk': 'Image {{image}} does not fit on the disk of its node.',
  'incident.image-pull/certificate':
    "Image {{image}} cannot be pulled: the node does not trust the registry's certificate.",
  'incident.image-pull/signature': 'Image {{image}} was refused: its signature could not be verified.',
  'incident.pod-rejected/resources': 'Node {{node}} had no room for pod {{pod}} and refused it. {{detail}}',
  'incident.pod-rejected/node':
    'Node {{node}} refused pod {{pod}}: it no longer fits what the pod asks for. {{detail}}',
  'incident.pod-rejected/admission':
    'Node {{node}} refused pod {{pod}}: it could not prepare what the pod needs. {{detail}}',
  'incident.pod-failed/deadline': 'Pod {{pod}} was ended: it ran longer than activeDeadlineSeconds allows.',
  'incident.pod-stuck/finalizer': 'Pod {{pod}} was deleted but does not go: finalizer {{finalizers}} holds it.',
  'incident.pod-stuck/kubelet':
    'Pod {{pod}} was deleted but does not go: node {{node}} does not report the end of its containers.',
  'incident.sandbox-failed/network':
    'Pod {{pod}} cannot start on node {{node}}: the network plugin does not connect it.',
  'incident.sandbox-failed/runtime':
    'Pod {{pod}} cannot start on node {{node}}: the container runtime does not set it up.',
  'incident.unschedulable/resources': 'Pod {{pod}} finds no node with enough free CPU, memory or other resources.',
  'incident.unschedulable/too-many-pods': 'Pod {{pod}} finds no node: those that fit run as many pods as they may.',
  'incident.unschedulable/volume': 'Pod {{pod}} finds no node from which its volumes can be reached.',
  'incident.unschedulable/affinity': 'Pod {{pod}} finds no node with the labels that it asks for.',
  'incident.unschedulable/spread':
    'Pod {{pod}} finds no node that its rules about other pods (affinity, topology spread) allow.',
  'incident.unschedulable/ports': 'Pod {{pod}} finds no node on which its host ports are free.',
  'incident.unschedulable/cordoned': 'Pod {{pod}} finds no node: those that fit are closed to new pods (cordoned).',
  'incident.unschedulable/taint': 'Pod {{pod}} finds no node: all have taints that it does not tolerate.',
  'incident.unschedulable/other': 'Pod {{pod}} finds no node. {{detail}}',
  'incident.failed-create/quota': 'No pod can be created for {{name}}: the quota of its namespace does not allow it.',
  'incident.failed-create/security':
    'No pod can be created for {{name}}: the security rules of its namespace forbid it.',
  'incident.failed-create/limit-range':
    "No pod can be created for {{name}}: its requests or limits are outside its namespace's LimitRange.",
  'incident.failed-create/webhook':
    'No pod can be created for {{name}}: an admission webhook or policy refuses it, or does not answer.',
  'incident.failed-create/account': 'No pod can be created for {{name}}: its service account does not exist.',
  'incident.failed-create/priority': 'No pod can be created for {{name}}: its priority class does not exist.',
  'incident.failed-create/invalid': 'No pod can be created for {{name}}: its template makes a pod that is not valid.',
  'incident.failed-create/other': 'No pod can be created for {{name}}: the API server refuses it. {{detail}}',
  'incident.rollout-failed/not-ready': 'The new revision of {{name}} does not get ready; the rollout has stopped.',
  'incident.statefulset-blocked/predecessor':
    'StatefulSet {{name}} is stuck: pod {{next}} waits for pod {{pod}}, which does not get ready.',
  'incident.job-failed/backoff-limit': 'Job {{job}} has failed: its pods failed more often than backoffLimit allows.',
  'incident.job-failed/deadline': 'Job {{job}} has failed: it ran longer than activeDeadlineSeconds allows.',
  'incident.job-failed/pod-failure-policy':
    'Job {{job}} has failed: a pod failed in a way for which its podFailurePolicy gives up.',
  'incident.job-failed/indexes': 'Job {{job}} has failed: some of its indexes failed too often.',
  'incident.job-failed/other': 'Job {{job}} has failed. {{detail}}',
  'incident.cronjob-missed/schedule': 'CronJob {{name}} did not start a run that was due.',
  'incident.cronjob-missed/too-many': 'CronJob {{name}} has missed so many runs that it no longer starts any.',
  'incident.cronjob-missed/invalid-schedule':
    'CronJob {{name}} starts nothing: its schedule or time zone cannot be understood.',
  'incident.eviction-blocked/budget':
    'Node {{node}} cannot be drained: PodDisruptionBudget {{budget}} allows none of {{pods}} pods to go.',
  'incident.node-pressure/memory':
    'Node {{node}} runs low on memory: it evicts pods and takes no new ones without requests.',
  'incident.node-pressure/disk':
    'Node {{node}} runs low on disk space: it removes images, evicts pods and takes no new ones.',
  'incident.node-pressure/processes': 'Node {{node}} runs low on process ids: it evicts pods and takes no new ones.',
  'incident.node-pressure/network': 'The network of node {{node}} is not set up: new pods cannot work there.',
  'incident.node-pressure/condition': 'Node {{node}} reports trouble: {{condition}}. {{detail}}',
  'incident.node-out-of-memory/system': 'Node {{node}} ran out of memory, and its kernel killed a process: {{detail}}',
  'incident.node-rebooted/boot': 'Node {{node}} was started anew: all its containers ended.',
  'incident.pod-lost/node': 'Pod {{pod}} was lost with its node {{node}}.',
  'incident.pod-evicted/eviction-api': 'Pod {{pod}} was asked to leave node {{node}}, as a drain does it.',
  'incident.pod-evicted/preemption': 'Pod {{pod}} had to leave node {{node}} to make room for a more important pod.',
  'incident.pod-evicted/memory': 'Pod {{pod}} was evicted: node {{node}} ran low on memory.',
  'incident.pod-evicted/storage': 'Pod {{pod}} was evicted from node {{node}} for its use of local disk.',
  'incident.pod-evicted/node-pressure': 'Pod {{pod}} was evicted: node {{node}} ran low on resources.',
  'incident.pod-evicted/node-shutdown': 'Pod {{pod}} ended because node {{node}} was shut down.',
  'incident.pod-deleted/by-request': 'Pod {{pod}} was deleted by request.',
  'incident.node-not-ready/kubelet-stopped': 'Node {{node}} no longer reports: its pods get no traffic.',
  'incident.node-not-ready/kubelet-reports': 'Node {{node}} reports that it is not ready: {{detail}}',
  'incident.service-down/selector':
    'Service {{service}} reaches no pod: its selector does not match the labels of {{kind}} {{service}}.',
  'incident.service-down/no-ready-endpoints':
    'Nobody answers for Service {{service}}: no pod behind it is ready (0/{{pods}}).',
  'incident.volume-attach-failed/multi-attach':
    'Pod {{pod}} waits for volume {{volume}}, which is still attached to another node ({{other}}).',
  'incident.volume-attach-failed/error':
    'Pod {{pod}} waits for volume {{volume}}, which cannot be attached to node {{node}}.',
  'incident.volume-mount/config-missing':
    'Pod {{pod}} cannot start: {{object}}, from which volume {{volume}} is made, does not exist.',
  'incident.volume-mount/failed': 'Pod {{pod}} cannot start: its volume {{volume}} cannot be mounted. {{detail}}',
  'incident.volume-pending/class-missing':
    'Claim {{claim}} gets no volume: its storage class {{class}} does not exist.',
  'incident.volume-pending/no-class':
    'Claim {{claim}} gets no volume: it names no storage class, and none is the default.',
  'incident.volume-pending/provisioning-failed': 'No volume could be made for claim {{claim}}: {{detail}}',
  'incident.volume-pending/provisioner':
    'Claim {{claim}} waits for provisioner {{provisioner}}, which does not answer: is it running?',
  'incident.volume-lost/claim': 'Claim {{claim}} has lost its volume {{volume}}: the data on it may be gone.',
  'incident.volume-lost/failed': 'Volume {{volume}} has failed: {{detail}}',
  'incident.autoscaler-stuck/missing-request':
    'Autoscaler {{autoscaler}} cannot scale {{target}}: a container has no request for {{resource}}.',
  'incident.autoscaler-stuck/no-metrics': 'Autoscaler {{autoscaler}} cannot scale {{target}}: it gets no metrics.',
  'incident.autoscaler-stuck/selector':
    'Autoscaler {{autoscaler}} cannot scale {{target}}: it cannot tell which pods are its own.',
  'incident.autoscaler-stuck/target':
    'Autoscaler {{autoscaler}} cannot scale {{target}}: its target cannot be read or changed.',
  'incident.autoscaler-stuck/other': 'Autoscaler {{autoscaler}} cannot scale {{target}}. {{detail}}',
  'incident.autoscaler-limited/maximum':
    'Autoscaler {{autoscaler}} keeps {{target}} at its maximum of {{max}} replicas and wants more.',

  'needs.volume-stuck':
    'The pod has waited {{minutes}} min for its volume: by now the other node should have let it go.',
  'needs.cannot-mount':
    'The volume could not be mounted for {{minutes}} min: what it is made from has to be put right.',
  'needs.claim-pending': 'The claim has had no volume for {{minutes}} min: its pods cannot start.',
  'needs.volume-lost': 'No controller brings a volume or its data back.',
  'needs.service-down': "Nobody has answered the Service's callers for {{minutes}} min.",
  'needs.autoscaler-stuck': 'The number of replicas has not followed the load for {{minutes}} min.',
  'needs.autoscaler-limited':
    'The maximum of replicas has been reached for {{minutes}} min: raise it, or find what causes the load.',
  'needs.crash-loop': 'It was started again {{restarts}} times and failed each time: starting again does not help.',
  'needs.back-off-cap': 'Container {{container}} keeps failing; the kubelet now waits five minutes between starts.',
  'needs.cannot-create':
    'The container could not be created for {{minutes}} min: what it refers to has to be put right.',
  'needs.cannot-pull': 'The image could not be pulled for {{minutes}} min: trying again is unlikely to help.',
  'needs.node-down': 'The node has been away for {{minutes}} min.',
  'needs.node-flaps': 'The node comes and goes: three changes within 15 minutes.',
  'needs.stays-unready': 'The container has not been ready for {{minutes}} min and nothing restarts it.',
  'needs.stuck-terminating': 'Pod {{pod}} should be gone, but is not: nothing takes its place until it is.',
  'needs.not-restarted': 'The pod is not to be started again (restartPolicy {{policy}}): nothing repeats its work.',
  'needs.image-unavailable':
    'The image could not be pulled {{attempts}} times, for a reason that does not pass by itself.',
  'needs.not-scheduled': 'The pod has found no node for {{minutes}} min, and no autoscaler makes one.',
  'needs.no-scale-up': 'No node takes the pod, and the autoscaler says that another node would not help: {{detail}}',
  'needs.not-created': 'Pods have been refused for {{minutes}} min: what refuses them has to be changed.',
  'needs.cannot-start': 'The pod could not be started on its node for {{minutes}} min.',
  'needs.rollout-stuck': 'The rollout of {{name}} does not go back by itself: it has to be repaired or undone.',
  'needs.blocked-order': 'The next pod has been waiting for {{minutes}} min for one that does not get ready.',
  'needs.missed-schedule': 'The run that CronJob {{name}} missed is not made up for.',
  'needs.drain-blocked': 'The drain cannot end while the budget allows no pod to go.',
  'needs.dependency-down':
    'Several workloads were killed by their liveness probes at once: what they all depend on is likely to be down.',
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
  'ending.scheduled': 'A node took the pod.',
  'ending.gone': 'The pod is gone.',
  'ending.rolled-out': 'The new revision got ready.',
  'ending.created': 'The pods were created.',
  'ending.scheduled-again': 'A run was started again.',
  'ending.unblocked': 'What held it up is out of the way.',
  'ending.relieved': 'The node has recovered.',
  'ending.later-run': 'A later run completed.',
  'ending.planned': 'The pod was removed on purpose.',
  'ending.unwatched': 'It ended while nobody watched; how is not known.',
  'ending.endpoint-returned': 'An endpoint is ready again.',
  'ending.removed': 'It was deleted, or scaled to zero.',
  'ending.bound': 'The volume is there.',
  'ending.scales-again': 'The autoscaler can scale again.',
  'ending.wider-fault': 'It turned out to be part of a wider fault.',

  'action.volume-attached': 'The volume of pod {{pod}} was attached on node {{node}} after {{seconds}} s.',
  'action.volume-detached': 'Volume {{volume}} has left node {{node}}; pod {{pod}} was waiting for it.',
  'action.rescaled': '{{name}} was scaled to {{size}} replicas: {{detail}}',
  'action.scale-up': 'Pod {{name}} made the cluster grow: {{detail}}',
  'action.no-scale-up': 'Pod {{name}} did not make the cluster grow: {{detail}}',
  'action.group-scaled': 'Node group {{detail}} was scaled to {{size}} nodes.',
  'action.nominated': 'A new node is on its way for pod {{name}}: {{detail}}',
  'action.scale-down': 'Pod {{name}} was moved, so that its node can be removed.',
  'action.node-scale-down': 'Node {{name}} is removed, because it is not needed.',
  'action.vpa-evicted': 'Pod {{name}} was replaced, to start with other requests.',
  'action.vpa-resized': 'The requests of pod {{name}} were changed while it runs.',
};
