/** Rows of incidents and of what comes back again and again. */
import { formatClock, formatDuration } from '../../../core/src/elapsed.ts';
import type { HealthView, IncidentRow, ProblemRow } from '../../../core/src/live/view.ts';
import { isOver, listedOf } from '../../../core/src/listed.ts';
import { shortPodName } from '../../../core/src/short-pod-name.ts';
import { incidentPrefix } from '../commands/incident-argument.ts';
import { capped, group, placeOf, type Row, type Writing } from './tree-row.ts';

/** What a row of an incident is drawn from. */
interface Drawing extends Writing {
  readonly view: HealthView;
  /** Incidents that look like another one unless their pod is named. */
  readonly alike: ReadonlySet<string>;
  /** Incidents that have a row of their own in a group. */
  readonly listed: ReadonlySet<string>;
}

/** Groups of incidents: those that need a person, those that heal, those that are over. */
export function incidentGroups(view: HealthView, writing: Writing): readonly Row[] {
  const { t } = writing;
  const top = listedOf(view.incidents);
  const ended = top.filter(isOver);
  const open = top.filter((incident) => !isOver(incident));
  const needs = open.filter((incident) => incident.needs !== undefined);
  const healing = open.filter((incident) => incident.needs === undefined);
  const listed = new Set(top.map(({ id }) => id));
  const drawing: Drawing = { ...writing, view, alike: alikeOf(view.incidents), listed };
  const incidents = (id: string, list: readonly IncidentRow[]): readonly Row[] =>
    capped(id, list, (incident) => incidentRow(incident, drawing), writing);
  return [
    group('needs', t('Needs attention'), incidents('needs', needs), needs.length, {
      icon: 'warning',
      color: needs.length > 0 ? 'charts.red' : undefined,
      open: true,
    }),
    group('healing', t('Healing now'), incidents('healing', healing), healing.length, {
      icon: 'sync',
      color: healing.length > 0 ? 'charts.yellow' : undefined,
      open: true,
    }),
    group('recovered', t('Recently healed'), incidents('recovered', ended), ended.length, {
      icon: 'pass',
      color: ended.length > 0 ? 'charts.green' : undefined,
      open: false,
    }),
  ];
}

/** What comes back again and again; no group while nothing does. */
export function problemGroup(view: HealthView, writing: Writing): readonly Row[] {
  const { t } = writing;
  const problems = view.problems.filter(({ count }) => count > 1);
  if (problems.length === 0) return [];
  const rows = capped('problems', problems, (problem) => problemRow(problem, writing), writing);
  return [
    group('problems', t('Comes back again and again'), rows, problems.length, {
      icon: 'history',
      color: problems.some(({ open }) => open) ? 'charts.yellow' : undefined,
      open: false,
    }),
  ];
}

function problemRow(problem: ProblemRow, { t, say, now, units }: Writing): Row {
  const label = `${problem.workload.name} ×${problem.count}`;
  const ago = t('{0} ago', formatDuration(Math.max(0, now - problem.lastAt) / 1000, units));
  const summary = say(problem.summary);
  const incident = problem.incidents.at(-1);
  return {
    id: `problem:${problem.key}`,
    label,
    description: `${ago} · ${summary}`,
    icon: problem.open ? 'sync' : 'history',
    color: problem.open ? (problem.needs === undefined ? 'charts.yellow' : 'charts.red') : 'descriptionForeground',
    spoken: `${label}, ${summary}, ${ago}`,
    context: 'problem',
    tooltip: {
      title: summary,
      lines: [
        `${problem.workload.kind} ${placeOf(problem.workload)} · P${problem.priority}`,
        t('{0} times in {1} pods within 24 h', problem.count, problem.pods),
        ...(problem.medianTtr === undefined
          ? []
          : [t('Median time to recover: {0}', formatDuration(problem.medianTtr, units))]),
      ],
    },
    ...(incident !== undefined && {
      command: { id: 'selfheal.openManifest', title: t('Open manifest line'), args: [incident] },
    }),
    runs: true,
  };
}

