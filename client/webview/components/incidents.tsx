/** The list of incidents: open ones by urgency, ended ones below. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { IncidentRow } from '../../../core/src/live/view.ts';
import { listedOf } from '../../../core/src/listed.ts';
import { shortPodName } from '../../../core/src/short-pod-name.ts';
import { useApp, useLanguage } from '../context.ts';
import { moveTo, refName } from '../rows.ts';
import { isEnded } from '../state.ts';
import { Icon, type IconName } from './icon.tsx';
import { More } from './more.tsx';
import { Stepper } from './stepper.tsx';
import { Elapsed, NextRetry } from './timers.tsx';

/** Rows drawn before "show more"; more than this nobody reads at once. */
const cap = 100;

/** Open and ended incidents as two grids. */
export function Incidents(): JSX.Element {
  const { state } = useApp();
  const { t } = useLanguage();
  const view = state.health?.view;
  const incidents = listedOf(view?.incidents ?? []);
  const open = incidents.filter((incident) => !isEnded(incident));
  const ended = incidents.filter(isEnded);
  return (
    <section class="incidents" aria-label={t('ui.incidents')}>
      <h2>
        {t('ui.incidents.open')} <span class="badge">{open.length}</span>
      </h2>
      {open.length === 0 ? (
        <div class="calm" data-testid="no-incidents">
          <Icon name="check" size={20} />
          <div>
            <strong>{t('ui.incidents.none')}</strong>
            <p class="muted">
              {t('ui.incidents.watched', { count: view?.totals.workloads ?? 0 })}{' '}
              {t('ui.incidents.healed', { count: view?.totals.recovered24h ?? 0 })}
            </p>
          </div>
        </div>
      ) : (
        <IncidentGrid rows={open} label={t('ui.incidents.open')} testid="open-incidents" />
      )}
      {ended.length > 0 && (
        <>
          <h2>
            {t('ui.incidents.ended')} <span class="badge">{ended.length}</span>
          </h2>
          <IncidentGrid rows={ended} label={t('ui.incidents.ended')} testid="ended-incidents" />
        </>
      )}
    </section>
  );
}

function IncidentGrid(props: {
  readonly rows: readonly IncidentRow[];
  readonly label: string;
  readonly testid: string;
}): JSX.Element {
  const { state, dispatch, post } = useApp();
  const [all, setAll] = useState(false);
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const grid = useRef<HTMLDivElement>(null);
  const rows = all ? props.rows : props.rows.slice(0, cap);
  const selected = state.ui.selected;
  const focusable = [cursor, selected].find((id) => rows.some((row) => row.id === id)) ?? rows[0]?.id;
  const onKeyDown = (event: KeyboardEvent, index: number, incident: IncidentRow): void => {
    const next = moveTo(event.key, index, rows.length, 5);
    if (next !== undefined) {
      event.preventDefault();
      setCursor(rows[next]?.id);
      grid.current?.querySelectorAll<HTMLElement>('[role=row]')[next]?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      dispatch({ type: 'select', incident: incident.id });
    } else if (event.key === 'm') {
      post({ type: 'openManifest', incident: incident.id });
    } else if (event.key === 'Escape') {
      dispatch({ type: 'select' });
    }
  };
  return (
    <div
      role="grid"
      class="incident-grid"
      aria-label={props.label}
      aria-rowcount={props.rows.length}
      ref={grid}
      data-testid={props.testid}
    >
      {rows.map((incident, index) => (
        <div
          key={incident.id}
          role="row"
          class={`incident tone-${tone(incident)} ${selected === incident.id ? 'selected' : ''}`}
          aria-selected={selected === incident.id}
          aria-rowindex={index + 1}
          tabIndex={focusable === incident.id ? 0 : -1}
          data-testid="incident"
          data-cause={incident.cause}
          data-state={incident.state}
          data-workload={refName(incident.workload)}
          onFocus={() => setCursor(incident.id)}
          onClick={() => dispatch({ type: 'select', incident: incident.id })}
          onKeyDown={(event) => onKeyDown(event, index, incident)}
        >
          <IncidentCells incident={incident} />
        </div>
      ))}
      <More hidden={props.rows.length - rows.length} onShow={() => setAll(true)} />
    </div>
  );
}

function IncidentCells(props: { readonly incident: IncidentRow }): JSX.Element {
  const { t, message } = useLanguage();
  const { incident } = props;
  const pod = shortPodName(incident.subject, incident.workload);
  const facts = [
    incident.container === undefined ? '' : t('ui.incident.container', { container: incident.container }),
    incident.reopened > 0 ? t('ui.incident.reopened', { count: incident.reopened }) : '',
    incident.children.length > 0 ? t('ui.incident.children', { count: incident.children.length }) : '',
    incident.state === 'recovered' && incident.actor !== 'none'
      ? t('ui.incident.by', { actor: t(`actor.${incident.actor}`) })
      : '',
    isEnded(incident) && incident.ending !== undefined ? message(incident.ending) : '',
  ].filter(Boolean);
  return (
    <>
      <div role="gridcell" class="incident-icon">
        <Icon name={iconOf(incident)} />
        <span class="sr">
          {incident.needs === undefined || isEnded(incident) ? t(`state.${incident.state}`) : t('ui.needsYou')}
        </span>
      </div>
      <div role="gridcell" class="incident-main">
        <div class="incident-title">
          <span class="summary">{message(incident.summary)}</span>
        </div>
        <div class="incident-facts muted">
          <span class="kind">{incident.workload.kind}</span> <span class="name">{refName(incident.workload)}</span>
          {pod !== undefined && (
            <span class="fact" title={incident.subject.name}>
              {t('ui.incident.pod', { pod })}
            </span>
          )}
          {facts.map((fact) => (
            <span class="fact">{fact}</span>
          ))}
        </div>
        {incident.needs !== undefined && !isEnded(incident) && (
          <div class="needs">{message(incident.needs.reason)}</div>
        )}
      </div>
      <div role="gridcell" class="incident-time">
        <Elapsed incident={incident} />
        <NextRetry incident={incident} />
        <div class="chips">
          {incident.count > 1 && (
            <span class="badge" title={t('ui.incident.count', { count: incident.count })}>
              ×{incident.count}
            </span>
          )}
          {!isEnded(incident) && (
            <span
              class={`priority p${incident.priority}`}
              title={t('ui.incident.priority', { priority: incident.priority })}
            >
              P{incident.priority}
            </span>
          )}
        </div>
      </div>
      {!isEnded(incident) && (
        <div role="gridcell" class="incident-steps">
          <Stepper incident={incident} />
        </div>
      )}
    </>
  );
}

/** Colour of a row; its icon and words say the same. */
export function tone(incident: IncidentRow): 'red' | 'orange' | 'green' | 'grey' {
  if (incident.state === 'recovered') return 'green';
  if (isEnded(incident)) return 'grey';
  return incident.needs === undefined ? 'orange' : 'red';
}

function iconOf(incident: IncidentRow): IconName {
  if (incident.state === 'recovered') return 'check';
  if (isEnded(incident)) return 'planned';
  return incident.needs === undefined ? 'healing' : 'alert';
}
