/** Rows of the tree, as data: what a view of the cluster's health looks like in the side bar. */
import { formatClock, formatDuration, type UnitSigns } from '../../../core/src/elapsed.ts';
import type { HealthView, IncidentRow, Message, NodeRow, ObjectRef, WorkloadRow } from '../../../core/src/live/view.ts';
import { shortPodName } from '../../../core/src/short-pod-name.ts';
import { incidentPrefix } from '../commands/incident-argument.ts';
import { connectionRows } from './connection-rows.ts';

/** One row. */
export interface Row {
  /** Stable, so that the editor keeps what is folded and selected. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Name of a theme icon and of a theme colour for it. */
  readonly icon?: string;
  readonly color?: string;
  readonly tooltip?: Tooltip;
  /** What a screen reader says. */
  readonly spoken: string;
  /** `contextValue` of the row, which decides its actions. */
  readonly context?: string;
  readonly command?: { readonly id: string; readonly title: string; readonly args: readonly unknown[] };
  /** Absent: a leaf. */
  readonly children?: readonly Row[];
  readonly open?: boolean;
  /** Its description holds a running timer. */
  readonly runs?: boolean;
}

export interface Tooltip {
  readonly title: string;
  readonly lines: readonly string[];
  readonly evidence?: readonly { readonly field: string; readonly value: string }[];
}

/** What rows are written with: the editor's language and the cluster's time. */
export interface Writing {
  readonly t: (text: string, ...values: readonly (string | number)[]) => string;
  readonly say: (message: Message) => string;
  readonly units: UnitSigns;
  /** Cluster time, epoch milliseconds; it stands still while the picture is stale. */
  readonly now: number;
  /** Time for what runs on regardless, such as the next attempt to connect. */
  readonly clock: number;
  readonly stale: boolean;
}

/** What a row of an incident is drawn from. */
interface Drawing extends Writing {
  readonly view: HealthView;
  /** Incidents that look like another one unless their pod is named. */
  readonly alike: ReadonlySet<string>;
}

/** Rows drawn per group; the dashboard shows all. */
const cap = 200;

/** All rows; none while nothing is connected, so that the editor shows the welcome text. */
export function healthRows(view: HealthView | undefined, writing: Writing): readonly Row[] {
  if (view === undefined || (view.connection.state === 'disconnected' && view.connection.problem === undefined))
    return [];
  const { t } = writing;
  const top = view.incidents.filter((incident) => incident.parent === undefined);
  const ended = top.filter(isEnded);
  const open = top.filter((incident) => !isEnded(incident));
  const needs = open.filter((incident) => incident.needs !== undefined);
  const healing = open.filter((incident) => incident.needs === undefined);
  const rows = [...connectionRows(view.connection, writing)];
  const seen = view.workloads.length > 0 || view.nodes.length > 0 || view.incidents.length > 0;
  if (view.connection.state !== 'live' && !seen) return rows;
  const drawing: Drawing = { ...writing, view, alike: alikeOf(view.incidents) };
  const incidents = (list: readonly IncidentRow[]): readonly Row[] =>
    list.slice(0, cap).map((incident) => incidentRow(incident, drawing));
  return [
    ...rows,
    group('needs', t('Needs attention'), incidents(needs), needs.length, {
      icon: 'warning',
      color: needs.length > 0 ? 'charts.red' : undefined,
      open: true,
    }),
    group('healing', t('Healing now'), incidents(healing), healing.length, {
      icon: 'sync',
      color: healing.length > 0 ? 'charts.orange' : undefined,
      open: true,
    }),
    group('recovered', t('Recently healed'), incidents(ended), ended.length, {
      icon: 'pass',
      color: ended.length > 0 ? 'charts.green' : undefined,
      open: false,
    }),
    workloadGroup(view, writing),
    nodeGroup(view, writing),
  ];
}

const isEnded = (incident: IncidentRow): boolean => ['recovered', 'superseded', 'planned'].includes(incident.state);

interface GroupLook {
  readonly icon: string;
  readonly color: string | undefined;
  readonly open: boolean;
  readonly description?: string;
}

