/** How the steps of incidents look: a line for people, or an object for scripts. */
import { formatDuration } from '../../../core/src/elapsed.ts';
import type { Change, Step } from '../../../core/src/live/changes.ts';
import { isEnded } from '../../../core/src/live/changes.ts';
import type { ConnectionView, HealthView, IncidentRow, Message, Totals } from '../../../core/src/live/view.ts';
import type { Paint } from '../../../core/src/report/stylish.ts';
import { displayWidth, padTo, printable } from '../../../core/src/report/terminal.ts';
import type { Shell } from '../shell.ts';

/** The line of a manifest that allowed an incident. */
export interface Place {
  /** Rule that would have prevented it. */
  readonly rule?: string;
  /** Path as it is shown, and the line from 1. */
  readonly file?: string;
  readonly line?: number;
}

/** Where the stream goes. */
export interface Writing {
  readonly shell: Shell;
  readonly format: 'stylish' | 'json';
  readonly paint: Paint;
  readonly place: (incident: IncidentRow, view: HealthView) => Place;
}

const looks: Readonly<Record<Step, { readonly sign: string; readonly colour: Parameters<Paint>[0] }>> = {
  open: { sign: '●', colour: 'yellow' },
  opened: { sign: '●', colour: 'red' },
  repeated: { sign: '●', colour: 'red' },
  reopened: { sign: '●', colour: 'red' },
  healing: { sign: '◐', colour: 'blue' },
  verifying: { sign: '◐', colour: 'blue' },
  'needs-person': { sign: '!', colour: 'red' },
  eased: { sign: '◐', colour: 'blue' },
  recovered: { sign: '✔', colour: 'green' },
  planned: { sign: '–', colour: 'gray' },
  superseded: { sign: '–', colour: 'gray' },
};

/** Text of a message in the user's language, safe for a terminal. */
export const textOf = (shell: Shell, message: Message): string => printable(shell.say(message.id, message.data));

/** `12:03:44`, in this machine's time. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}

/** `2026-11-21`, in this machine's time. */
export function dayOf(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

/** Writes the steps from one view to the next. */
export function writeChanges(changes: readonly Change[], view: HealthView, writing: Writing): void {
  for (const change of changes)
    writing.shell.out(writing.format === 'json' ? jsonLine(change, view, writing) : stylishLine(change, view, writing));
}

function stylishLine({ step, at, incident }: Change, view: HealthView, writing: Writing): string {
  const { shell, paint } = writing;
  const { sign, colour } = looks[step];
  const { workload } = incident;
  const name = printable(
    [workload.namespace, workload.name].filter(Boolean).join('/') +
      (incident.container === undefined ? '' : ` ${incident.container}`),
  );
  const words = labels(shell);
  const label = padTo(words[step], Math.max(...Object.values(words).map(displayWidth)));
  const details = detailsOf(step, incident, writing).filter((part) => part !== '');
  const place =
    step === 'open' || step === 'opened' || step === 'needs-person' ? placeText(incident, view, writing) : '';
  return (
    [
      paint('gray', timeOfDay(at)),
      paint(colour, `${sign} ${label}`),
      paint('bold', name),
      ...details,
      ...(place === '' ? [] : [paint('gray', place)]),
    ].join('  ') + '\n'
  );
}

function labels({ say }: Shell): Readonly<Record<Step, string>> {
  const steps = Object.keys(looks) as Step[];
  return Object.fromEntries(steps.map((step) => [step, say(`cli/step.${step}`)])) as Record<Step, string>;
}

function detailsOf(step: Step, incident: IncidentRow, { shell, paint }: Writing): readonly string[] {
  const { say } = shell;
  const summary = textOf(shell, incident.summary);
  const lasted = incident.ttr === undefined ? '' : say('cli/step-after', { duration: formatDuration(incident.ttr) });
  switch (step) {
    case 'open':
    case 'opened':
      return [`P${incident.priority}`, summary];
    case 'repeated':
    case 'reopened':
      return [`×${incident.count}`, summary];
    case 'healing':
      return [incident.actor === 'none' ? '' : say('cli/step-by', { actor: incident.actor })];
    case 'verifying':
    case 'eased':
      return [];
    case 'needs-person':
      return [incident.needs === undefined ? summary : paint('bold', textOf(shell, incident.needs.reason))];
    case 'recovered':
    case 'planned':
    case 'superseded':
      return [lasted, incident.ending === undefined ? summary : textOf(shell, incident.ending)];
  }
}

function placeText(incident: IncidentRow, view: HealthView, { place }: Writing): string {
  const { rule, file, line } = place(incident, view);
  return printable([rule ?? '', file === undefined ? '' : `${file}:${line ?? 1}`].filter(Boolean).join(' '));
}

const iso = (at: number): string => new Date(at).toISOString();

/** One object on one line; docs/watch.md describes its members. */
function jsonLine({ step, at, incident }: Change, view: HealthView, { shell, place }: Writing): string {
  const { id, cause, state, actor, priority, workload, subject, container, node, count, restarts } = incident;
  const { rule, file, line } = place(incident, view);
  const phases = Object.fromEntries(
    Object.entries(incident.phases).map(([phase, time]) => [phase, iso(time)] as const),
  );
  return `${JSON.stringify({
    type: step,
    at: iso(at),
    id,
    cause,
    state,
    actor,
    priority,
    namespace: subject.namespace ?? workload.namespace,
    workload: { kind: workload.kind, name: workload.name },
    subject: { kind: subject.kind, name: subject.name },
    container,
    node,
    count,
    restarts,
    phases,
    secondsToDetect: incident.ttd,
    secondsToRecover: incident.ttr,
    summary: shell.say(incident.summary.id, incident.summary.data),
    needs: incident.needs && shell.say(incident.needs.reason.id, incident.needs.reason.data),
    ending: isEnded(incident) && incident.ending ? shell.say(incident.ending.id, incident.ending.data) : undefined,
    rule,
    file,
    line,
  })}\n`;
}

/** Says where the picture comes from, and how much it holds. */
export function writeConnection(connection: ConnectionView, totals: Totals, at: number, writing: Writing): void {
  const { shell, paint, format } = writing;
  const { state, context = '', server, version, problem, remedy, warnings = [] } = connection;
  const said = (message: Message | undefined): string | undefined => message && shell.say(message.id, message.data);
  if (format === 'json') {
    const { pods, readyPods, workloads, open } = totals;
    shell.out(
      `${JSON.stringify({
        type: 'connection',
        at: iso(at),
        state,
        context,
        server,
        version,
        problem: said(problem),
        remedy: said(remedy),
        warnings: warnings.map(said),
        totals: { pods, readyPods, workloads, open },
      })}\n`,
    );
    return;
  }
  const counts = shell.say('cli/watch-totals', { workloads: totals.workloads, pods: totals.pods, open: totals.open });
  const head = [printable(context), version ?? '', state === 'live' || state === 'recording' ? counts : ''];
  const notes = [problem, remedy, ...warnings].flatMap((message) =>
    message === undefined ? [] : [textOf(shell, message)],
  );
  const text = [
    `${paint('gray', `${dayOf(at)} ${timeOfDay(at)}`)}  ${shell.say(`cli/connection.${state}`)}  ${head.filter(Boolean).join(' · ')}`,
    ...notes.map((note) => `  ${paint('yellow', note)}`),
  ];
  shell.out(`${text.join('\n')}\n`);
}
