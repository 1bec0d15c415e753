/** What healers and autoscalers did, newest first. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useApp, useLanguage } from '../context.ts';
import { refName } from '../rows.ts';
import { More } from './more.tsx';

/** Rows drawn before "show more". */
const cap = 10;

/** The section; absent while nobody did anything. */
export function Actions(): JSX.Element | null {
  const { state } = useApp();
  const { t, message, clock } = useLanguage();
  const [all, setAll] = useState(false);
  const actions = state.health?.view.actions ?? [];
  if (actions.length === 0) return null;
  const shown = all ? actions : actions.slice(0, cap);
  return (
    <section class="actions" aria-label={t('ui.actions')}>
      <h2>
        {t('ui.actions')} <span class="badge">{actions.length}</span>
      </h2>
      <ol class="action-list" data-testid="actions">
        {shown.map((action) => (
          <li key={action.id} data-testid="action" data-actor={action.actor}>
            <time class="muted" dateTime={new Date(action.at).toISOString()}>
              {clock(action.at)}
            </time>
            <span class="tag">{t(`actor.${action.actor}`)}</span>
            <span class="summary">{message(action.summary)}</span>
            <span class="muted">
              <span class="kind">{action.subject.kind}</span> {refName(action.subject)}
            </span>
          </li>
        ))}
      </ol>
      <More hidden={actions.length - shown.length} onShow={() => setAll(true)} />
    </section>
  );
}
