import { expect, test } from 'vitest';
import { startApiServer } from '../api-server/server.ts';
import { temporaryFolder } from './folder.ts';
import { follow, live } from './harness.ts';

const folder = temporaryFolder();

const alive = (): string[] =>
  process
    .getActiveResourcesInfo()
    .filter((name) => /Timeout|TCP|TLS|Process|Socket/.test(name))
    .sort();

test('stop leaves no socket, no timer and no watch, whatever was going on', async () => {
  const server = await startApiServer();
  const kubeconfig = folder.write('leave', server.kubeconfig());
  const followed = follow();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = alive();
  const moments: (() => Promise<unknown>)[] = [
    () => new Promise((resolve) => setTimeout(resolve, 5)),
    () => followed.until('live', live),
    () => Promise.resolve(),
    async () => {
      await followed.until('live', live);
      await server.faults.goAway();
      await followed.until('stale', ({ connection }) => connection.state === 'stale');
    },
    async () => {
      server.faults.inject({ type: 'stall' });
      await new Promise((resolve) => setTimeout(resolve, 100));
    },
  ];
  for (const moment of moments) {
    await followed.session.connect({ kubeconfig });
    await moment();
    await followed.session.disconnect();
    expect(followed.view().connection).toMatchObject({ state: 'disconnected', kinds: [] });
    server.faults.clear();
    await server.faults.comeBack().catch(() => undefined);
    await expect.poll(() => server.connections(), { timeout: 5000 }).toBe(0);
    expect(server.openWatches()).toBe(0);
    const asked = server.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(server.requests.length).toBe(asked);
    expect(alive()).toEqual(before);
  }
  await followed.session.dispose();
  await server.close();
});

test('stop does not sit out the delay before the next attempt', async () => {
  const server = await startApiServer();
  const kubeconfig = folder.write('wait', server.kubeconfig());
  // Delays of up to a minute and more: whatever waits, waits for long.
  const followed = follow({ timings: { backoffScale: 100 } });
  await server.faults.goAway();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = alive();
  await followed.session.connect({ kubeconfig });
  await followed.until('unreachable', ({ connection }) => connection.state === 'unreachable');
  expect(alive()).not.toEqual(before);
  await followed.session.disconnect();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(alive()).toEqual(before);
  await server.close();
});
