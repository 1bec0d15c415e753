/**
 * What events mean. Their texts changed between minor versions of Kubernetes (1.32 to 1.36 are covered), and one reason
 * may stand for several things: so reason, kind of the object and pattern of the text decide together. The writing
 * component does not: provisioners, operators and clouds put their own names there.
 */
import type { RootCauseClass } from './view.ts';
import type { SlimEvent } from './slim-types.ts';

/** `failure`: something broke. `action`: a healer acts. `recovered`: something works again. `info`: neither. */
export type EventRole = 'failure' | 'action' | 'recovered' | 'info';

export interface EventMeaning {
  readonly role: EventRole;
  readonly rootCause?: RootCauseClass;
  /** Named parts of the text, e.g. `volume`, `container`. */
  readonly parts: Readonly<Record<string, string | undefined>>;
}

/** One line each: reasons, kind of the object (`*` for any), role, class of the root cause, pattern of the whole text. */
const table = String.raw`
# Containers and pods
Created Pod action - Created container:? (?<container>\S+)|Container created|Created container(?: with id \S+)?
Started Pod action - Started container (?<container>\S+)|Container started|Started container(?: with id \S+)?
Killing Pod action application Container (?<container>\S+) failed (?<probe>liveness|startup) probe(?<restart>, will be restarted)?
Killing Pod action configuration Container (?<container>\S+) (?:definition changed|resize requires restart)(?:, will be restarted)?
Killing Pod action - Stopping container (?<container>\S+)|FailedPostStartHook|Container is in "[^"]+" state, try killing it before restart|killing|Need to kill Pod
BackOff Pod failure application Back-off restarting failed container(?: (?<container>\S+) in pod (?<pod>[^_\s]+)_(?<ns>[^(\s]+)\((?<uid>[0-9a-f-]+)\))?
BackOff Pod failure image Back-off pulling image "(?<image>[^"]+)"(?:: (?<cause>[^]+))?
Unhealthy Pod failure application (?<probe>Liveness|Readiness|Startup) probe (?:failed: (?<output>[^]*)|errored(?: and resulted in (?<result>\S+) state)?: (?<err>[^]*))
ProbeWarning Pod info - (?<probe>Liveness|Readiness|Startup) probe warning: (?<output>[^]*)
ExceededGracePeriod Pod failure application Container runtime did not kill the pod within specified grace period\.
FailedPreStopHook Pod failure application PreStopHook failed|Exec lifecycle hook .*
FailedPostStartHook Pod failure application PostStartHook failed|Exec lifecycle hook .*
SandboxChanged Pod action node Pod sandbox changed, it will be killed and re-created\.
FailedCreatePodSandBox Pod failure network Failed to create pod sandbox: (?<err>[^]+)
FailedPodSandBoxStatus Pod failure node Unable to get pod sandbox status: (?<err>[^]+)
FailedKillPod Pod failure node error killing pod: (?<err>[^]+)
NetworkNotReady Pod failure network network is not ready: (?<err>[^]+)
Failed Pod failure configuration Error: (?<err>(?:secret|configmap) "(?<ref>[^"]+)" not found|couldn't find key (?<key>\S+) in (?<refKind>ConfigMap|Secret) (?<refName>\S+))
Failed Pod failure image Failed to pull image "(?<image>[^"]+)": (?<err>[^]+)
Failed Pod failure image Error: (?<err>ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|RegistryUnavailable|SignatureValidationFailed)
Failed Pod failure configuration Error: (?<err>[^]+)
Failed Pod failure node error making pod data directories: (?<err>[^]+)
InspectFailed Pod failure image Failed to (?:inspect image|apply default image tag) "(?<image>[^"]*)": (?<err>[^]+)
ErrImageNeverPull Pod failure image Container image "(?<image>[^"]+)" is not present with pull policy of Never
Pulling Pod info - Pulling image "(?<image>[^"]+)"
Pulled Pod recovered image Successfully pulled image "(?<image>[^"]+)"(?: in (?<dur>\S+)(?: \((?<wait>[^)]*) including waiting\))?\.?(?: Image size: (?<bytes>\d+) bytes\.)?)?|Container image "(?<cached>[^"]+)" already present on machine(?: and can be accessed by the pod)?
Evicted Pod failure resources The node was low on resource: (?<resource>[^.]+)\. (?:Threshold quantity: (?<threshold>[^,]+), available: (?<available>[^.]+)\. )?(?:(?:Container|Pod) (?<container>\S+) was using (?<usage>\S+), request is (?<request>\S+), has larger consumption of \S+\. )*
Evicted Pod failure node The node had condition: \[(?<condition>[^\]]+)\]\. ?
Evicted Pod failure storage Container (?<container>\S+) exceeded its local ephemeral storage limit "(?<limit>[^"]+)"\. ?|Pod ephemeral local storage usage exceeds the total limit of containers (?<plimit>\S+)\. ?|Usage of EmptyDir volume "(?<volume>[^"]+)" exceeds the limit "(?<vlimit>[^"]+)"\. ?
Preempting Pod failure node Preempted in order to admit critical pod
DeadlineExceeded Pod failure configuration Pod was active on the node longer than the specified deadline

# Volumes
FailedMount Pod failure storage Unable to attach or mount volumes: (?<err>[^]+)
FailedMount Pod failure storage (?<op>MountVolume\.[A-Za-z]+|MountVolume) failed(?: [a-z ]+)? for volume "(?<volume>[^"]+)" ?:? (?<err>[^]+)
FailedMapVolume Pod failure storage MapVolume\.[A-Za-z]+ failed for volume "(?<volume>[^"]+)" ?:? (?<err>[^]+)
VolumeConditionAbnormal Pod failure storage Volume (?<volume>[^:]+): (?<err>[^]+)
FailedAttachVolume Pod failure storage Multi-Attach error for volume "(?<volume>[^"]+)" Volume is already (?:exclusively attached to one node and can't be attached to another|used by pod\(s\) (?<pods>.+)|used by \d+ pod\(s\) in different namespaces)
FailedAttachVolume Pod failure storage AttachVolume\.[A-Za-z]+ failed for volume "(?<volume>[^"]+)" ?:? (?<err>[^]+)
SuccessfulAttachVolume Pod recovered storage AttachVolume\.Attach succeeded for volume "(?<volume>[^"]+)" ?
FailedBinding PersistentVolumeClaim failure storage no persistent volumes available for this claim and no storage class is set
ProvisioningFailed PersistentVolumeClaim failure storage storageclass\.storage\.k8s\.io "(?<sc>[^"]+)" not found|[Ff]ailed to provision volume with StorageClass "(?<sc2>[^"]+)": (?<err>[^]+)|[^]+
ExternalProvisioning PersistentVolumeClaim info storage Waiting for a volume to be created either by the external provisioner '(?<prov>[^']+)' or manually by the system administrator\. If volume creation is delayed, please verify that the provisioner is running and correctly registered\.|waiting for a volume to be created, either by external provisioner "(?<prov2>[^"]+)" or manually created by system administrator
ProvisioningSucceeded PersistentVolumeClaim recovered storage Successfully provisioned volume (?<pv>\S+)(?: using (?<prov>\S+))?
WaitForFirstConsumer PersistentVolumeClaim info storage waiting for first consumer to be created before binding
WaitForPodScheduled PersistentVolumeClaim info storage waiting for pods? (?<pods>\S+) to be scheduled
ClaimLost PersistentVolumeClaim failure storage Bound claim has lost (?:reference to|its) PersistentVolume\. Data on the volume is lost!
ClaimMisbound PersistentVolumeClaim failure storage Two claims are bound to the same volume, this one is bound incorrectly
VolumeResizeFailed * failure storage [^]+
FileSystemResizeSuccessful * recovered storage MountVolume\.NodeExpandVolume succeeded for volume "(?<volume>[^"]+)"[^]*

# Controllers
SuccessfulCreate * action - Created pod: (?<pod>\S+)
SuccessfulDelete * action - Deleted pod: (?<pod>\S+)
FailedCreate * failure configuration Error creating: (?<err>[^]+)
SuccessfulCreate StatefulSet action - [Cc]reate Pod (?<pod>\S+) in StatefulSet (?<sts>\S+) successful
SuccessfulDelete StatefulSet action - [Dd]elete Pod (?<pod>\S+) in StatefulSet (?<sts>\S+) successful
FailedCreate StatefulSet failure configuration [Cc]reate (?:Pod (?<pod>\S+)|Claim (?<pvc>\S+) for Pod (?<pod2>\S+)) in StatefulSet (?<sts>\S+) failed error: (?<err>[^]+)
SuccessfulCreate StatefulSet action storage [Cc]reate Claim (?<pvc>\S+) Pod (?<pod>\S+) in StatefulSet (?<sts>\S+) success
FailedDaemonPod DaemonSet action node Found failed daemon pod (?<ns>[^/]+)/(?<pod>\S+) on node (?<node>\S+), will try to kill it
ScalingReplicaSet Deployment action - Scaled (?<dir>up|down) replica set (?<rs>\S+)(?: from (?<from>\d+))? to (?<to>\d+)(?: from (?<from2>\d+))?
ReplicaSetCreateError Deployment failure configuration Failed to create new replica set "(?<rs>[^"]+)": (?<err>[^]+)
BackoffLimitExceeded Job failure application Job has reached the specified backoff limit
DeadlineExceeded Job failure application Job was active longer than specified deadline
PodFailurePolicy Job failure application Container (?<container>\S+) for pod (?<pod>\S+) failed with exit code (?<code>\d+) matching (?<action>\S+) rule at index (?<idx>\d+)|Pod (?<pod2>\S+) has condition (?<cond>\S+) matching (?<action2>\S+) rule at index (?<idx2>\d+)|[^]+
Completed Job recovered - Job completed
MissSchedule CronJob failure configuration Missed scheduled time to start a job: (?<at>.+)

# Scheduling, nodes and evictions
FailedScheduling Pod failure resources 0/(?<nodes>\d+) nodes are available: ?(?<why>[^]*)
Scheduled Pod action - Successfully assigned (?<ns>[^/]+)/(?<pod>\S+) to (?<node>\S+)
Preempted Pod failure resources Preempted by (?:(?<ptype>\S+) (?<puid>\S+)|(?<pns>[^/\s]+)/(?<pname>\S+)) on node (?<node>[^\s(]+)(?: \(in kube-scheduler memory\)\.)?
NodeNotReady Node failure node Node (?<node>\S+) status is now: NodeNotReady
NodeReady Node recovered node Node (?<node>\S+) status is now: NodeReady
NodeNotReady Pod failure node Node is not ready
NodeHasInsufficientMemory,NodeHasDiskPressure,NodeHasInsufficientPID Node failure node Node (?<node>\S+) status is now: (?<state>NodeHasInsufficientMemory|NodeHasDiskPressure|NodeHasInsufficientPID)
NodeHasSufficientMemory,NodeHasNoDiskPressure,NodeHasSufficientPID Node recovered node Node (?<node>\S+) status is now: (?<state>NodeHasSufficientMemory|NodeHasNoDiskPressure|NodeHasSufficientPID)
NodeNotSchedulable,NodeSchedulable Node info node Node (?<node>\S+) status is now: Node(?<state>NotSchedulable|Schedulable)
Rebooted Node failure node Node (?<node>\S+) has been rebooted, boot id: (?<boot>\S+)
Shutdown Node failure node Shutdown manager detected (?:shutdown event|shutdown cancellation|preshutdown event)
Starting Node recovered node Starting kubelet\.
SystemOOM Node failure resources System OOM encountered(?:, victim process: (?<proc>.+), pid: (?<pid>\d+))?
EvictionThresholdMet Node failure node Attempting to reclaim (?<resource>\S+)
FreeDiskSpaceFailed Node failure node [^]+
TaintManagerEviction Pod action node Marking for deletion Pod (?<pod>\S+)|Cancelling deletion of Pod (?<pod2>\S+)
NodeControllerEviction Pod action node Marking for deletion Pod (?<pod>\S+) from Node (?<node>\S+)
RegisteredNode,RemovingNode,DeletingAllPods Node info node Node (?<node>\S+) event: (?<what>.+)
DeletingNode Node action node Deleting node (?<node>\S+) because it does not exist in the cloud provider

# Autoscalers
SuccessfulRescale HorizontalPodAutoscaler action resources New size: (?<size>\d+); reason: (?<why>.*)
FailedRescale HorizontalPodAutoscaler failure configuration New size: (?<size>\d+); reason: (?<why>.*); error: (?<err>[^]+)
FailedGetResourceMetric,FailedComputeMetricsReplicas,FailedGetScale,FailedGetExternalMetric,FailedGetPodsMetric,FailedGetObjectMetric,FailedGetContainerResourceMetric HorizontalPodAutoscaler failure configuration [^]+
TriggeredScaleUp Pod action resources pod triggered scale-up: \[\{(?<groups>[^]+)\}\]
NotTriggerScaleUp Pod failure resources pod didn't trigger scale-up(?: \(it wouldn't fit if a new node is added\))?: (?<why>[^]*)
ScaleDown Pod action node deleting pod for node scale down
ScaleDown Node action node marked the node as toBeDeleted/unschedulable|nodes removed by cluster autoscaler|node removed by cluster autoscaler
ScaledUpGroup ConfigMap action resources Scale-up: (?:setting group (?<group>\S+) size to (?<to>\d+) instead of (?<from>\d+) \(max: (?<max>\d+)\)|group (?<group2>\S+) size set to (?<to2>\d+).*)
ScaleUpTimedOut,FailedToScaleUpGroup,ScaleUpFailed,MaxNodesTotalReached,ClusterUnhealthy ConfigMap failure node [^]+
Nominated Pod action resources Pod should schedule on: (?<target>.+)
EvictedByVPA Pod action resources Pod was evicted by VPA Updater to apply resource recommendation\.
InPlaceResizedByVPA Pod action resources Pod was resized in place by VPA Updater\.
ResizeStarted,ResizeCompleted,ResizeDeferred,ResizeInfeasible,ResizeError Pod info resources Pod resize (?<state>started|completed|error|[Dd]eferred|[Ii]nfeasible)(?:: (?<json>[^]+))?

# Others
OOMKilling Node failure resources (?:Memory cgroup out of memory: )?(?:Out of memory: )?Kill(?:ed|ing)? process (?<pid>\d+) \((?<proc>[^)]+)\) total-vm:(?<vm>\d+)kB, anon-rss:(?<rss>\d+)kB, file-rss:\d+kB[^]*
NoPods PodDisruptionBudget info configuration No matching pods found
SawCompletedJob CronJob info - Saw completed job: (?<job>\S+), (?:condition|status): (?<status>\S+)
SuccessfulCreate CronJob action - Created job (?<job>\S+)
SuccessfulDelete CronJob info - Deleted job (?<job>\S+)
NodeAllocatableEnforced Node info node Updated Node Allocatable limit across pods
CgroupV1 Node info node .*cgroup ?v1.*
`;

interface Row {
  readonly kind: string;
  readonly role: EventRole;
  readonly rootCause: RootCauseClass | undefined;
  readonly text: RegExp;
}

const byReason = new Map<string, Row[]>();
for (const line of table.split('\n')) {
  const columns = /^(\w\S*) (\S+) (\w+) (\S+) (.+)$/.exec(line);
  if (columns === null) continue;
  const [, reasons = '', kind = '', role = '', rootCause = '', text = ''] = columns;
  for (const reason of reasons.split(',')) {
    const row: Row = {
      kind,
      role: role as EventRole,
      rootCause: rootCause === '-' ? undefined : (rootCause as RootCauseClass),
      text: new RegExp(`^(?:${text})$`),
    };
    byReason.set(reason, [...(byReason.get(reason) ?? []), row]);
  }
}

/** What an event says; undefined where it is none that we know. */
export function meaningOf(event: SlimEvent): EventMeaning | undefined {
  for (const { kind, role, rootCause, text } of byReason.get(event.reason) ?? []) {
    if (kind !== '*' && kind !== event.involved.kind) continue;
    const match = text.exec(event.message);
    if (match !== null) return { role, ...(rootCause && { rootCause }), parts: { ...match.groups } };
  }
  return undefined;
}
