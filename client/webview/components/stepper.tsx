/** The five steps of healing as dots on a line. */
import type { JSX } from 'preact';
import type { IncidentRow } from '../../../core/src/live/view.ts';
import { useLanguage } from '../context.ts';
import { stepsOf } from '../steps.ts';

/** One sentence for assistive technology, dots with words for the eye: shape, fill and word say the same. */
export function Stepper(props: { readonly incident: IncidentRow }): JSX.Element {
  const { t, duration } = useLanguage();
  const steps = stepsOf(props.incident);
  const current = steps.findLastIndex((step) => step.state === 'current' || step.state === 'done');
  const name = t(`step.${steps[Math.max(0, current)]?.name ?? 'fault'}`);
  return (
    <div class="stepper" role="img" aria-label={t('step.aria', { step: name, index: Math.max(0, current) + 1 })}>
      {steps.map((step) => (
        <div class={`step step-${step.state}`} data-step={step.name} aria-hidden="true">
          <span class="step-dot" />
          <span class="step-name">{t(`step.${step.name}`)}</span>
          <span class="step-time">
            {step.offset === undefined || step.name === 'fault' ? '' : `+${duration(step.offset)}`}
          </span>
        </div>
      ))}
    </div>
  );
}
