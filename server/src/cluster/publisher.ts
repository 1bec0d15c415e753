/** Turns a changing view into a stream of versioned updates, at most one in every interval. */
import { diffView } from '../../../core/src/live/patch.ts';
import type { HealthUpdate, HealthView } from '../../../core/src/live/view.ts';

export interface Publisher {
  /** Something may have changed; a patch follows soon if it did. */
  touch(): void;
  /** Sends the whole view now: what was known before is void. */
  restart(): void;
  /** The view as of the last update, everything pending included. */
  snapshot(): HealthUpdate;
  stop(): void;
}

/** @param interval ms between two updates */
export function createPublisher(
  interval: number,
  view: () => HealthView,
  emit: (update: HealthUpdate) => void,
): Publisher {
  let current = view();
  let version = 1;
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const flush = (): void => {
    cancel();
    const next = view();
    const patch = diffView(current, next);
    if (patch === undefined) return;
    current = next;
    version += 1;
    emit({ type: 'patch', from: version - 1, to: version, patch });
  };
  return {
    touch() {
      timer ??= setTimeout(flush, interval);
    },
    restart() {
      cancel();
      current = view();
      version += 1;
      emit({ type: 'snapshot', version, view: current });
    },
    snapshot() {
      if (timer !== undefined) flush();
      return { type: 'snapshot', version, view: current };
    },
    stop: cancel,
  };
}
