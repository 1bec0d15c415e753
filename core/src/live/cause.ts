/** What a cause is: a file that recognises one kind of fault in the evidence. */
import type { KillNote, Mark, ProbeNote } from './notes.ts';
import type { RootCauseClass } from './view.ts';
import type {
  Condition,
  SlimAutoscaler,
  SlimClaim,
  SlimContainer,
  SlimNode,
  SlimPod,
  SlimStorageClass,
  SlimVolume,
  SlimWorkload,
  Termination,
  Waiting,
} from './slim-types.ts';

/** An instance of a container ended. */
export interface TerminatedFault {
  readonly about: 'terminated';
  readonly pod: SlimPod;
  readonly container: SlimContainer;
  readonly termination: Termination;
  /** The probe kill that ended it, where an event told of one. */
  readonly kill?: KillNote;
  /** Last failure of that probe before the kill. */
  readonly unhealthy?: ProbeNote;
  /** Seconds that this container takes to get ready; only where it never was in this run. */
  readonly usualStart?: number;
  /** A hook that failed during this run, or right at its end. */
  readonly hook?: Mark;
  /** The kubelet stopped it for another reason than a probe. */
  readonly stop?: Mark;
  /** The node's kernel killed for want of memory at that moment. */
  readonly nodeOom?: true;
  /** The node was started anew at that moment. */
  readonly rebooted?: true;
}

/** Containers were started and ended again without anyone seeing how. */
export interface UnseenFault {
  readonly about: 'unseen';
  readonly pod: SlimPod;
  readonly container: SlimContainer;
}

/** A container cannot be started. */
export interface WaitingFault {
  readonly about: 'waiting';
  readonly pod: SlimPod;
  readonly container: SlimContainer;
  readonly waiting: Waiting;
}

/** A running container is not ready. */
export interface UnreadyFault {
  readonly about: 'unready';
  readonly pod: SlimPod;
  readonly container: SlimContainer;
  readonly unhealthy?: ProbeNote;
}

/** A pod left, or was made to leave, although its controller wants it. */
export interface RemovedFault {
  readonly about: 'removed';
  readonly pod: SlimPod;
  /** The kubelet's note on an eviction, where one was seen. */
  readonly eviction?: Mark;
}

/** The scheduler finds no node for a pod. */
export interface UnschedulableFault {
  readonly about: 'unschedulable';
  readonly pod: SlimPod;
}

/** The runtime cannot set up a pod's sandbox: no container can start. */
export interface SandboxFault {
  readonly about: 'sandbox';
  readonly pod: SlimPod;
  readonly text: string;
}

/** A pod that was asked to go does not go. */
export interface StuckFault {
  readonly about: 'stuck';
  readonly pod: SlimPod;
}

/** A controller cannot create the pods it wants. */
export interface CreationFault {
  readonly about: 'creation';
  readonly name: string;
  readonly text: string;
}

/** Pods of a new revision do not get ready. */
export interface RolloutFault {
  readonly about: 'rollout';
  readonly name: string;
  readonly deadline?: Condition;
}

/** A Job gave up. */
export interface JobFault {
  readonly about: 'job';
  readonly job: SlimWorkload;
  readonly reason: string;
  readonly text: string;
}

/** A CronJob did not start a run that was due. */
export interface ScheduleFault {
  readonly about: 'schedule';
  readonly name: string;
  readonly reason: string;
  readonly text: string;
}

/** A StatefulSet waits for a pod that does not get ready before it makes the next. */
export interface BlockedFault {
  readonly about: 'blocked';
  readonly name: string;
  readonly pod: string;
  readonly next: string;
}

/** A budget does not let a drained node's pods go. */
export interface DrainFault {
  readonly about: 'drain';
  readonly budget: string;
  readonly node: string;
  readonly pods: number;
}

/** A node is in trouble of its own, but may still be ready. */
export interface TroubleFault {
  readonly about: 'trouble';
  readonly node: SlimNode;
  /** A condition type, `SystemOOM` or `Rebooted`. */
  readonly type: string;
  readonly text: string;
}

/** A volume cannot be attached to the node of the pod that waits for it. */
export interface AttachFault {
  readonly about: 'attach';
  readonly pod: SlimPod;
  /** The claim, or the volume where no claim is known. */
  readonly volume: string;
  readonly text: string;
  /** Node that still has the volume, where one is known. */
  readonly heldBy?: string;
}

/** A volume cannot be mounted into a pod. */
export interface MountFault {
  readonly about: 'mount';
  readonly pod: SlimPod;
  readonly volume: string;
  readonly text: string;
}

/** A claim is not bound to a volume, or no longer. */
export interface ClaimFault {
  readonly about: 'claim';
  readonly claim: SlimClaim;
  /** Its class, where there is one; `missing`: it names one that does not exist. */
  readonly storageClass: SlimStorageClass | 'missing' | undefined;
  /** Pod that cannot be scheduled for want of this claim's volume. */
  readonly pod?: SlimPod;
  /** What the provisioner said last. */
  readonly provisioning?: string;
  /** Somebody was asked to make a volume a while ago and has not answered. */
  readonly silent: boolean;
}

/** A volume failed. */
export interface VolumeFault {
  readonly about: 'volume';
  readonly volume: SlimVolume;
}

/** A Service has lost its last endpoint, or never gets one although pods run that it must mean. */
export interface ServiceFault {
  readonly about: 'service';
  readonly name: string;
  readonly pods: number;
  /** Kind of the workload of the same name, which has ready pods that the Service does not select. */
  readonly namesake?: string;
}

/** An autoscaler cannot scale, or may not scale further. */
export interface AutoscalerFault {
  readonly about: 'autoscaler';
  readonly autoscaler: SlimAutoscaler;
}

/** A node is not ready. */
export interface NodeFault {
  readonly about: 'node';
  readonly node: SlimNode;
}

export type Fault =
  | TerminatedFault
  | UnseenFault
  | WaitingFault
  | UnreadyFault
  | RemovedFault
  | UnschedulableFault
  | SandboxFault
  | StuckFault
  | CreationFault
  | RolloutFault
  | JobFault
  | ScheduleFault
  | BlockedFault
  | DrainFault
  | TroubleFault
  | AttachFault
  | MountFault
  | ClaimFault
  | VolumeFault
  | ServiceFault
  | AutoscalerFault
  | NodeFault;

/** What a cause found. */
export interface Verdict {
  /** Cause id `<trigger>/<reason>`. */
  readonly cause: string;
  readonly rootCause: RootCauseClass;
  /** 0..1 */
  readonly confidence: number;
  /** Values for the placeholders of the text `incident.<cause>`. */
  readonly data?: Readonly<Record<string, string | number>>;
  /** What makes two faults of this cause the same pattern, where the cause alone does not. */
  readonly fingerprint?: string;
}

export interface Cause<About extends Fault['about']> {
  readonly about: About;
  /** Every cause id this file may return; each has a text `incident.<id>`. */
  readonly ids: readonly string[];
  /** The verdict, or undefined when the evidence is of another cause. */
  match(fault: Extract<Fault, { readonly about: About }>): Verdict | undefined;
}

/** Declares a cause; gives `match` its type. */
export function defineCause<About extends Fault['about']>(cause: Cause<About>): Cause<About> {
  return cause;
}
