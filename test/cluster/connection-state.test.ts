import { assert, boolean, constantFrom, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import type { KindState } from '../../core/src/live/view.ts';
import { judge, kindView, type KindSituation } from '../../server/src/cluster/connection-state.ts';

const states = ['connecting', 'synced', 'stale', 'forbidden', 'unauthorised', 'unreachable', 'absent'] as const;
const lost: readonly string[] = ['stale', 'unauthorised', 'unreachable'];

function situation(resource: string, state: KindState): KindSituation {
  const trouble = state !== 'synced' && state !== 'connecting';
  const text = { problem: { id: `problem-of-${resource}` }, remedy: { id: `remedy-of-${resource}` }, retryAt: 1000 };
  return { resource, objects: 1, seenAt: 12_345, status: { state, ...(trouble ? text : {}) } };
}

const kinds = tuple(constantFrom(...states), constantFrom(...states), constantFrom(...states)).map(
  ([pods, events, nodes]) => [situation('pods', pods), situation('events', events), situation('nodes', nodes)] as const,
);

test('whatever the kinds do, the state tells the truth and names its cause', () => {
  assert(
    property(kinds, boolean(), (rows, hadPicture) => {
      const { state, problem, remedy, retryAt } = judge(rows, hadPicture);
      const all = rows.map(({ status }) => status.state);
      const pods = rows[0].status.state;
      // Live: something flows, and the pods are not what is missing by accident.
      if (state === 'live')
        expect([all.includes('synced'), [...lost, 'connecting'].includes(pods)]).toEqual([true, false]);
      if (lost.includes(pods)) expect(['stale', 'unreachable', 'unauthorised']).toContain(state);
      if (hadPicture) expect(['unreachable', 'unauthorised']).not.toContain(state);
      if (state === 'forbidden') expect(all.every((each) => each === 'forbidden' || each === 'absent')).toBe(true);
      if (state === 'connecting') expect(all).toContain('connecting');
      // No state of trouble without its cause, a way on and the time of the next attempt.
      const trouble = state !== 'live' && state !== 'connecting';
      expect([problem !== undefined, remedy !== undefined, retryAt !== undefined]).toEqual([trouble, trouble, trouble]);
    }),
    { numRuns: 2000 },
  );
});

test('the age of what stopped is exact, that of what flows is told in steps', () => {
  expect(kindView(situation('pods', 'stale')).seenAt).toBe(12_345);
  expect(kindView(situation('pods', 'synced')).seenAt).toBe(10_000);
});
