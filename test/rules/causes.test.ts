import { describe, expect, it } from 'vitest';
import { causeIds, rulesFor } from '../../core/src/live/remedies.ts';
import { rules } from '../../core/src/rules/registry.ts';

/** What happens to a running cluster for reasons that no rule of the catalogue so far looks at. */
const unexplained = new RegExp(
  `^(?:${[
    'image-pull|create-container|pre-stop-failed|sandbox-failed|unschedulable|failed-create|pod-stuck|pod-rejected|pod-failed',
    'rollout-failed|statefulset-blocked|job-failed|cronjob-missed|node-pressure|node-out-of-memory|node-rebooted',
    'service-down|volume-mount|volume-lost|volume-pending|autoscaler-stuck|autoscaler-limited',
  ].join(
    '|',
  )})/|^container-exit/(?:wrong-platform|crash|forbidden-call|lost|grace-exceeded|unseen)$|^volume-attach-failed/error$`,
);

describe('causes and rules', () => {
  it.each(causeIds.filter((id) => !unexplained.test(id)))('%s is explained by a rule', (cause) => {
    expect(rules.filter(({ explains }) => explains.includes(cause)).map(({ id }) => id)).not.toEqual([]);
  });

  it('name only rules that exist', () => {
    const ids = rules.map(({ id }) => id);
    for (const cause of causeIds) for (const id of rulesFor(cause)) expect(ids, cause).toContain(id);
  });

  it.each(rules.map(({ id, explains }) => ({ id, explains })))(
    '$id explains only causes that have the form of one',
    ({ explains }) => {
      for (const cause of explains) expect(cause).toMatch(/^[a-z]+(?:-[a-z]+)*\/[a-z]+(?:-[a-z]+)*$/);
    },
  );
});
