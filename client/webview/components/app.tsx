/** The whole dashboard. */
import type { JSX } from 'preact';
import { useApp, useLanguage } from '../context.ts';
import { isFrozen } from '../state.ts';
import { Actions } from './actions.tsx';
import { Counters } from './counters.tsx';
import { Banner, Header } from './header.tsx';
import { Icon } from './icon.tsx';
import { Incidents } from './incidents.tsx';
import { Nodes } from './nodes.tsx';
import { Problems } from './problems.tsx';
import { Services } from './services.tsx';
import { Why } from './why.tsx';
import { Workloads } from './workloads.tsx';

/** Either the picture of a cluster, or the way to one. */
export function Dashboard(): JSX.Element {
  const { state } = useApp();
  const view = state.health?.view;
  const connection = view?.connection;
  if (view === undefined || connection === undefined) return <Nothing />;
  const empty = view.workloads.length === 0 && view.incidents.length === 0 && view.nodes.length === 0;
  if (connection.state === 'disconnected' && empty && connection.problem === undefined) return <Nothing />;
  return (
    <>
      <Header />
      <Banner />
      {connection.state === 'live' || !empty ? (
        <main class={isFrozen(connection.state) ? 'frozen' : ''} data-testid="picture">
          <Counters totals={view.totals} />
          <div class="split">
            <Incidents />
            <Why />
          </div>
          <Problems />
          <Workloads />
          <Services />
          <Actions />
          <Nodes />
        </main>
      ) : (
        (connection.state === 'connecting' || connection.state === 'authenticating') && <Skeleton />
      )}
    </>
  );
}

/** No cluster: what connecting gives, or why it cannot be done here. */
function Nothing(): JSX.Element {
  const { state, post } = useApp();
  const { t } = useLanguage();
  const kind = state.restricted ? 'restricted' : 'none';
  return (
    <main class="welcome" data-testid="welcome" data-restricted={state.restricted}>
      <Icon name={state.restricted ? 'lock' : 'pulse'} size={48} />
      <h1>{t(`ui.${kind}.title`)}</h1>
      <p class="muted">{t(`ui.${kind}.body`)}</p>
      {state.restricted ? (
        <button class="primary large" data-testid="trust" onClick={() => post({ type: 'trust' })}>
          {t('ui.restricted.trust')}
        </button>
      ) : (
        <button class="primary large" data-testid="connect" onClick={() => post({ type: 'connect' })}>
          <Icon name="plug" />
          {t('ui.connectLong')}
        </button>
      )}
    </main>
  );
}

/** The shape of what will come. */
function Skeleton(): JSX.Element {
  const { t } = useLanguage();
  return (
    <main class="skeleton" aria-label={t('ui.waiting')}>
      <div class="counters">
        {[0, 1, 2, 3, 4].map((key) => (
          <div class="tile bone" key={key} />
        ))}
      </div>
      <p class="muted">{t('ui.waiting')}</p>
    </main>
  );
}
