/** Recurring problems: one fault of one container, or of one workload, again and again. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ProblemRow } from '../../../core/src/live/view.ts';
import { useApp, useLanguage, useMonotonic } from '../context.ts';
import { refName } from '../rows.ts';
import { pictureNow } from '../state.ts';
import { Icon } from './icon.tsx';
import { More } from './more.tsx';

/** Rows drawn before "show more"; the most urgent come first. */
const cap = 20;

/** The section; absent while nothing comes back. */
export function Problems(): JSX.Element | null {
  const { state } = useApp();
  const { t } = useLanguage();
  const [all, setAll] = useState(false);
  const problems = (state.health?.view.problems ?? []).filter(({ count }) => count > 1);
  if (problems.length === 0) return null;
  const shown = all ? problems : problems.slice(0, cap);
  return (
    <section class="problems" aria-label={t('ui.problems')}>
      <h2>
        {t('ui.problems')} <span class="badge">{problems.length}</span>
      </h2>
      <div role="table" class="table problem-table" aria-label={t('ui.problems')} data-testid="problems">
        <div role="row" class="tr th">
          {['problem', 'workload', 'times', 'pods', 'last', 'recovery'].map((column) => (
            <div role="columnheader" class={`c-${column}`}>
              {t(`ui.column.${column}`)}
            </div>
          ))}
        </div>
        {shown.map((problem) => (
          <Row key={problem.key} problem={problem} />
        ))}
      </div>
      <More hidden={problems.length - shown.length} onShow={() => setAll(true)} />
    </section>
  );
}

function Row(props: { readonly problem: ProblemRow }): JSX.Element {
  const { state, dispatch } = useApp();
  const { t, message, duration } = useLanguage();
  const { problem } = props;
  const now = pictureNow(state, useMonotonic(true));
  const incident = problem.incidents.findLast((id) => state.health?.view.incidents.some((row) => row.id === id));
  return (
    <div role="row" class="tr" data-testid="problem" data-cause={problem.cause} data-open={problem.open}>
      <div
        role="cell"
        title={message(problem.summary)}
        class={`c-problem tone-${problem.open ? (problem.needs ? 'red' : 'orange') : 'grey'}`}
      >
        <Icon name={problem.open ? (problem.needs ? 'alert' : 'healing') : 'planned'} size={14} />
        {incident === undefined ? (
          <span class="summary">{message(problem.summary)}</span>
        ) : (
          <button class="link summary" onClick={() => dispatch({ type: 'select', incident })}>
            {message(problem.summary)}
          </button>
        )}
      </div>
      <div role="cell" class="c-workload" title={`${problem.workload.kind} ${refName(problem.workload)}`}>
        <span class="kind">{problem.workload.kind}</span> <span class="name">{problem.workload.name}</span>
      </div>
      <div role="cell" class="c-times number">
        ×{problem.count}
      </div>
      <div role="cell" class="c-pods">
        {problem.pods === 0 ? '–' : problem.pods}
      </div>
      <div role="cell" class="c-last muted">
        {t('ui.ago', { duration: duration(Math.max(0, now - problem.lastAt) / 1000) })}
      </div>
      <div role="cell" class="c-recovery muted">
        {problem.medianTtr === undefined ? '–' : duration(problem.medianTtr)}
      </div>
    </div>
  );
}
