/**
 * int-or-string fields such as maxUnavailable: a count of replicas or a percentage of them.
 * The API accepts an integer or a string `"n%"`; a quoted integer is rejected.
 */
export type Amount =
  | { readonly type: 'count'; readonly count: number }
  | { readonly type: 'percent'; readonly percent: number }
  | { readonly type: 'invalid' };

/** Reads the value of an int-or-string field. */
export function readAmount(value: number | string): Amount {
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= 0 ? { type: 'count', count: value } : { type: 'invalid' };
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? { type: 'invalid' } : { type: 'percent', percent: Number(percent) };
}

/**
 * Replicas that an amount stands for. Kubernetes rounds maxUnavailable of rollouts down,
 * maxSurge and both fields of a PodDisruptionBudget up.
 */
export function resolveAmount(amount: Amount, replicas: number, rounding: 'up' | 'down'): number | undefined {
  if (amount.type === 'invalid') return undefined;
  if (amount.type === 'count') return amount.count;
  const exact = (amount.percent * replicas) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
