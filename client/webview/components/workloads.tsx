/** Every workload with its readiness and restarts, in a grid that draws only the rows in sight. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WorkloadRow } from '../../../core/src/live/view.ts';
import { useApp, useLanguage, useMonotonic } from '../context.ts';
import { filterWorkloads, moveTo, visibleSlice, workloadKey } from '../rows.ts';
import { isEnded, pictureNow } from '../state.ts';
import { Icon, type IconName } from './icon.tsx';
import { Meter } from './meter.tsx';

/** Height of a row in CSS pixels, the same as in the style sheet. */
const rowHeight = 30;

/** The section with its filter and its grid. */
export function Workloads(): JSX.Element {
  const { state, dispatch } = useApp();
  const { t } = useLanguage();
  const all = state.health?.view.workloads ?? [];
  const rows = filterWorkloads(all, state.ui);
  return (
    <section class="workloads" aria-label={t('ui.workloads')}>
      <div class="section-head">
        <h2>
          {t('ui.workloads')}{' '}
          <span class="badge">
            {rows.length === all.length
              ? all.length
              : t('ui.workloads.shown', { shown: rows.length, total: all.length })}
          </span>
        </h2>
        <label class="search">
          <Icon name="search" size={14} />
          <span class="sr">{t('ui.workloads.filter')}</span>
          <input
            type="search"
            data-testid="workload-filter"
            placeholder={t('ui.workloads.filter')}
            value={state.ui.filter}
            onInput={(event) => dispatch({ type: 'filter', text: event.currentTarget.value })}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={state.ui.problemsOnly}
            onChange={(event) => dispatch({ type: 'problemsOnly', on: event.currentTarget.checked })}
          />
          {t('ui.workloads.problems')}
        </label>
      </div>
      {rows.length === 0 ? (
        <p class="muted pad">{t(all.length === 0 ? 'ui.workloads.empty' : 'ui.workloads.none')}</p>
      ) : (
        <WorkloadGrid rows={rows} />
      )}
    </section>
  );
}

function WorkloadGrid(props: { readonly rows: readonly WorkloadRow[] }): JSX.Element {
  const { state, dispatch } = useApp();
  const { t } = useLanguage();
  const [scroll, setScroll] = useState({ top: 0, height: 420 });
  const [cursor, setCursor] = useState(0);
  const [moved, setMoved] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const { rows } = props;
  const at = Math.min(cursor, rows.length - 1);
  const { first, end } = visibleSlice(rows.length, rowHeight, scroll.top, scroll.height);
  const measure = (): void => {
    if (body.current !== null) setScroll({ top: body.current.scrollTop, height: body.current.clientHeight });
  };
  useEffect(measure, []);
  useEffect(() => {
    if (moved) body.current?.querySelector<HTMLElement>('[role=row][tabindex="0"]')?.focus();
  }, [at, moved]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = moveTo(event.key, at, rows.length);
    const row = rows[at];
    if (next !== undefined) {
      event.preventDefault();
      const box = body.current;
      const top = next * rowHeight;
      if (box !== null && top < box.scrollTop) box.scrollTop = top;
      if (box !== null && top + rowHeight > box.scrollTop + box.clientHeight) {
        box.scrollTop = top + rowHeight - box.clientHeight;
      }
      measure();
      setCursor(next);
      setMoved(true);
    } else if (event.key === 'Enter' && row !== undefined) {
      open(row);
    }
  };
  const open = (row: WorkloadRow): void => {
    const key = workloadKey(row.ref);
    const own = state.health?.view.incidents.filter((incident) => workloadKey(incident.workload) === key) ?? [];
    const incident = own.find((candidate) => !isEnded(candidate)) ?? own[0];
    if (incident !== undefined) dispatch({ type: 'select', incident: incident.id });
  };
  return (
    <div
      role="grid"
      class="table workload-table"
      aria-label={t('ui.workloads')}
      aria-rowcount={rows.length + 1}
      data-testid="workloads"
    >
      <div role="row" class="tr th" aria-rowindex={1}>
        {['workload', 'namespace', 'state', 'ready', 'restarts', 'lastRestart', 'recovery'].map((column) => (
          <div
            role="columnheader"
            class={`c-${column}`}
            {...(column === 'recovery' && { title: t('ui.column.recoveryLong') })}
          >
            {t(`ui.column.${column}`)}
          </div>
        ))}
      </div>
      <div class="tbody" role="rowgroup" ref={body} onScroll={measure} onKeyDown={onKeyDown}>
        <div role="presentation" style={{ height: `${first * rowHeight}px` }} />
        {rows.slice(first, end).map((row, offset) => (
          <div
            key={workloadKey(row.ref)}
            role="row"
            class={`tr ${row.openIncidents > 0 ? 'has-incidents' : ''}`}
            aria-rowindex={first + offset + 2}
            tabIndex={first + offset === at ? 0 : -1}
            data-testid="workload"
            data-workload={workloadKey(row.ref)}
            onFocus={() => setCursor(first + offset)}
            onClick={() => open(row)}
          >
            <WorkloadCells row={row} />
          </div>
        ))}
        <div role="presentation" style={{ height: `${(rows.length - end) * rowHeight}px` }} />
      </div>
    </div>
  );
}

const icons: Readonly<Record<WorkloadRow['state'], { readonly icon: IconName; readonly tone: string }>> = {
  healthy: { icon: 'check', tone: 'green' },
  healing: { icon: 'healing', tone: 'orange' },
  'needs-human': { icon: 'alert', tone: 'red' },
  stopped: { icon: 'stop', tone: 'grey' },
};

function WorkloadCells(props: { readonly row: WorkloadRow }): JSX.Element {
  const { state } = useApp();
  const { t, duration } = useLanguage();
  const { row } = props;
  const now = pictureNow(state, useMonotonic(row.lastRestartAt !== undefined));
  const look = icons[row.state];
  return (
    <>
      <div role="gridcell" class="c-workload">
        <span class="name">{row.ref.name}</span> <span class="kind">{row.ref.kind}</span>
      </div>
      <div role="gridcell" class="c-namespace">
        {row.ref.namespace ?? ''}
      </div>
      <div role="gridcell" class={`c-state tone-${look.tone}`}>
        <Icon name={look.icon} size={14} />
        {t(`workload.${row.state}`)}
      </div>
      <div role="gridcell" class="c-ready">
        <span class="number">
          {row.ready}/{row.desired}
        </span>
        <Meter part={row.ready} whole={row.desired} />
      </div>
      <div role="gridcell" class={`c-restarts ${row.restarts24h > 0 ? 'some' : 'muted'}`}>
        {row.restarts24h}
      </div>
      <div role="gridcell" class="c-lastRestart muted">
        {row.lastRestartAt === undefined ? '–' : t('ui.ago', { duration: duration((now - row.lastRestartAt) / 1000) })}
      </div>
      <div role="gridcell" class="c-recovery muted">
        {row.medianTtr === undefined ? '–' : duration(row.medianTtr)}
      </div>
    </>
  );
}
