/** Texts that run: how long an incident lasts, when a container is started again. */
import type { JSX } from 'preact';
import { formatClock } from '../../../core/src/elapsed.ts';
import type { IncidentRow } from '../../../core/src/live/view.ts';
import { useApp, useLanguage, useMonotonic } from '../context.ts';
import { isEnded, isFrozen, pictureNow } from '../state.ts';

/** Time since the fault, or what recovery took. */
export function Elapsed(props: { readonly incident: IncidentRow }): JSX.Element | null {
  const { state } = useApp();
  const { t, duration } = useLanguage();
  const { incident } = props;
  const ended = isEnded(incident);
  const now = pictureNow(state, useMonotonic(!ended));
  if (ended) {
    if (incident.ttr === undefined) return <span class="elapsed">{t(`state.${incident.state}`)}</span>;
    return <span class="elapsed">{t('ui.incident.healedIn', { duration: duration(incident.ttr) })}</span>;
  }
  const start = incident.phases.fault ?? incident.phases.detected;
  if (start === undefined) return null;
  return <span class="elapsed running">{t('ui.incident.for', { duration: duration((now - start) / 1000) })}</span>;
}

/** Countdown to the kubelet's next start of a container in back-off. */
export function NextRetry(props: { readonly incident: IncidentRow; readonly large?: boolean }): JSX.Element | null {
  const { state } = useApp();
  const { t } = useLanguage();
  const { nextRetry } = props.incident;
  const shown = nextRetry !== undefined && !isEnded(props.incident);
  const frozen = isFrozen(state.health?.view.connection.state ?? 'disconnected');
  const now = pictureNow(state, useMonotonic(shown && !frozen));
  if (!shown) return null;
  const left = (nextRetry.at - now) / 1000;
  const say = frozen
    ? t('ui.retry.paused')
    : left <= 0
      ? t('ui.retry.due')
      : t(nextRetry.estimated ? 'ui.retry.about' : 'ui.retry.in', { clock: formatClock(left) });
  return (
    <span class={`retry ${props.large === true ? 'retry-large' : ''}`} data-testid="next-retry">
      {say}
    </span>
  );
}
