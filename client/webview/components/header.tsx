/** Top of the dashboard: which cluster this is, how fresh the picture is, and the way in and out. */
import type { JSX } from 'preact';
import { formatClock } from '../../../core/src/elapsed.ts';
import type { ConnectionState, ConnectionView, KindView } from '../../../core/src/live/view.ts';
import { useApp, useLanguage, useMonotonic } from '../context.ts';
import { isFrozen, lastNews, runningNow } from '../state.ts';
import { Icon, type IconName } from './icon.tsx';

/** States that a person asked for, and that nothing is wrong with. */
const quiet: ReadonlySet<string> = new Set(['disconnected', 'recording']);

/** Title, context, state of the connection and the button for it. */
export function Header(): JSX.Element {
  const { state, post } = useApp();
  const { t } = useLanguage();
  const connection = state.health?.view.connection;
  const name = connection?.state ?? 'disconnected';
  return (
    <header class="top">
      <h1>{t('ui.title')}</h1>
      {connection?.context !== undefined && (
        <span class="context" title={connection.server}>
          <Icon name="server" size={14} />
          {connection.context}
          {connection.version !== undefined && <span class="version">{connection.version}</span>}
        </span>
      )}
      <span class={`connection connection-${name}`} data-testid="connection-state" data-state={name}>
        <span class="dot" aria-hidden="true" />
        {t(`connection.${name}`)}
      </span>
      <span class="spacer" />
      {name === 'disconnected' ? (
        !state.restricted &&
        connection?.context !== undefined && (
          <button class="primary" data-testid="connect" onClick={() => post({ type: 'connect' })}>
            {t('ui.connect')}
          </button>
        )
      ) : (
        <button
          class="secondary"
          data-testid="disconnect"
          title={name === 'recording' ? t('ui.closeRecording') : ''}
          onClick={() => post({ type: 'disconnect' })}
        >
          {t(name === 'recording' ? 'ui.close' : 'ui.disconnect')}
        </button>
      )}
    </header>
  );
}

/** What is wrong with the connection, why, and what to do; nothing while it is live and complete. */
export function Banner(): JSX.Element | null {
  const { state, post } = useApp();
  const { t, message } = useLanguage();
  const connection = state.health?.view.connection;
  if (connection === undefined) return null;
  const busy = connection.state === 'connecting' || connection.state === 'authenticating';
  // Where nothing at all can be read, or nothing is new, the banner has said so.
  const missing = connection.state === 'live' || busy ? kindNotes(connection.kinds, t) : [];
  const notes = [...(connection.warnings ?? []).map(message), ...missing];
  if (connection.state === 'live') {
    return notes.length === 0 ? null : <Notes notes={notes} />;
  }
  if (connection.state === 'disconnected' && connection.context === undefined) return null;
  const tone = busy || quiet.has(connection.state) ? 'info' : connection.state === 'stale' ? 'warning' : 'error';
  return (
    <div
      class={`banner banner-${tone}`}
      role={tone === 'error' ? 'alert' : 'status'}
      data-testid="banner"
      data-state={connection.state}
    >
      <Icon name={iconOf(connection.state)} />
      <div class="banner-text">
        <strong>{t(`banner.${connection.state}`, { context: connection.context ?? '' })}</strong>
        {connection.problem !== undefined && <p data-testid="banner-problem">{message(connection.problem)}</p>}
        {connection.remedy !== undefined && <p data-testid="banner-remedy">{message(connection.remedy)}</p>}
        <Freshness connection={connection} />
        {busy && connection.kinds.length > 0 && <Progress kinds={connection.kinds} />}
        {notes.map((note) => (
          <p>{note}</p>
        ))}
      </div>
      <div class="banner-actions">
        {!busy && (
          <button class="secondary" data-testid="retry" onClick={() => post({ type: 'connect' })}>
            {t(connection.state === 'recording' ? 'ui.connectLong' : 'ui.retry')}
          </button>
        )}
        {!busy && !quiet.has(connection.state) && (
          <button class="secondary" onClick={() => post({ type: 'showLog' })}>
            {t('ui.showLog')}
          </button>
        )}
      </div>
    </div>
  );
}

function iconOf(state: ConnectionState): IconName {
  if (state === 'connecting' || state === 'authenticating') return 'plug';
  if (state === 'recording') return 'planned';
  return state === 'forbidden' || state === 'unauthorised' ? 'lock' : 'alert';
}

/** How old the picture is, and when the next attempt follows. */
function Freshness(props: { readonly connection: ConnectionView }): JSX.Element | null {
  const { state } = useApp();
  const { t, duration } = useLanguage();
  const frozen = isFrozen(props.connection.state);
  const now = runningNow(state, useMonotonic(true));
  const seen = state.health === undefined ? undefined : lastNews(state.health.view);
  const retryAt = props.connection.retryAt;
  const parts = [
    frozen && seen !== undefined ? t('ui.lastNews', { duration: duration((now - seen) / 1000) }) : '',
    retryAt === undefined
      ? ''
      : retryAt > now
        ? t('ui.retrying', { clock: formatClock((retryAt - now) / 1000) })
        : t('ui.retryingNow'),
  ].filter(Boolean);
  return parts.length === 0 ? null : (
    <p class="muted" aria-live="off" data-testid="freshness">
      {parts.join(' ')}
    </p>
  );
}

function Progress(props: { readonly kinds: readonly KindView[] }): JSX.Element {
  const { t } = useLanguage();
  const total = props.kinds.length;
  const synced = props.kinds.filter((kind) => kind.state !== 'connecting').length;
  return (
    <div class="progress">
      <progress max={total} value={synced} aria-label={t('ui.progress', { synced, total })} />
      <ul class="kinds">
        {props.kinds.map((kind) => (
          <li class={kind.state === 'connecting' ? 'muted' : ''}>
            {kind.resource} {kind.state === 'connecting' ? '…' : kind.objects}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Notes(props: { readonly notes: readonly string[] }): JSX.Element {
  return (
    <div class="banner banner-warning" role="status" data-testid="banner" data-state="live">
      <Icon name="lock" />
      <div class="banner-text">
        {props.notes.map((note) => (
          <p>{note}</p>
        ))}
      </div>
    </div>
  );
}

/** Kinds that are missing from the picture, by the reason. */
function kindNotes(
  kinds: readonly KindView[],
  t: (id: string, data?: Readonly<Record<string, string | number>>) => string,
): readonly string[] {
  const named = (states: readonly string[]): string =>
    kinds
      .filter((kind) => states.includes(kind.state))
      .map((kind) => kind.resource)
      .join(', ');
  const hidden = named(['forbidden', 'unauthorised']);
  const late = named(['stale', 'unreachable']);
  return [hidden && t('ui.hidden', { kinds: hidden }), late && t('ui.staleKinds', { kinds: late })].filter(
    (note) => note !== '',
  );
}
