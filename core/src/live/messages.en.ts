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
  'incident.liveness-probe-failed/too-early':
    'Container {{container}} was killed by its liveness probe {{ran}} s after its start, before it was ready for the first time; others of it take about {{needed}} s. The probe must wait longer: a startup probe does that.',
  'incident.liveness-probe-failed/handler':
    'Container {{container}} was killed because its liveness probe asks in a way that the program does not answer. The probe has to be corrected, not the program. {{output}}',
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
  'incident.container-exit/crash':
    'Container {{container}} crashed: {{signal}} ended its process (exit {{code}}). The fault is in the program or in a library it loads. The kubelet starts it again.',
  'incident.container-exit/forbidden-call':
    'Container {{container}} was ended by its node because it made a system call that its seccomp profile forbids (exit 159). The kubelet starts it again, but it ends again until the profile allows the call.',
  'incident.container-exit/lost':
    'Container {{container}} ended without anyone knowing how (exit {{code}}): the container runtime or its node lost it, as after a restart of the node. The kubelet starts it again.',
  'incident.container-exit/unseen':
    'Container {{container}} was started again, and its status does not say what had ended it. The earlier ends are no longer kept.',
  'incident.container-exit/grace-exceeded':
    'Container {{container}} was asked to stop, did not stop within its grace period and was killed (exit 137). What it was doing then is lost.',
  'incident.container-exit/wrong-platform':
    'Container {{container}} cannot run on its node: image {{image}} is built for another processor architecture.',
  'incident.oom-killed/system':
    'Container {{container}} was killed (exit 137) within seconds of node {{node}} running out of memory. The kubelet starts it again.',
  'incident.post-start-failed/hook':
    "Container {{container}} started, but its postStart hook failed, so the kubelet ended it (exit {{code}}) before it could work. The kubelet starts it again, waiting longer each time; the hook's command has to succeed.",
  'incident.pre-stop-failed/hook':
    'The preStop hook of container {{container}} failed, and the container ended (exit {{code}}) without the preparation that the hook was to make.',
  'incident.image-pull/platform':
    'Image {{image}} of container {{container}} has no variant for the processor architecture of its node: it has to be built for it, or the pod sent to another node.',
  'incident.image-pull/disk':
    'Image {{image}} of container {{container}} does not fit on the disk of its node. The kubelet keeps trying while it removes unused images.',
  'incident.image-pull/certificate':
    'Image {{image}} of container {{container}} cannot be pulled: the node does not trust the certificate of the registry.',
  'incident.image-pull/signature':
    'Image {{image}} of container {{container}} was refused: its signature could not be verified.',
  'incident.pod-rejected/resources':
    'Node {{node}} refused pod {{pod}} for want of room: {{detail}} Its controller makes another.',
  'incident.pod-rejected/node':
    'Node {{node}} refused pod {{pod}}, because the node no longer fits what the pod asks for: {{detail}} Its controller makes another.',
  'incident.pod-rejected/admission':
    'Node {{node}} could not prepare what pod {{pod}} needs and refused it: {{detail}} Its controller makes another.',
  'incident.pod-failed/deadline':
    'Pod {{pod}} was ended because it ran longer than its deadline (activeDeadlineSeconds) allows.',
  'incident.pod-stuck/finalizer':
    'Pod {{pod}} was deleted but does not go: the finalizer {{finalizers}} holds it. Whoever set the finalizer has to remove it.',
  'incident.pod-stuck/kubelet':
    'Pod {{pod}} was deleted but does not go: the kubelet of node {{node}} does not report that its containers have ended.',
  'incident.sandbox-failed/network':
    'Pod {{pod}} cannot start on node {{node}}: the network plugin does not connect it. The kubelet keeps trying. {{detail}}',
  'incident.sandbox-failed/runtime':
    'Pod {{pod}} cannot start on node {{node}}: the container runtime does not set up its sandbox. The kubelet keeps trying. {{detail}}',
  'incident.unschedulable/resources':
    'Pod {{pod}} finds no node with enough free CPU, memory or other resources for its requests: {{detail}}',
  'incident.unschedulable/too-many-pods':
    'Pod {{pod}} finds no node: those that fit already run as many pods as they may. {{detail}}',
  'incident.unschedulable/volume':
    'Pod {{pod}} finds no node because of its volumes: they are not there yet, or can be reached from other nodes only. {{detail}}',
  'incident.unschedulable/affinity':
    'Pod {{pod}} finds no node: none has the labels that its nodeSelector or node affinity asks for. {{detail}}',
  'incident.unschedulable/spread':
    'Pod {{pod}} finds no node where its affinity to other pods or its topology spread constraints allow it. {{detail}}',
  'incident.unschedulable/ports': 'Pod {{pod}} finds no node on which its host ports are free. {{detail}}',
  'incident.unschedulable/cordoned':
    'Pod {{pod}} finds no node: those that fit are cordoned and take no new pods. {{detail}}',
  'incident.unschedulable/taint':
    'Pod {{pod}} finds no node: the nodes have taints that it does not tolerate. {{detail}}',
  'incident.unschedulable/other': 'Pod {{pod}} finds no node. {{detail}}',
  'incident.failed-create/quota':
    'No pod can be created for {{name}}: a quota of its namespace is used up, or asks for requests and limits that the pod does not set. {{detail}}',
  'incident.failed-create/security':
    'No pod can be created for {{name}}: the security rules of its namespace forbid what the pod asks for. {{detail}}',
  'incident.failed-create/limit-range':
    'No pod can be created for {{name}}: its requests or limits are outside the bounds (LimitRange) of its namespace. {{detail}}',
  'incident.failed-create/webhook':
    'No pod can be created for {{name}}: an admission webhook or policy refuses it, or does not answer. {{detail}}',
  'incident.failed-create/account':
    'No pod can be created for {{name}}: its service account does not exist. {{detail}}',
  'incident.failed-create/priority':
    'No pod can be created for {{name}}: its priority class does not exist. {{detail}}',
  'incident.failed-create/invalid':
    'No pod can be created for {{name}}: its template makes a pod that is not valid. {{detail}}',
  'incident.failed-create/other': 'No pod can be created for {{name}}: the API server refuses it. {{detail}}',
  'incident.rollout-failed/not-ready':
    'The new revision of {{name}} does not get ready: the rollout has stopped and pods of the old revision go on working as far as they are left.',
  'incident.statefulset-blocked/predecessor':
    'StatefulSet {{name}} is stuck: pod {{pod}} is not ready, and pod {{next}} is created only after it.',
  'incident.job-failed/backoff-limit':
    'Job {{job}} has failed: its pods failed more often than backoffLimit allows. Nothing starts it again.',
  'incident.job-failed/deadline':
    'Job {{job}} has failed: it ran longer than activeDeadlineSeconds allows, and its pods were ended. Nothing starts it again.',
  'incident.job-failed/pod-failure-policy':
    'Job {{job}} has failed: a pod failed in a way for which its podFailurePolicy gives up. {{detail}}',
  'incident.job-failed/indexes': 'Job {{job}} has failed: some of its indexes failed too often. {{detail}}',
  'incident.job-failed/other': 'Job {{job}} has failed, and nothing starts it again. {{detail}}',
  'incident.cronjob-missed/schedule': 'CronJob {{name}} did not start a run that was due. {{detail}}',
  'incident.cronjob-missed/too-many':
    'CronJob {{name}} has missed so many runs that its controller no longer starts any: startingDeadlineSeconds bounds how far back it looks. {{detail}}',
  'incident.cronjob-missed/invalid-schedule':
    'CronJob {{name}} starts nothing, because its schedule or time zone cannot be understood. {{detail}}',
  'incident.eviction-blocked/budget':
    'Node {{node}} cannot be drained: PodDisruptionBudget {{budget}} allows none of its {{pods}} pods there to go.',
  'incident.node-pressure/memory':
    'Node {{node}} runs low on memory: it evicts pods and takes no new ones without requests. {{detail}}',
  'incident.node-pressure/disk':
    'Node {{node}} runs low on disk space: it removes images, evicts pods and takes no new ones. {{detail}}',
  'incident.node-pressure/processes':
    'Node {{node}} runs low on process ids: it evicts pods and takes no new ones. {{detail}}',
  'incident.node-pressure/network':
    'The network of node {{node}} is not set up: new pods cannot work there. {{detail}}',
  'incident.node-pressure/condition': 'Node {{node}} reports trouble: {{condition}}. {{detail}}',
  'incident.node-out-of-memory/system': 'Node {{node}} ran out of memory, and its kernel killed a process: {{detail}}',
  'incident.node-rebooted/boot': 'Node {{node}} was started anew: all its containers ended and are started again.',
  'incident.pod-lost/node': 'Pod {{pod}} was lost with its node {{node}}. Its controller replaces it.',
  'incident.pod-evicted/eviction-api':
    'Pod {{pod}} was asked to leave node {{node}} by an eviction, as a drain does it. Its controller replaces it.',
  'incident.pod-evicted/preemption':
    'Pod {{pod}} had to leave node {{node}} to make room for a more important pod. Its controller replaces it.',
  'incident.pod-evicted/memory':
    'Pod {{pod}} was evicted because node {{node}} ran low on memory. Its controller replaces it. {{detail}}',
  'incident.pod-evicted/storage':
    'Pod {{pod}} was evicted from node {{node}} for its use of local storage. Its controller replaces it. {{detail}}',
  'incident.pod-evicted/node-pressure':
    'Pod {{pod}} was evicted because node {{node}} ran low on resources. Its controller replaces it.',
  'incident.pod-evicted/node-shutdown':
    'Pod {{pod}} ended because node {{node}} was shut down. Its controller replaces it.',
  'incident.pod-deleted/by-request': 'Pod {{pod}} was deleted by request. Its controller replaces it.',
  'incident.node-not-ready/kubelet-stopped':
    'Node {{node}} no longer reports. Its pods get no traffic, and are replaced elsewhere if it stays away.',
  'incident.node-not-ready/kubelet-reports': 'Node {{node}} reports that it is not ready: {{detail}}',
  'incident.service-down/selector':
    'Service {{service}} selects no pod at all, although {{kind}} {{service}} has ready ones: its selector does not match their labels.',
  'incident.service-down/no-ready-endpoints':
    'Service {{service}} has no ready endpoint left: nobody answers its callers. {{pods}} pods are behind it.',
  'incident.volume-attach-failed/multi-attach':
    'Pod {{pod}} waits on node {{node}} for volume {{volume}}, which is still attached to another node ({{other}}).',
  'incident.volume-attach-failed/error':
    'Volume {{volume}} cannot be attached to node {{node}}: pod {{pod}} waits for it. {{detail}}',
  'incident.volume-mount/config-missing':
    'Pod {{pod}} cannot start: its volume {{volume}} is made from {{object}}, which does not exist.',
  'incident.volume-mount/failed': 'Pod {{pod}} cannot start: its volume {{volume}} cannot be mounted. {{detail}}',
  'incident.volume-pending/class-missing':
    'Claim {{claim}} gets no volume: its storage class {{class}} does not exist.',
  'incident.volume-pending/no-class':
    'Claim {{claim}} gets no volume: it names no storage class, none is the default, and no volume made by hand fits.',
  'incident.volume-pending/provisioning-failed': 'No volume could be made for claim {{claim}}: {{detail}}',
  'incident.volume-pending/provisioner':
    'Claim {{claim}} waits for provisioner {{provisioner}}, which does not answer: is it running?',
  'incident.volume-lost/claim': 'Claim {{claim}} has lost its volume {{volume}}: the data on it may be gone.',
  'incident.volume-lost/failed': 'Volume {{volume}} has failed: {{detail}}',
  'incident.autoscaler-stuck/missing-request':
    'Autoscaler {{autoscaler}} cannot scale {{target}}: a container has no request for {{resource}}, so there is nothing to measure use against.',
  'incident.autoscaler-stuck/no-metrics':
    'Autoscaler {{autoscaler}} cannot scale {{target}}: it gets no metrics. {{detail}}',
  'incident.autoscaler-stuck/selector':
    'Autoscaler {{autoscaler}} cannot scale {{target}}: the selector of its target is missing, or pods belong to several autoscalers. {{detail}}',
  'incident.autoscaler-stuck/target':
    'Autoscaler {{autoscaler}} cannot scale {{target}}: its target cannot be read or changed. {{detail}}',
  'incident.autoscaler-stuck/other': 'Autoscaler {{autoscaler}} cannot scale {{target}}. {{detail}}',
  'incident.autoscaler-limited/maximum':
    'Autoscaler {{autoscaler}} has kept {{target}} at its maximum of {{max}} replicas and wants more.',

  'needs.volume-stuck':
    'The pod has waited {{minutes}} min for its volume to be attached: by now it should have been taken from where it was.',
  'needs.cannot-mount':
    'The volume could not be mounted for {{minutes}} min: what it is made from has to be put right.',
  'needs.claim-pending': 'The claim has had no volume for {{minutes}} min.',
  'needs.volume-lost': 'No controller brings a volume back.',
  'needs.service-down': 'Nobody has answered for {{minutes}} min.',
  'needs.autoscaler-stuck': 'The autoscaler has not been able to scale for {{minutes}} min.',
  'needs.autoscaler-limited': 'The autoscaler has been at its maximum for {{minutes}} min.',
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
  'needs.not-restarted': 'The pod is not to be started again (restartPolicy {{policy}}): nothing repeats its work.',
  'needs.image-unavailable':
    'The image could not be pulled {{attempts}} times for a reason that does not pass by itself.',
  'needs.not-scheduled': 'The pod has found no node for {{minutes}} min, and no autoscaler makes one.',
  'needs.no-scale-up': 'No node takes the pod, and the autoscaler says that another node would not help: {{detail}}',
  'needs.not-created': 'Pods have been refused for {{minutes}} min: what refuses them has to be changed.',
  'needs.cannot-start': 'The pod could not be started on its node for {{minutes}} min.',
  'needs.rollout-stuck':
    'The rollout of {{name}} is over its deadline and does not go back by itself: it has to be repaired or undone.',
  'needs.blocked-order': 'The next pod has been waiting for {{minutes}} min for one that does not get ready.',
  'needs.missed-schedule': 'CronJob {{name}} does not make up for a run that it missed.',
  'needs.drain-blocked': 'The drain cannot end while the budget allows no pod to go.',
  'needs.dependency-down':
    'Several workloads were killed by their liveness probes in the same second: what they all depend on is likely to be down, and restarting them does not help.',
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
  'ending.wider-fault': 'It is part of a wider fault.',

  'action.volume-attached': 'The volume of pod {{pod}} was attached on node {{node}} after {{seconds}} s.',
  'action.volume-detached': 'Volume {{volume}} has left node {{node}}; pod {{pod}} was waiting for it.',
  'action.rescaled': '{{name}} was scaled to {{size}} replicas: {{detail}}',
  'action.scale-up': 'Pod {{name}} made the cluster grow: {{detail}}',
  'action.no-scale-up': 'Pod {{name}} did not make the cluster grow: {{detail}}',
  'action.group-scaled': 'Node group {{detail}} was scaled to {{size}} nodes.',
  'action.nominated': 'A new node is being made for pod {{name}}: {{detail}}',
  'action.scale-down': 'Pod {{name}} was moved, so that its node can be removed.',
  'action.node-scale-down': 'Node {{name}} is removed, because it is not needed.',
  'action.vpa-evicted': 'Pod {{name}} was replaced, so that it starts with other requests.',
  'action.vpa-resized': 'Pod {{name}} was given other requests in place.',
};
