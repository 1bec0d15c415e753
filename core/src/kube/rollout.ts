/** How workloads replace their pods when their template changes (apps/v1 types and defaults, Argo Rollouts canary). */
import type { Value } from '../yaml/value.ts';
import type { Amount } from './amount.ts';
import { readAmount, resolveAmount } from './amount.ts';

/** blueGreen: a whole new set first (Argo Rollouts); onDelete: each pod when somebody deletes it. */
export type RolloutType = 'rolling' | 'recreate' | 'onDelete' | 'blueGreen';

/** Update strategy of a workload with the API's defaults applied. */
export interface Rollout {
  /** Undefined where template text decides, or the value is none that exists. */
  readonly type: RolloutType | undefined;
  /** `spec.strategy` or `spec.updateStrategy`. */
  readonly strategy: Value;
  /** Map that holds maxUnavailable and maxSurge, and the fields as written. */
  readonly settings: Value;
  readonly maxUnavailable: Value;
  readonly maxSurge: Value;
  /** Amounts with defaults; undefined where template text hides them. A StatefulSet has no surge. */
  readonly unavailable: Amount | undefined;
  readonly surge: Amount | undefined;
}

interface Form {
  readonly strategy: string;
  readonly settings: string;
  readonly unavailable: string | number;
  readonly surge: string | number;
}

const forms: Readonly<Record<string, Form>> = {
  'apps/Deployment': { strategy: 'strategy', settings: 'rollingUpdate', unavailable: '25%', surge: '25%' },
  'extensions/Deployment': { strategy: 'strategy', settings: 'rollingUpdate', unavailable: '25%', surge: '25%' },
  'argoproj.io/Rollout': { strategy: 'strategy', settings: 'canary', unavailable: '25%', surge: '25%' },
  'apps/DaemonSet': { strategy: 'updateStrategy', settings: 'rollingUpdate', unavailable: 1, surge: 0 },
  'apps/StatefulSet': { strategy: 'updateStrategy', settings: 'rollingUpdate', unavailable: 1, surge: 0 },
};

/** Reads the update strategy of an object; undefined for kinds that have none. */
export function readRollout(groupKind: string, object: Value): Rollout | undefined {
  const form = forms[groupKind];
  if (!form) return undefined;
  const strategy = object.at('spec', form.strategy);
  const settings = strategy.at(form.settings);
  const maxUnavailable = settings.at('maxUnavailable');
  const maxSurge = settings.at('maxSurge');
  return {
    type: groupKind === 'argoproj.io/Rollout' ? argoType(strategy) : typeOf(strategy.at('type')),
    strategy,
    settings,
    maxUnavailable,
    maxSurge,
    unavailable: amountAt(maxUnavailable, form.unavailable),
    surge: amountAt(maxSurge, form.surge),
  };
}

const types: Readonly<Record<string, RolloutType>> = {
  RollingUpdate: 'rolling',
  Recreate: 'recreate',
  OnDelete: 'onDelete',
};

function typeOf(type: Value): RolloutType | undefined {
  if (type.missing) return 'rolling';
  return type.templated ? undefined : types[type.text() ?? ''];
}

function argoType(strategy: Value): RolloutType | undefined {
  if (strategy.open) return undefined;
  return strategy.at('blueGreen').missing ? 'rolling' : 'blueGreen';
}

function amountAt(value: Value, otherwise: string | number): Amount | undefined {
  if (value.missing) return readAmount(otherwise);
  const written = value.templated ? undefined : value.intOrString();
  return written === undefined ? undefined : readAmount(written);
}

/** Whether an amount is nothing, as validation sees it: 0 or "0%", whatever the number of replicas. */
export const isNothing = (amount: Amount | undefined): boolean =>
  (amount?.type === 'count' && amount.count === 0) || (amount?.type === 'percent' && amount.percent === 0);

/** Pods that may be missing, and pods on top, while a workload is updated. */
export interface Room {
  readonly unavailable: number;
  readonly surge: number;
}

/**
 * What the amounts come to for a number of replicas: unavailable rounds down, surge up, and where both come to nothing
 * the controllers take one pod away (deployment util ResolveFenceposts). Undefined when it cannot be told.
 */
export function roomOf({ type, unavailable, surge }: Rollout, replicas: number): Room | undefined {
  if (type === 'recreate') return { unavailable: replicas, surge: 0 };
  if (type === 'blueGreen') return { unavailable: 0, surge: replicas };
  if (type === 'onDelete') return { unavailable: 1, surge: 0 };
  if (type === undefined || !unavailable || !surge) return undefined;
  const [away, extra] = [resolveAmount(unavailable, replicas, 'down'), resolveAmount(surge, replicas, 'up')];
  if (away === undefined || extra === undefined) return undefined;
  return away === 0 && extra === 0 ? { unavailable: 1, surge: 0 } : { unavailable: away, surge: extra };
}
