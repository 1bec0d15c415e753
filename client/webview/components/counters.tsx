/** The totals at a glance. */
import type { JSX } from 'preact';
import type { Totals } from '../../../core/src/live/view.ts';
import { useLanguage } from '../context.ts';
import { Icon, type IconName } from './icon.tsx';
import { Meter } from './meter.tsx';

/** A row of tiles; a tile has a colour only while its number asks for attention. */
export function Counters(props: { readonly totals: Totals }): JSX.Element {
  const { t } = useLanguage();
  const { totals } = props;
  return (
    <dl class="counters" aria-label={t('ui.counters')}>
      <Tile
        id="needs"
        icon="alert"
        label={t('ui.counter.needs')}
        value={totals.needsHuman}
        tone={totals.needsHuman > 0 ? 'red' : ''}
      />
      <Tile
        id="healing"
        icon="healing"
        label={t('ui.counter.healing')}
        value={totals.healing}
        tone={totals.healing > 0 ? 'orange' : ''}
      />
      <Tile
        id="recovered"
        icon="check"
        label={t('ui.counter.recovered')}
        value={totals.recovered24h}
        tone={totals.recovered24h > 0 ? 'green' : ''}
      />
      <Tile id="restarts" icon="restart" label={t('ui.counter.restarts')} value={totals.restarts24h} tone="" />
      <Tile id="pods" icon="pulse" label={t('ui.counter.pods')} value={`${totals.readyPods}/${totals.pods}`} tone="">
        <Meter part={totals.readyPods} whole={totals.pods} />
      </Tile>
    </dl>
  );
}

function Tile(props: {
  readonly id: string;
  readonly icon: IconName;
  readonly label: string;
  readonly value: number | string;
  readonly tone: string;
  readonly children?: JSX.Element;
}): JSX.Element {
  return (
    <div class={`tile ${props.tone && `tone-${props.tone}`}`} data-testid={`counter-${props.id}`}>
      <dt>
        <Icon name={props.icon} size={14} />
        {props.label}
      </dt>
      <dd>
        <span class="number">{props.value}</span>
        {props.children}
      </dd>
    </div>
  );
}
