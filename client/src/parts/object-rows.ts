/** Rows of workloads, Services and nodes. */
import { formatDuration } from '../../../core/src/elapsed.ts';
import type { HealthView, NodeRow, ServiceRow, WorkloadRow } from '../../../core/src/live/view.ts';
import { capped, group, placeOf, type Row, type Writing } from './tree-row.ts';

/** Workloads by namespace. */
export function workloadGroup(view: HealthView, writing: Writing): Row {
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
      ...(troubled > 0 && { color: 'charts.yellow' }),
      spoken: `${t('Namespace')} ${namespace}: ${description}`,
      open: false,
      children: capped(`namespace:${namespace}`, rows, (row) => workloadRow(row, writing), writing),
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
  healing: { icon: 'sync', color: 'charts.yellow' },
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

/** Services by whether anybody answers, those that ask for attention first; no group where none is visible. */
export function serviceGroup(view: HealthView, writing: Writing): readonly Row[] {
  const { t } = writing;
  if (view.services.length === 0) return [];
  const troubled = view.services.filter(({ state }) => state === 'down' || state === 'degraded');
  const down = troubled.some(({ state }) => state === 'down');
  const order = (row: ServiceRow): number => ['down', 'degraded', 'empty', 'healthy'].indexOf(row.state);
  const rows = [...view.services].sort((a, b) => order(a) - order(b));
  const answering = view.services.length - troubled.length;
  return [
    group(
      'services',
      t('Services'),
      capped('services', rows, (row) => serviceRow(row, writing), writing),
      view.services.length,
      {
        icon: 'globe',
        color: down ? 'charts.red' : troubled.length > 0 ? 'charts.yellow' : undefined,
        open: down,
        description: t('{0} of {1} well', answering, view.services.length),
      },
    ),
  ];
}

const serviceLooks: Readonly<Record<ServiceRow['state'], { readonly icon: string; readonly color: string }>> = {
  healthy: { icon: 'pass', color: 'charts.green' },
  degraded: { icon: 'sync', color: 'charts.yellow' },
  down: { icon: 'error', color: 'charts.red' },
  empty: { icon: 'circle-slash', color: 'descriptionForeground' },
};

function serviceRow(row: ServiceRow, { t, now, units }: Writing): Row {
  const state = {
    healthy: t('all answer'),
    degraded: t('some answer'),
    down: t('nobody answers'),
    empty: t('no pods'),
  }[row.state];
  const runs = row.since !== undefined && (row.state === 'down' || row.state === 'degraded');
  const description = [
    state,
    row.total === 0 ? '' : t('{0}/{1} ready', row.ready, row.total),
    runs ? t('for {0}', formatDuration((now - (row.since ?? now)) / 1000, units)) : '',
  ]
    .filter(Boolean)
    .join(' · ');
  return {
    id: `service:${placeOf(row.ref)}`,
    label: row.ref.name,
    description,
    ...serviceLooks[row.state],
    spoken: `${t('Service')} ${placeOf(row.ref)}, ${description}`,
    context: 'service',
    ...(runs && { runs }),
  };
}

/** The nodes; folded open while one is lost. */
export function nodeGroup(view: HealthView, writing: Writing): Row {
  const { t } = writing;
  const ready = view.nodes.filter((node) => node.ready).length;
  const lost = ready < view.nodes.length;
  return group(
    'nodes',
    t('Nodes'),
    capped('nodes', view.nodes, (node) => nodeRow(node, writing), writing),
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
    color: node.ready ? (notes.length > 0 ? 'charts.yellow' : 'charts.green') : 'charts.red',
    spoken: `${t('Node')} ${node.name}, ${description}`,
    context: 'node',
    ...(since !== '' && { runs: true }),
  };
}
