import { expect, test } from 'vitest';
import { startLive, type Running } from './running.ts';

const minute = 60_000;
const seconds = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

/** The kubelet fell silent; the node controller noticed it forty seconds later. */
function lose(running: Running, at: number, status = 'Unknown'): void {
  const heartbeat = seconds(at - 4 * minute);
  running.server.store.patch('nodes', undefined, 'node-a', (draft) => {
    draft['status'] = {
      conditions: [{ type: 'Ready', status, lastTransitionTime: seconds(at), lastHeartbeatTime: heartbeat }],
    };
  });
}

function renew(running: Running, at: number): void {
  running.server.store.put({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'node-a', namespace: 'kube-node-lease' },
    spec: { holderIdentity: 'node-a', renewTime: new Date(at).toISOString() },
  });
}

test('a node that is lost: its lease tells since when, and is read once for each loss', async () => {
  const running = await startLive();
  const at = Math.floor(Date.now() / 1000) * 1000;
  renew(running, at - 40_000);
  lose(running, at);
  const view = await running.until('the fault at the last renewal', ({ incidents }) =>
    incidents.some(({ phases }) => phases.fault === at - 40_000),
  );
  expect(view.incidents).toMatchObject([{ subject: { kind: 'Node', name: 'node-a' } }]);
  expect(running.asked('leases').map(({ method, path, query }) => [method, path, query.size])).toEqual([
    ['GET', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-a', 0],
  ]);
  running.server.store.patch('nodes', undefined, 'node-a', (draft) => {
    draft.metadata.labels = { seen: 'again' };
  });
  lose(running, at + 1000, 'True');
  lose(running, at + minute);
  await expect.poll(() => running.asked('leases').length).toBe(2);
  await running.session.disconnect();
  expect(running.asked('leases').length).toBe(2);
});

test('without the right to read leases: asked once, and nothing is said but in the log', async () => {
  const read = ['get', 'list', 'watch'];
  const resources = ['pods', 'events', 'nodes', 'replicasets', 'deployments', 'statefulsets', 'daemonsets', 'jobs'];
  const users = [{ name: 'jane', grants: [{ verbs: read, resources: [...resources, 'endpointslices'] }] }];
  const running = await startLive({ users }, { name: 'jane' });
  const at = Math.floor(Date.now() / 1000) * 1000;
  lose(running, at);
  await expect.poll(() => running.log.filter((line) => line.includes('lease of node')).length).toBe(1);
  lose(running, at, 'True');
  lose(running, at + minute);
  await running.until('the incident', ({ incidents }) => incidents.length > 0);
  expect(running.asked('leases').length).toBe(1);
  expect(running.states).toEqual(['connecting', 'live']);
});
