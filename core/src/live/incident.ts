/** The incident as the engine keeps it, and the book of all incidents with its indexes. */
import type {
  Actor,
  Evidence,
  IncidentRow,
  IncidentState,
  Message,
  ObjectRef,
  PhaseName,
  RootCauseClass,
} from './view.ts';
import type { KillNote, ProbeNote } from './notes.ts';
import type { Termination } from './slim-types.ts';

/** One fault folded into an incident. */
export interface Occurrence {
  /** Identity of the fault: of a terminated instance, of a readiness loss. */
  readonly id: string;
  at: number;
  /** Nobody saw it happen: it was after this. */
  readonly since?: number;
  readonly detected: number;
  /** When the kubelet started the container again in the same pod. */
  restartedAt?: number;
  readonly termination?: Termination;
  /** It was never ready in this run. */
  readonly neverReady?: true;
  kill?: KillNote;
  unhealthy?: ProbeNote;
  /** First failure of the probe that ended this instance. */
  firstFailure?: number;
}

/**
 * `pod`: a pod as a whole that cannot start or cannot go. `workload`: a controller, or what it is made for.
 * `object`: a Service, a claim, a volume or an autoscaler.
 */
export type Scope = 'container' | 'pod' | 'slot' | 'workload' | 'node' | 'object';

export interface Incident {
  readonly id: string;
  readonly scope: Scope;
  cause: string;
  rootCause: RootCauseClass;
  confidence: number;
  actor: Actor;
  state: IncidentState;
  subject: ObjectRef;
  /** What makes two faults of this cause the same pattern. */
  fingerprint: string;
  /** UID of the subject: a pod, a controller, a node. */
  readonly uid: string;
  readonly container?: string;
  readonly node?: string;
  readonly controller?: string;
  workload: ObjectRef;
  count: number;
  reopened: number;
  occurrences: Occurrence[];
  phases: Partial<Record<PhaseName, number>>;
  /** When health began; the incident has recovered at this moment if health lasts for the whole window. */
  stableSince?: number | undefined;
  /** Faults after which the kubelet started the container again. */
  restarts: number;
  /** Restarts of which nobody saw why. */
  unseen?: number;
  /** Failed attempts to pull its image. */
  pulls?: number;
  /** Key of the pattern that it is one of; made when asked for. */
  pattern?: string;
  /** How often its pattern came back within 24 hours. */
  recurrences?: number;
  /** Healing takes longer than it should. */
  overdue?: boolean;
  /** Class and confidence that failures elsewhere at the same time suggest. */
  correlated?: { readonly rootCause: RootCauseClass; readonly confidence: number };
  /** Milliseconds of health between an end that came too early and the fault that opened the incident again. */
  healthy: number;
  /** The component that removed the pod. */
  removedBy?: string;
  needs?: { reason: Message; since: number };
  nextRetry?: { at: number; estimated: boolean };
  replacement?: { ref: ObjectRef; confidence: number };
  parent?: string;
  readonly children: Set<string>;
  summary: Message;
  ending?: Message;
  evidence: Evidence[];
  /** Set once it no longer is open: when it ended, in the engine's time. */
  endedAt?: number;
  /** A new revision replaced the pod: the incident waits for the workload's new pods. */
  carried?: { readonly revision: string | undefined; readonly since: number };
  row?: IncidentRow;
}

const endedLimit = 2000;
const day = 24 * 3600_000;
/** An incident that comes back within this time is the same one (milliseconds). */
export const reopenWindow = 600_000;

/** All incidents, open and ended, with the indexes that spare every scan. */
export interface Book {
  readonly all: Map<string, Incident>;
  /** Open ones only. */
  readonly open: Set<Incident>;
  /** Of a pod, a node or a workload carried over to a new revision; ended ones included until they fall out. */
  readonly byUid: Map<string, Set<Incident>>;
  /** Ended ones in the order of their end. */
  readonly ended: Set<Incident>;
  /** Counts every change: a cached list of rows is valid as long as this stays. */
  version: number;
}

export function createBook(): Book {
  return { all: new Map(), open: new Set(), byUid: new Map(), ended: new Set(), version: 0 };
}

export function isOpen(incident: Incident): boolean {
  return incident.endedAt === undefined;
}

/** Marks a changed incident, so that its row is built anew. */
export function touch(book: Book, incident: Incident): void {
  dropRow(book, incident);
  book.version++;
}

