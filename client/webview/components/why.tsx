/** The panel beside the list: why an incident happened, what proves it, and the line that allowed it. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { IncidentRow } from '../../../core/src/live/view.ts';
import { useApp, useLanguage } from '../context.ts';
import { refName } from '../rows.ts';
import { isEnded } from '../state.ts';
import { phasesOf } from '../steps.ts';
import { Icon } from './icon.tsx';
import { tone } from './incidents.tsx';
import { RemedyBox } from './remedy.tsx';
import { Elapsed, NextRetry } from './timers.tsx';

/** Details of the selected incident, or how to get some; nothing while there is none. */
export function Why(): JSX.Element | null {
  const { state, post, dispatch } = useApp();
  const { t } = useLanguage();
  const selected = state.ui.selected;
  const incident = state.health?.view.incidents.find((row) => row.id === selected);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    // What is known of it is shown meanwhile: the manifest may have changed since it was asked last.
    if (incident !== undefined) post({ type: 'remedy', incident: incident.id });
  }, [incident?.id]);
  useEffect(() => {
    // In a narrow panel the details lie above the list, where whoever chose further down does not see them.
    const show = (): void => {
      const element = panel.current;
      if (element === null || incident === undefined || getComputedStyle(element).position !== 'static') return;
      const { top } = element.getBoundingClientRect();
      if (top < 0 || top > window.innerHeight / 2) element.scrollIntoView({ block: 'start' });
    };
    show();
    window.addEventListener('resize', show);
    return () => window.removeEventListener('resize', show);
  }, [incident?.id]);
  if (incident === undefined) {
    if (state.health?.view.incidents.length === 0) return null;
    return (
      <aside class="why empty" aria-label={t('ui.why')}>
        <Icon name="search" size={20} />
        <p class="muted">{t('ui.why.choose')}</p>
      </aside>
    );
  }
  return (
    <aside ref={panel} class="why" aria-label={t('ui.why')} data-testid="why" data-incident={incident.id}>
      <Head incident={incident} onClose={() => dispatch({ type: 'select' })} />
      <RemedyBox incident={incident} />
      <Facts incident={incident} />
      <Timeline incident={incident} />
      <Parts incident={incident} />
      <EvidenceList incident={incident} />
    </aside>
  );
}

function Head(props: { readonly incident: IncidentRow; readonly onClose: () => void }): JSX.Element {
  const { t, message } = useLanguage();
  const { incident } = props;
  return (
    <div class={`why-head tone-${tone(incident)}`}>
      <button class="ghost close" aria-label={t('ui.why.close')} title={t('ui.why.close')} onClick={props.onClose}>
        <Icon name="close" />
      </button>
      <h2 data-testid="why-summary">{message(incident.summary)}</h2>
      <p class="muted">
        <span class="state">{t(`state.${incident.state}`)}</span>
        {(!isEnded(incident) || incident.ttr !== undefined) && (
          <>
            {' · '}
            <Elapsed incident={incident} />
          </>
        )}
      </p>
      <NextRetry incident={incident} large />
      {incident.needs !== undefined && !isEnded(incident) && (
        <p class="callout" data-testid="why-needs">
          <Icon name="alert" />
          <span>
            <strong>{t('ui.needsYou')}:</strong> {message(incident.needs.reason)}
          </span>
        </p>
      )}
      {incident.ending !== undefined && <p>{message(incident.ending)}</p>}
    </div>
  );
}

function Facts(props: { readonly incident: IncidentRow }): JSX.Element {
  const { t, duration } = useLanguage();
  const { incident } = props;
  return (
    <dl class="facts">
      <Fact name={t('ui.why.cause')}>
        <code data-testid="why-cause">{incident.cause}</code>
      </Fact>
      <Fact name={t('ui.why.class')}>{t(`rootCause.${incident.rootCause}`)}</Fact>
      <Fact name={t('ui.why.confidence')}>{Math.round(incident.confidence * 100)} %</Fact>
      <Fact name={t('ui.why.healer')}>{t(`actor.${incident.actor}`)}</Fact>
      {incident.subject.kind !== incident.workload.kind && (
        <Fact name={incident.subject.kind}>{incident.subject.name}</Fact>
      )}
      {incident.node !== undefined && <Fact name={t('ui.why.node')}>{incident.node}</Fact>}
      {incident.ttd !== undefined && <Fact name={t('ui.why.detection')}>{duration(incident.ttd)}</Fact>}
      {incident.ttr !== undefined && <Fact name={t('ui.why.recovery')}>{duration(incident.ttr)}</Fact>}
      {incident.replacement !== undefined && (
        <Fact name={t('ui.why.replacement')}>
          {refName(incident.replacement.ref)} ({Math.round(incident.replacement.confidence * 100)} %)
        </Fact>
      )}
    </dl>
  );
}

function Fact(props: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function Timeline(props: { readonly incident: IncidentRow }): JSX.Element | null {
  const { t, clock, duration } = useLanguage();
  const phases = phasesOf(props.incident);
  const first = phases[0];
  if (first === undefined) return null;
  return (
    <>
      <h3>{t('ui.why.timeline')}</h3>
      <ol class="timeline" data-testid="timeline">
        {phases.map((phase) => (
          <li class={phase.name === 'recovered' ? 'good' : phase.name === 'fault' ? 'bad' : ''}>
            <time dateTime={new Date(phase.at).toISOString()}>{clock(phase.at)}</time>
            <span>{t(`phase.${phase.name}`)}</span>
            <span class="muted">{phase === first ? '' : `+${duration((phase.at - first.at) / 1000)}`}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** The incident this one belongs to, and those folded into it. */
function Parts(props: { readonly incident: IncidentRow }): JSX.Element | null {
  const { state, dispatch } = useApp();
  const { t, message } = useLanguage();
  const rows = state.health?.view.incidents ?? [];
  const parent = rows.find((row) => row.id === props.incident.parent);
  const children = rows.filter((row) => props.incident.children.includes(row.id)).slice(0, 50);
  const list = (title: string, items: readonly IncidentRow[]): JSX.Element | null =>
    items.length === 0 ? null : (
      <>
        <h3>{title}</h3>
        <ul class="parts">
          {items.map((row) => (
            <li>
              <button class="link" onClick={() => dispatch({ type: 'select', incident: row.id })}>
                {message(row.summary)}
              </button>
            </li>
          ))}
        </ul>
      </>
    );
  return (
    <>
      {list(t('ui.why.part'), parent === undefined ? [] : [parent])}
      {list(t('ui.why.parts'), children)}
    </>
  );
}

function EvidenceList(props: { readonly incident: IncidentRow }): JSX.Element {
  const { t, clock } = useLanguage();
  return (
    <>
      <h3>{t('ui.why.evidence')}</h3>
      {props.incident.evidence.length === 0 && <p class="muted">{t('ui.why.noEvidence')}</p>}
      <ul class="evidence" data-testid="evidence">
        {props.incident.evidence.map((item) => (
          <li>
            <div class="evidence-head">
              <span class="kind">{item.object.kind}</span> <span>{refName(item.object)}</span>
              <span class="tag">{t(item.source === 'event' ? 'ui.why.fromEvent' : 'ui.why.fromStatus')}</span>
              {item.at !== undefined && <time dateTime={new Date(item.at).toISOString()}>{clock(item.at)}</time>}
            </div>
            <div class="evidence-body">
              <code class="field">{item.field}</code>
              <code class="value">{item.value}</code>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
