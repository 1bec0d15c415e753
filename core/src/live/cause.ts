/** What a cause is: a file that recognises one kind of fault in the evidence and says which rules would have prevented it. */
import type { KillNote, ProbeNote } from './notes.ts';
import type { RootCauseClass } from './view.ts';
import type { SlimContainer, SlimNode, SlimPod, Termination, Waiting } from './slim-types.ts';

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
}

/** A node is not ready. */
export interface NodeFault {
  readonly about: 'node';
  readonly node: SlimNode;
}

export type Fault = TerminatedFault | WaitingFault | UnreadyFault | RemovedFault | NodeFault;

/** What a cause found. */
export interface Verdict {
  /** Cause id `<trigger>/<reason>`. */
  readonly cause: string;
  readonly rootCause: RootCauseClass;
  /** 0..1 */
  readonly confidence: number;
  /** Values for the placeholders of the text `incident.<cause>`. */
  readonly data?: Readonly<Record<string, string | number>>;
}

export interface Cause<About extends Fault['about']> {
  readonly about: About;
  /** Every cause id this file may return; each has a text `incident.<id>`. */
  readonly ids: readonly string[];
  /** Rules whose finding would have prevented it, the most telling first; by cause id where they differ. */
  readonly prevents: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** The verdict, or undefined when the evidence is of another cause. */
  match(fault: Extract<Fault, { readonly about: About }>): Verdict | undefined;
}

/** Declares a cause; gives `match` its type. */
export function defineCause<About extends Fault['about']>(cause: Cause<About>): Cause<About> {
  return cause;
}