/** Drops the row of an incident, and of those that it is part of: they tell what ails it. */
export function dropRow(book: Book, incident: Incident): void {
  for (let next: Incident | undefined = incident; next !== undefined; next = parentOf(book, next)) delete next.row;
}

/** What an incident is part of. */
export function parentOf(book: Book, { parent }: Incident): Incident | undefined {
  return parent === undefined ? undefined : book.all.get(parent);
}

/** What is part of an incident. */
export function childrenOf(book: Book, { children }: Incident): Incident[] {
  return [...children].flatMap((id) => book.all.get(id) ?? []);
}

/** Runs a step that may add phases or evidence; the incident counts as changed only if it did. */
export function amend(book: Book, incident: Incident, step: () => void): void {
  const [evidence, phases] = [incident.evidence.at(-1), Object.keys(incident.phases).length];
  step();
  if (incident.evidence.at(-1) !== evidence || Object.keys(incident.phases).length !== phases) touch(book, incident);
}

export function addIncident(book: Book, incident: Incident): void {
  book.all.set(incident.id, incident);
  book.open.add(incident);
  let own = book.byUid.get(incident.uid);
  if (own === undefined) book.byUid.set(incident.uid, (own = new Set()));
  own.add(incident);
  touch(book, incident);
}

/** Takes an incident out as if it had never been: what looked like a fault was none. */
export function withdraw(book: Book, incident: Incident): void {
  book.all.delete(incident.id);
  book.open.delete(incident);
  book.ended.delete(incident);
  const own = book.byUid.get(incident.uid);
  own?.delete(incident);
  if (own?.size === 0) book.byUid.delete(incident.uid);
  for (const child of childrenOf(book, incident)) {
    delete child.parent;
    touch(book, child);
  }
  unlinkParent(book, incident);
  book.version++;
}

function unlinkParent(book: Book, incident: Incident): void {
  const parent = parentOf(book, incident);
  if (parent === undefined) return;
  parent.children.delete(incident.id);
  touch(book, parent);
}

/** Ends an incident; keeps the most recent 2,000 of the last 24 hours. */
export function endIncident(book: Book, incident: Incident, state: IncidentState, now: number, ending?: Message): void {
  incident.state = state;
  incident.endedAt = now;
  delete incident.nextRetry;
  if (state === 'recovered') delete incident.needs;
  delete incident.carried;
  if (ending !== undefined) incident.ending = ending;
  book.open.delete(incident);
  book.ended.add(incident);
  touch(book, incident);
  forget(book, now);
}

/** Opens an ended incident again. */
export function revive(book: Book, incident: Incident): void {
  delete incident.endedAt;
  delete incident.ending;
  incident.state = incident.stableSince === undefined ? 'healing' : 'verifying';
  book.ended.delete(incident);
  book.open.add(incident);
  touch(book, incident);
}

/** Drops ended incidents that are too old or too many. */
export function forget(book: Book, now: number): void {
  for (const incident of book.ended) {
    if (book.ended.size <= endedLimit && now - (incident.endedAt ?? now) < day) return;
    withdraw(book, incident);
  }
}

/** Makes an incident part of a wider one; never of itself, or of what is part of it. */
export function setParent(book: Book, child: Incident, parent: Incident): void {
  if (child.parent === parent.id) return;
  for (let next: Incident | undefined = parent; next !== undefined; next = parentOf(book, next))
    if (next === child) return;
  unlinkParent(book, child);
  child.parent = parent.id;
  parent.children.add(child.id);
  touch(book, child);
  touch(book, parent);
}

/** An incident goes on by itself. */
export function leaveParent(book: Book, incident: Incident): void {
  unlinkParent(book, incident);
  delete incident.parent;
  touch(book, incident);
}

/** Sets a phase once: the first time it is reached stays. */
export function reach(incident: Incident, phase: PhaseName, at: number | undefined): void {
  if (at !== undefined && incident.phases[phase] === undefined) incident.phases[phase] = at;
}

const evidenceLimit = 8;

/** Adds evidence; the same statement about the same moment is kept once, the oldest but the first falls out. */
export function addEvidence(incident: Incident, evidence: Evidence): void {
  const known = incident.evidence.some(
    (entry) => entry.field === evidence.field && entry.value === evidence.value && entry.at === evidence.at,
  );
  if (known) return;
  incident.evidence.push(evidence);
  if (incident.evidence.length > evidenceLimit) incident.evidence.splice(1, 1);
}
