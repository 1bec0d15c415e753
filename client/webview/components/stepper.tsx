/** The five steps of healing as dots on a line. */
import type { JSX } from 'preact';
import type { IncidentRow } from '../../../core/src/live/view.ts';
import { useLanguage } from '../context.ts';
import { stepsOf, type Step } from '../steps.ts';

/** One sentence for assistive technology, dots with words for the eye: shape, fill and word say the same. */
export function Stepper(props: { readonly incident: IncidentRow }): JSX.Element {
  const { t, duration } = useLanguage();
  const steps = stepsOf(props.incident);
  const current = steps.findLastIndex((step) => step.state === 'current' || step.state === 'done');
  const wordOf = (step: Step | undefined): string =>
    // The last step is under way until it is done: only then may its name say so.
    t(step?.name === 'verified' && step.state === 'current' ? 'step.verifying' : `step.${step?.name ?? 'fault'}`);
  const name = wordOf(steps[Math.max(0, current)]);
  return (
    <div class="stepper" role="img" aria-label={t('step.aria', { step: name, index: Math.max(0, current) + 1 })}>
      {steps.map((step) => (
        <div class={`step step-${step.state}`} data-step={step.name} aria-hidden="true">
          <span class="step-dot" />
          <span class="step-name">{wordOf(step)}</span>
          <span class="step-time">
            {step.offset === undefined || step.name === 'fault' ? '' : `+${duration(step.offset)}`}
          </span>
        </div>
      ))}
    </div>
  );
}
