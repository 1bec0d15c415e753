/** Follows one connection closely: every state of every kind in order, and the objects as the engine would hear of them. */
import { watchedKinds } from '../../core/src/live/kinds.ts';
import type { SlimObject } from '../../core/src/live/slim.ts';
import type { ConnectionView } from '../../core/src/live/view.ts';
import { loadKubeconfig } from '../../server/src/cluster/kubeconfig.ts';
import { openLink, type Link } from '../../server/src/cluster/link.ts';
import { createRedactor } from '../../server/src/cluster/redact.ts';
import { chooseTarget } from '../../server/src/cluster/target.ts';
import { defaultTimings, type Timings } from '../../server/src/cluster/timings.ts';
import { quick } from './harness.ts';

export interface LinkLog {
  readonly link: Link;
  /** States of the connection without repetitions in a row; the same of each kind. */
  readonly connection: readonly string[];
  states(resource: string): readonly string[];
  /** What the observations add up to, by UID. */
  objects(resource: string): ReadonlyMap<string, SlimObject>;
  /** Observations so far, e.g. `RELIST pods`. */
  readonly heard: readonly string[];
  /** Looks at the states now; called at every change as well. */
  look(): void;
  /** Settles when the view fits. @throws with what was seen when it does not within 20 s */
  until(what: string, fits: (view: ConnectionView) => boolean): Promise<void>;
}

/** Opens a connection with short delays. */
export async function logLink(kubeconfig: string, timings: Partial<Timings> = {}): Promise<LinkLog> {
  const env = { HOME: '/nonexistent', PATH: process.env['PATH'] ?? '' };
  const params = { kubeconfig };
  const target = chooseTarget(await loadKubeconfig(kubeconfig, env), undefined);
  const connection: string[] = [];
  const states = new Map<string, string[]>();
  const store = new Map<string, Map<string, SlimObject>>(watchedKinds.map(({ resource }) => [resource, new Map()]));
  const heard: string[] = [];
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const look = (): void => {
    const view = link.view();
    if (connection.at(-1) !== view.state) connection.push(view.state);
    for (const { resource, state } of view.kinds) {
      const seen = states.get(resource) ?? [];
      if (seen.at(-1) !== state) seen.push(state);
      states.set(resource, seen);
    }
    for (const check of waiting) check();
  };
  const link = openLink({
    params,
    target,
    env,
    timings: { ...defaultTimings, ...quick, ...timings },
    redactor: createRedactor(),
    hadPicture: false,
    now: Date.now,
    random: () => 0.5,
    log: (level, text) => lines.push(`${level} ${text}`),
    onObservation(observation) {
      heard.push(`${observation.type} ${observation.resource}`);
      const objects = store.get(observation.resource);
      if (observation.type === 'RELIST') {
        objects?.clear();
        for (const object of observation.objects) objects?.set(object.uid, object);
      } else if (observation.type === 'DELETED') objects?.delete(observation.object.uid);
      else objects?.set(observation.object.uid, observation.object);
      look();
    },
    onChange: () => look(),
  });
  return {
    link,
    connection,
    heard,
    look,
    states: (resource) => states.get(resource) ?? [],
    objects: (resource) => store.get(resource) ?? new Map(),
    until: (what, fits) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          clearTimeout(late);
          clearInterval(again);
          waiting.delete(check);
        };
        const check = (): void => {
          if (!fits(link.view())) return;
          end();
          resolve();
        };
        const late = setTimeout(() => {
          end();
          reject(
            new Error(
              `not within 20 s: ${what}\n${JSON.stringify(link.view(), null, 1)}\n${lines.slice(-20).join('\n')}`,
            ),
          );
        }, 20_000);
        const again = setInterval(check, 20);
        waiting.add(check);
        check();
      }),
  };
}