/** Incidents of one workload with one cause, as when two of its pods run out of memory. */
function alikeOf(incidents: readonly IncidentRow[]): ReadonlySet<string> {
  const groups = Map.groupBy(incidents, ({ workload, cause }) => `${cause} ${workload.kind} ${placeOf(workload)}`);
  const several = [...groups.values()].filter((group) => new Set(group.map(({ subject }) => subject.name)).size > 1);
  return new Set(several.flatMap((group) => group.map(({ id }) => id)));
}

/** An incident, with those folded into it below. */
function incidentRow(incident: IncidentRow, drawing: Drawing): Row {
  const { t, say, now, view, units } = drawing;
  const ended = isOver(incident);
  const summary = say(incident.summary);
  const { name } = incident.workload;
  const label = incident.count > 1 ? `${name} ×${incident.count}` : name;
  const place = placeOf(incident.workload);
  const time = ended ? endedText(incident, drawing) : runningText(incident, drawing);
  const pod = shortPodName(incident.subject, incident.workload);
  const podText = pod === undefined || !drawing.alike.has(incident.id) ? '' : t('pod {0}', pod);
  const description = [podText, time, summary].filter(Boolean).join(' · ');
  const folded = new Set(incident.children);
  const children = capped(
    incident.id,
    folded.size === 0 ? [] : view.incidents.filter(({ id }) => folded.has(id) && !drawing.listed.has(id)),
    (child) => incidentRow({ ...child, children: [] }, drawing),
    drawing,
  );
  const look = incidentLook(incident);
  return {
    id: `${incidentPrefix}${incident.id}`,
    label,
    description,
    icon: look.icon,
    color: look.color,
    spoken: [look.word(t), label, incident.workload.kind, description, needsText(incident, drawing)]
      .filter(Boolean)
      .join(', '),
    context: ended ? 'incident-ended' : 'incident-open',
    tooltip: {
      title: summary,
      lines: [
        `${incident.workload.kind} ${place} · P${incident.priority}`,
        ...(pod === undefined ? [] : [t('pod {0}', incident.subject.name)]),
        ...(incident.needs === undefined || ended ? [] : [`${t('Needs you')}: ${say(incident.needs.reason)}`]),
        ...(incident.ending === undefined ? [] : [say(incident.ending)]),
        t('Cause: {0} ({1} %)', incident.cause, Math.round(incident.confidence * 100)),
        ...(incident.phases.fault === undefined || ended
          ? []
          : [t('Since {0}', formatDuration((now - incident.phases.fault) / 1000, units))]),
      ],
      evidence: incident.evidence.slice(0, 6).map(({ field, value }) => ({ field, value })),
    },
    command: { id: 'selfheal.openManifest', title: t('Open manifest line'), args: [incident.id] },
    open: false,
    ...(children.length > 0 && { children }),
    ...(!ended && { runs: true }),
  };
}

const needsText = (incident: IncidentRow, { say }: Writing): string =>
  incident.needs === undefined || isOver(incident) ? '' : say(incident.needs.reason);

function endedText(incident: IncidentRow, { t, units }: Writing): string {
  if (incident.state !== 'recovered') return incident.state === 'planned' ? t('planned') : t('superseded');
  return incident.ttr === undefined ? t('healed') : t('healed in {0}', formatDuration(incident.ttr, units));
}

function runningText(incident: IncidentRow, { t, now, stale, units }: Writing): string {
  const retry = incident.nextRetry;
  if (retry !== undefined && !stale) {
    const left = (retry.at - now) / 1000;
    if (left <= 0) return t('starting now');
    const clock = formatClock(left);
    return retry.estimated ? t('next start in about {0}', clock) : t('next start in {0}', clock);
  }
  const start = incident.phases.fault ?? incident.phases.detected;
  return start === undefined ? '' : formatDuration((now - start) / 1000, units);
}

interface Look {
  readonly icon: string;
  readonly color: string;
  readonly word: (t: Writing['t']) => string;
}

function incidentLook(incident: IncidentRow): Look {
  if (incident.state === 'recovered') return { icon: 'pass', color: 'charts.green', word: (t) => t('healed') };
  if (isOver(incident)) return { icon: 'history', color: 'descriptionForeground', word: (t) => t('ended') };
  if (incident.needs !== undefined) return { icon: 'error', color: 'charts.red', word: (t) => t('Needs you') };
  return { icon: 'sync', color: 'charts.yellow', word: (t) => t('healing') };
}
