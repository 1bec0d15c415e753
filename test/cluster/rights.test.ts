import { describe, expect, test } from 'vitest';
import { connectLive, live } from './harness.ts';
import { pod } from './objects.ts';
import { pods, start, startLive } from './running.ts';
import { render } from './texts.ts';

describe('partial rights', () => {
  const read = ['get', 'list', 'watch'];
  test('403 on some kinds: they say so, the rest is live', async () => {
    const running = await startLive({}, { name: 'reader' });
    const { connection } = running.view();
    expect(connection.state).toBe('live');
    expect(running.kind('nodes')).toMatchObject({ state: 'forbidden', problem: { id: 'cluster.http/forbidden' } });
    expect(render(running.kind('nodes')?.problem)).toContain('User "reader" cannot');
    expect(connection.warnings?.map(render)).toEqual([
      'Your rights do not cover nodes, persistentvolumes, volumeattachments, storageclasses: what they would show is missing from the picture.',
    ]);
  });

  test('rights in one namespace: that of the context is shown', async () => {
    const users = [{ name: 'jane', grants: [{ verbs: read, resources: ['*'], namespaces: ['shop'] }] }];
    const running = await start({ users }, { name: 'jane', namespace: 'shop' });
    running.server.store.create(pod('elsewhere', { namespace: 'other' }));
    await connectLive(running, { kubeconfig: running.kubeconfig });
    expect(running.kind('pods')).toMatchObject({ state: 'synced', objects: 2 });
    expect(running.view().connection.warnings?.map(({ id }) => id)).toEqual([
      'cluster.scope/namespace',
      'cluster.scope/hidden',
    ]);
    running.server.store.create(pod('web-3'));
    await running.until('three pods', pods(3));
  });

  test('list without watch is polled', async () => {
    const users = [{ name: 'jane', grants: [{ verbs: ['get', 'list'], resources: ['*'] }] }];
    const running = await startLive({ users }, { name: 'jane' });
    expect(running.kind('pods')).toMatchObject({ state: 'synced', problem: { id: 'cluster.kind/polling' } });
    running.server.store.create(pod('web-3'));
    await running.until('three pods', pods(3));
    expect(running.states).toEqual(['connecting', 'live']);
  });

  test('no rights at all: forbidden, with the remedy; granted later, the picture comes by itself', async () => {
    const running = await start();
    const grant = running.server.faults.inject({ type: 'status', code: 403 }, { path: /^\/apis?\/.*\/[a-z]+$/ });
    await running.session.connect({ kubeconfig: running.kubeconfig });
    const view = await running.until('forbidden', ({ connection }) => connection.state === 'forbidden');
    expect(render(view.connection.problem)).toContain('(403)');
    expect(render(view.connection.remedy)).toContain('Ask an administrator');
    expect(view.connection.retryAt).toBeDefined();
    grant();
    await running.until('live without warnings', (next) => live(next) && next.connection.warnings === undefined);
  });
});
