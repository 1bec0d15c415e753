/** The hand-written expectations of a recording: their shape, and how they are compared with what the engine reports. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HealthView, IncidentRow, PhaseName } from '../../core/src/live/view.ts';
import { recordings } from './replay.ts';

interface Subject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly namePattern?: string;
  readonly uid?: string;
  readonly container?: string;
}

interface ExpectedState {
  /** A list means any of them. */
  readonly state: string | readonly string[];
  readonly needs?: boolean;
}

export interface ExpectedIncident {
  readonly id: string;
  readonly cause: string;
  readonly subject: Subject;
  readonly workload: { readonly kind: string; readonly name: string };
  readonly actor: string;
  readonly removedBy?: string;
  readonly parent?: string;
  readonly phases: Readonly<Partial<Record<PhaseName, string>>>;
  readonly absentPhases: readonly PhaseName[];
  readonly count: number;
  readonly restarts?: number;
  readonly needs: { readonly since: string; readonly rule: string } | null;
  readonly atEnd: ExpectedState;
  readonly settledState: ExpectedState;
  readonly recoveredBy?: string;
  readonly confirmedAt: string | null;
  readonly replacement?: { readonly name: string; readonly uid: string; readonly confidence: number };
  readonly evidence: Readonly<Record<string, string>>;
  readonly notes: string;
}

export interface Expected {
  readonly scenario: string;
  readonly toleranceSeconds: number;
  readonly end: string;
  readonly settled: string;
  readonly incidents: readonly ExpectedIncident[];
  readonly restarts: readonly {
    readonly pod: string;
    readonly uid: string;
    readonly container: string;
    readonly startedAt: readonly string[];
  }[];
  readonly notIncidents: readonly {
    readonly subject: Subject;
    readonly at: string;
    readonly why: string;
    readonly allowed: readonly string[];
  }[];
  readonly checkpoints: readonly {
    readonly at: string;
    readonly incident: string;
    /** What it is taken for at that moment, where that differs from the end. */
    readonly cause?: string;
    readonly state: string | readonly string[];
    readonly count?: number;
    readonly needs?: boolean;
    readonly nextRetry?: string;
  }[];
}

export function expectationOf(scenario: string): Expected {
  return JSON.parse(readFileSync(join(recordings, scenario, 'expected.json'), 'utf8')) as Expected;
}

function isSubject(row: IncidentRow, subject: Subject): boolean {
  const { kind, namespace, name, uid } = row.subject;
  return (
    kind === subject.kind &&
    namespace === subject.namespace &&
    (subject.name === undefined || name === subject.name) &&
    (subject.namePattern === undefined || new RegExp(subject.namePattern).test(name)) &&
    (subject.uid === undefined || uid === subject.uid) &&
    row.container === subject.container
  );
}

/** The row that an expectation speaks of. */
export function rowOf(view: HealthView, expected: ExpectedIncident): IncidentRow | undefined {
  return view.incidents.find((row) => row.cause === expected.cause && isSubject(row, expected.subject));
}

/** Rows that nobody expects. */
export function unexpected(view: HealthView, expected: Expected): IncidentRow[] {
  return view.incidents.filter(
    (row) =>
      !expected.incidents.some((entry) => rowOf(view, entry) === row) &&
      !expected.notIncidents.some((entry) => isSubject(row, entry.subject) && entry.allowed.includes(row.state)),
  );
}

const seconds = (a: number, b: string): number => Math.abs(a - Date.parse(b)) / 1000;

/** Differences between a row and what is expected of it after the whole recording; empty when it holds. */
export function differences(row: IncidentRow, expected: ExpectedIncident, all: Expected, view: HealthView): string[] {
  const found: string[] = [];
  const check = (what: string, actual: unknown, wanted: unknown): void => {
    if (actual !== wanted) found.push(`${what}: ${String(actual)}, expected ${String(wanted)}`);
  };
  check('actor', row.actor, expected.actor);
  check('workload', `${row.workload.kind}/${row.workload.name}`, `${expected.workload.kind}/${expected.workload.name}`);
  check('count', row.count, expected.count);
  if (expected.restarts !== undefined) check('restarts', row.restarts, expected.restarts);
  if (expected.removedBy !== undefined) check('removedBy', row.removedBy, expected.removedBy);
  if (expected.recoveredBy === 'new-revision') check('ending', row.ending?.id, 'ending.new-revision');
  if (expected.replacement !== undefined) {
    check('replacement', row.replacement?.ref.name, expected.replacement.name);
    check('replacement uid', row.replacement?.ref.uid, expected.replacement.uid);
    check('pairing confidence', row.replacement?.confidence, expected.replacement.confidence);
  }
  const parent = all.incidents.find((entry) => entry.id === expected.parent);
  check('parent', row.parent, parent === undefined ? undefined : rowOf(view, parent)?.id);
  for (const [phase, at] of Object.entries(expected.phases)) {
    const actual = row.phases[phase as PhaseName];
    if (actual === undefined || seconds(actual, at) > all.toleranceSeconds) {
      found.push(`${phase}: ${actual === undefined ? 'absent' : new Date(actual).toISOString()}, expected ${at}`);
    }
  }
  for (const phase of expected.absentPhases) check(phase, row.phases[phase], undefined);
  return found;
}
