/**
 * The story of the demo cluster: the sample shop on a bad day that never ends. Every incident is the consequence of a
 * line in samples/shop; the times are those of a real cluster with a short node monitor grace and toleration.
 */
import type { Clock } from '../clock.ts';
import type { Control, Scenario, Started, Where } from '../scenario.ts';

const storefront = 'shop-storefront';
const orders = 'shop-orders';
export const lostNode = 'shop-node-b';

const recommendations: Where = { namespace: storefront, workload: 'recommendations' };
const search: Where = { namespace: storefront, workload: 'catalog-search', container: 'search' };
const cart: Where = { namespace: storefront, workload: 'cart' };
const checkout: Where = { namespace: orders, workload: 'checkout' };
const payments: Where = { namespace: orders, workload: 'payments' };
const mail: Where = { namespace: orders, workload: 'email-worker' };

const timedOut =
  'Get "http://10.244.0.31:8081/readyz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

/** Exits soon after each start until the bad model file is replaced. */
async function crashLoop(control: Control, clock: Clock, where: Where, times: number): Promise<void> {
  for (let crashes = 0; crashes < times; crashes += 1) {
    await control.crash(where).done;
    await clock.sleep(2);
  }
}

/** Unready for a while, then well again. */
async function unready(control: Control, clock: Clock, where: Where, seconds: number, why?: string): Promise<void> {
  const started = control.readiness(where, why);
  await clock.sleep(seconds);
  started.restore();
}

async function nodeLost(control: Control, clock: Clock): Promise<void> {
  const lost = control.killNode(lostNode);
  await lost.done;
  await clock.sleep(25);
  await control.reviveNode(lostNode).done;
}

/** One round takes about three and a half minutes; incidents begin every 10 to 20 s. */
export const shopStory: Scenario = async (control, clock) => {
  // Each step says how long the story waits before it. A step that finds its pod gone is left out.
  const steps: readonly [number, (round: number) => Promise<void> | Started][] = [
    [2, (round) => crashLoop(control, clock, { ...recommendations, index: round }, 5)],
    [10, (round) => control.oom({ ...search, index: round })],
    [12, () => control.deletePod(cart)],
    [14, (round) => control.liveness({ ...checkout, index: round })],
    [16, () => unready(control, clock, payments, 35)],
    [14, () => nodeLost(control, clock)],
    [18, (round) => control.oom({ ...search, index: round + 1 })],
    [14, (round) => unready(control, clock, { ...mail, index: round }, 40, timedOut)],
    [16, (round) => control.crash({ ...recommendations, index: round + 1 })],
    [18, (round) => control.liveness({ ...checkout, index: round + 1 })],
    [16, () => control.deletePod(cart)],
    [14, (round) => control.crash({ namespace: storefront, workload: 'catalog', index: round }, 139)],
    [16, (round) => control.oom({ ...search, index: round })],
    [14, () => control.deletePod({ namespace: orders, workload: 'shipping' })],
  ];
  for (let round = 0; ; round += 1) {
    for (const [wait, step] of steps) {
      await clock.sleep(wait);
      try {
        const begun = step(round);
        void (begun instanceof Promise ? begun : begun.done).catch(() => undefined);
      } catch {
        // The pod is not there in this moment (its node is lost, say); the next step comes soon.
      }
    }
    await clock.sleep(10);
  }
};
