import { assert, double, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { backoffBounds, createBackoff, refusedBounds } from '../../server/src/cluster/backoff.ts';

test('the bound doubles from 0.8 s and stays at 30 s', () => {
  const backoff = createBackoff(() => 1);
  const delays = Array.from({ length: 9 }, () => backoff.next());
  expect(delays).toEqual([0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30]);
  backoff.reset();
  expect(backoff.next()).toBe(0.8);
});

test('a refused login is tried again after five seconds at the soonest, then ever later', () => {
  const backoff = createBackoff(() => 0);
  expect(Array.from({ length: 6 }, () => backoff.nextLogin())).toEqual([5, 10, 20, 40, 60, 60]);
  expect(createBackoff(() => 1).nextLogin()).toBe(7.5);
  expect(backoff.nextLogin(120)).toBe(120);
  backoff.reset();
  expect(backoff.nextLogin()).toBe(refusedBounds.first);
});

test('delays spread over the whole range, and a wait asked for by the server is never cut short', () => {
  assert(
    property(
      double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      nat(20),
      nat(120),
      (random, failures, after) => {
        const backoff = createBackoff(() => random);
        for (let count = 0; count < failures; count += 1) backoff.next();
        const bound = Math.min(backoffBounds.last, backoffBounds.first * 2 ** failures);
        const delay = backoff.next(after);
        expect(delay).toBeCloseTo(after + random * bound, 9);
        expect(delay).toBeGreaterThanOrEqual(after);
      },
    ),
  );
});
