/** A cluster session under test: follows its updates as a shell does, and keeps everything it logged. */
import { applyPatch } from '../../core/src/live/patch.ts';
import type { ConnectParams, ConnectResult } from '../../core/src/protocol.ts';
import type { HealthUpdate, HealthView, KindView } from '../../core/src/live/view.ts';
import { createSession, type ClusterSession } from '../../server/src/cluster/session.ts';
import type { Timings } from '../../server/src/cluster/timings.ts';

/** Delays short enough for a test, in the proportions of the real ones. */
export const quick: Partial<Timings> = {
  headers: 1500,
  body: 1500,
  liveness: 800,
  initialEvents: 800,
  exec: 3000,
  recheck: 800,
  poll: 250,
  slowRetry: 500,
  healthyWatch: 300,
  update: 20,
  tick: 200,
  backoffScale: 0.1,
};

export interface Followed {
  readonly session: ClusterSession;
  readonly updates: readonly HealthUpdate[];
  readonly log: readonly string[];
  view(): HealthView;
  kind(resource: string): KindView | undefined;
  /** Settles when the view fits. @throws with the last view when it does not within 20 s */
  until(what: string, fits: (view: HealthView) => boolean): Promise<HealthView>;
  /** Every connection state that was shown, without repetitions in a row. */
  readonly states: readonly string[];
}

export interface Follower {
  readonly followed: Omit<Followed, 'session'>;
  readonly onUpdate: (update: HealthUpdate) => void;
  readonly onLog: (level: string, text: string) => void;
}

/** Applies updates the way every shell does; a gap in the versions is an error. */
export function follower(): Follower {
  let view: HealthView | undefined;
  let version = 0;
  const updates: HealthUpdate[] = [];
  const log: string[] = [];
  const states: string[] = [];
  const waiting = new Set<() => void>();
  const current = (): HealthView => {
    if (view === undefined) throw new Error('no update has arrived');
    return view;
  };
  return {
    onLog: (level, text) => log.push(`${level} ${text}`),
    onUpdate(update) {
      updates.push(update);
      if (update.type === 'snapshot') {
        ({ version, view } = update);
      } else {
        if (update.from !== version) throw new Error(`patch from ${update.from}, but version ${version} is held`);
        version = update.to;
        view = applyPatch(current(), update.patch);
      }
      const { state } = current().connection;
      if (states.at(-1) !== state) states.push(state);
      for (const check of waiting) check();
    },
    followed: {
      updates,
      log,
      states,
      view: current,
      kind: (resource) => current().connection.kinds.find((kind) => kind.resource === resource),
      until: (what, fits) =>
        new Promise((resolve, reject) => {
          const late = setTimeout(() => {
            waiting.delete(check);
            reject(
              new Error(
                `not within 20 s: ${what}\n${JSON.stringify(view?.connection, null, 1)}\n${log.slice(-20).join('\n')}`,
              ),
            );
          }, 20_000);
          const check = (): void => {
            if (view === undefined || !fits(view)) return;
            clearTimeout(late);
            waiting.delete(check);
            resolve(view);
          };
          waiting.add(check);
          check();
        }),
    },
  };
}

/** Creates a session with short delays. */
export function follow(
  options: { env?: NodeJS.ProcessEnv; timings?: Partial<Timings>; now?: () => number } = {},
): Followed {
  const { followed, onUpdate, onLog } = follower();
  const session = createSession({
    onUpdate,
    log: onLog,
    env: { HOME: '/nonexistent', PATH: process.env['PATH'] ?? '', ...options.env },
    timings: { ...quick, ...options.timings },
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  return { ...followed, session };
}

/** True when the connection is live and every kind has settled. */
export function live(view: HealthView): boolean {
  return view.connection.state === 'live' && view.connection.kinds.every(({ state }) => state !== 'connecting');
}

/** Connects and waits until the picture is complete. */
export async function connectLive(followed: Followed, params: ConnectParams): Promise<ConnectResult> {
  const result = await followed.session.connect(params);
  await followed.until('live', live);
  return result;
}
