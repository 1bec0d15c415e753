/** The Services, by whether anybody answers for them. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ServiceRow } from '../../../core/src/live/view.ts';
import { useApp, useLanguage, useMonotonic } from '../context.ts';
import { refName } from '../rows.ts';
import { pictureNow } from '../state.ts';
import { Icon, type IconName } from './icon.tsx';
import { Meter } from './meter.tsx';
import { More } from './more.tsx';

/** Rows drawn before "show more"; those that ask for attention come first. */
const cap = 30;

const looks: Readonly<
  Record<ServiceRow['state'], { readonly icon: IconName; readonly tone: string; readonly order: number }>
> = {
  down: { icon: 'alert', tone: 'red', order: 0 },
  degraded: { icon: 'healing', tone: 'orange', order: 1 },
  empty: { icon: 'stop', tone: 'grey', order: 2 },
  healthy: { icon: 'check', tone: 'green', order: 3 },
};

/** The section; absent where no Service is visible. */
export function Services(): JSX.Element | null {
  const { state } = useApp();
  const { t } = useLanguage();
  const [all, setAll] = useState(false);
  const services = [...(state.health?.view.services ?? [])].sort((a, b) => looks[a.state].order - looks[b.state].order);
  if (services.length === 0) return null;
  const shown = all ? services : services.slice(0, cap);
  return (
    <section class="services" aria-label={t('ui.services')}>
      <h2>
        {t('ui.services')} <span class="badge">{services.length}</span>
      </h2>
      <div role="table" class="table service-table" aria-label={t('ui.services')} data-testid="services">
        <div role="row" class="tr th">
          {['service', 'state', 'endpoints', 'since'].map((column) => (
            <div role="columnheader" class={`c-${column}`}>
              {t(`ui.column.${column}`)}
            </div>
          ))}
        </div>
        {shown.map((service) => (
          <Row key={refName(service.ref)} service={service} />
        ))}
      </div>
      <More hidden={services.length - shown.length} onShow={() => setAll(true)} />
    </section>
  );
}

function Row(props: { readonly service: ServiceRow }): JSX.Element {
  const { state } = useApp();
  const { t, duration } = useLanguage();
  const { service } = props;
  const now = pictureNow(state, useMonotonic(service.since !== undefined));
  const look = looks[service.state];
  return (
    <div role="row" class="tr" data-testid="service" data-service={refName(service.ref)} data-state={service.state}>
      <div role="cell" class="c-service">
        <span class="name">{refName(service.ref)}</span>
      </div>
      <div role="cell" class={`c-state tone-${look.tone}`}>
        <Icon name={look.icon} size={14} />
        {t(`ui.service.${service.state}`)}
      </div>
      <div role="cell" class="c-endpoints">
        <span class="number">
          {service.ready}/{service.total}
        </span>
        <Meter part={service.ready} whole={service.total} />
      </div>
      <div role="cell" class="c-since muted">
        {service.since === undefined ? '–' : duration(Math.max(0, now - service.since) / 1000)}
      </div>
    </div>
  );
}
