/** The nodes, with what their conditions say. */
import type { JSX } from 'preact';
import type { NodeRow } from '../../../core/src/live/view.ts';
import { useApp, useLanguage, useMonotonic } from '../context.ts';
import { pictureNow } from '../state.ts';
import { Icon } from './icon.tsx';

/** Rows drawn at most. */
const cap = 200;

/** The section; nodes that are not ready come first. */
export function Nodes(): JSX.Element {
  const { state } = useApp();
  const { t } = useLanguage();
  const nodes = [...(state.health?.view.nodes ?? [])].sort((a, b) => Number(a.ready) - Number(b.ready));
  return (
    <section class="nodes" aria-label={t('ui.nodes')}>
      <h2>
        {t('ui.nodes')} <span class="badge">{nodes.length}</span>
      </h2>
      {nodes.length === 0 ? (
        <p class="muted pad">{t('ui.nodes.empty')}</p>
      ) : (
        <div role="table" class="table node-table" aria-label={t('ui.nodes')} data-testid="nodes">
          <div role="row" class="tr th">
            {['node', 'state', 'since', 'pods', 'conditions'].map((column) => (
              <div role="columnheader" class={`c-${column}`}>
                {t(`ui.column.${column}`)}
              </div>
            ))}
          </div>
          {nodes.slice(0, cap).map((node) => (
            <Row key={node.name} node={node} />
          ))}
        </div>
      )}
    </section>
  );
}

function Row(props: { readonly node: NodeRow }): JSX.Element {
  const { state } = useApp();
  const { t, duration } = useLanguage();
  const { node } = props;
  const now = pictureNow(state, useMonotonic(node.since !== undefined));
  const conditions = [...(node.cordoned ? [t('ui.node.cordoned')] : []), ...node.pressures];
  return (
    <div role="row" class="tr" data-testid="node" data-node={node.name} data-ready={node.ready}>
      <div role="cell" class="c-node">
        <span class="name">{node.name}</span>
      </div>
      <div role="cell" class={`c-state tone-${node.ready ? 'green' : 'red'}`}>
        <Icon name={node.ready ? 'check' : 'alert'} size={14} />
        {t(node.ready ? 'ui.node.ready' : 'ui.node.notReady')}
      </div>
      <div role="cell" class="c-since muted">
        {node.since === undefined ? '–' : duration((now - node.since) / 1000)}
      </div>
      <div role="cell" class="c-pods">
        {node.pods}
      </div>
      <div role="cell" class="c-conditions">
        {conditions.map((condition) => (
          <span class="tag">{condition}</span>
        ))}
      </div>
    </div>
  );
}