function group(id: string, label: string, children: readonly Row[], count: number, look: GroupLook): Row {
  const description = look.description ?? String(count);
  return {
    // The editor keeps a group as it was first drawn: an empty one, which cannot be open, is another row.
    id: children.length > 0 ? `group:${id}` : `group:${id}:empty`,
    label,
    description,
    icon: look.icon,
    ...(look.color !== undefined && { color: look.color }),
    spoken: `${label}: ${description}`,
    context: `group-${id}`,
    open: look.open,
    ...(children.length > 0 && { children }),
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
  const ended = isEnded(incident);
  const summary = say(incident.summary);
  const { name } = incident.workload;
  const label = incident.count > 1 ? `${name} ×${incident.count}` : name;
  const place = placeOf(incident.workload);
  const time = ended ? endedText(incident, drawing) : runningText(incident, drawing);
  const pod = shortPodName(incident.subject, incident.workload);
  const podText = pod === undefined || !drawing.alike.has(incident.id) ? '' : t('pod {0}', pod);
  const description = [podText, time, summary].filter(Boolean).join(' · ');
  const children = view.incidents
    .filter((child) => incident.children.includes(child.id))
    .slice(0, cap)
    .map((child) => incidentRow({ ...child, children: [] }, drawing));
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
  incident.needs === undefined || isEnded(incident) ? '' : say(incident.needs.reason);

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
  if (isEnded(incident)) return { icon: 'history', color: 'descriptionForeground', word: (t) => t('ended') };
  if (incident.needs !== undefined) return { icon: 'error', color: 'charts.red', word: (t) => t('Needs you') };
  return { icon: 'sync', color: 'charts.orange', word: (t) => t('healing') };
}

function workloadGroup(view: HealthView, writing: Writing): Row {
  const { t } = writing;
  const namespaces = Map.groupBy(view.workloads, (row) => row.ref.namespace ?? '');
  const children = [...namespaces].map(([namespace, rows]): Row => {
    const troubled = rows.filter((row) => row.openIncidents > 0).length;
    const ready = rows.filter((row) => row.ready >= row.desired).length;
    const description = t('{0} of {1} ready', ready, rows.length);
    return {
      id: `namespace:${namespace}`,
      label: namespace || t('no namespace'),
      description,
      icon: 'symbol-namespace',
      ...(troubled > 0 && { color: 'charts.orange' }),
      spoken: `${t('Namespace')} ${namespace}: ${description}`,
      open: false,
      children: rows.slice(0, cap).map((row) => workloadRow(row, writing)),
    };
  });
  return group('workloads', t('Workloads'), children, view.workloads.length, {
    icon: 'layers',
    color: undefined,
    open: false,
  });
}

const workloadLooks: Readonly<Record<WorkloadRow['state'], { readonly icon: string; readonly color: string }>> = {
  healthy: { icon: 'pass', color: 'charts.green' },
  healing: { icon: 'sync', color: 'charts.orange' },
  'needs-human': { icon: 'error', color: 'charts.red' },
  stopped: { icon: 'circle-slash', color: 'descriptionForeground' },
};

function workloadRow(row: WorkloadRow, { t, units }: Writing): Row {
  const state = { healthy: t('healthy'), healing: t('healing'), 'needs-human': t('Needs you'), stopped: t('stopped') }[
    row.state
  ];
  const description = [
    t('{0}/{1} ready', row.ready, row.desired),
    row.restarts24h === 0 ? '' : row.restarts24h === 1 ? t('1 restart') : t('{0} restarts', row.restarts24h),
  ]
    .filter(Boolean)
    .join(' · ');
  return {
    id: `workload:${row.ref.kind}/${row.ref.namespace ?? ''}/${row.ref.name}`,
    label: row.ref.name,
    description,
    ...workloadLooks[row.state],
    spoken: `${row.ref.kind} ${row.ref.name}, ${state}, ${description}`,
    context: 'workload',
    tooltip: {
      title: `${row.ref.kind} ${placeOf(row.ref)}`,
      lines: [
        `${state}, ${t('{0}/{1} ready', row.ready, row.desired)}`,
        t('Restarts within 24 h: {0}', row.restarts24h),
        ...(row.medianTtr === undefined
          ? []
          : [t('Median time to recover: {0}', formatDuration(row.medianTtr, units))]),
      ],
    },
  };
}

function nodeGroup(view: HealthView, writing: Writing): Row {
  const { t } = writing;
  const ready = view.nodes.filter((node) => node.ready).length;
  const lost = ready < view.nodes.length;
  return group(
    'nodes',
    t('Nodes'),
    view.nodes.slice(0, cap).map((node) => nodeRow(node, writing)),
    view.nodes.length,
    {
      icon: 'server',
      color: lost ? 'charts.red' : undefined,
      open: lost,
      description: view.nodes.length === 0 ? t('not visible') : t('{0} of {1} ready', ready, view.nodes.length),
    },
  );
}

function nodeRow(node: NodeRow, { t, now, units }: Writing): Row {
  const state = node.ready ? t('ready') : t('not ready');
  const since =
    node.since === undefined || node.ready ? '' : t('for {0}', formatDuration((now - node.since) / 1000, units));
  const notes = [...(node.cordoned ? [t('cordoned')] : []), ...node.pressures];
  const description = [state, since, node.pods === 1 ? t('1 pod') : t('{0} pods', node.pods), ...notes]
    .filter(Boolean)
    .join(' · ');
  return {
    id: `node:${node.name}`,
    label: node.name,
    description,
    icon: node.ready ? (notes.length > 0 ? 'warning' : 'pass') : 'error',
    color: node.ready ? (notes.length > 0 ? 'charts.orange' : 'charts.green') : 'charts.red',
    spoken: `${t('Node')} ${node.name}, ${description}`,
    context: 'node',
    ...(since !== '' && { runs: true }),
  };
}

const placeOf = (ref: ObjectRef): string => (ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`);
