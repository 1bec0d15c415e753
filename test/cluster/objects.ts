/** Objects for the loopback cluster, as small as the session needs them. */
import type { KubeObject } from '../api-server/store.ts';

/** A running pod of one container; `restarts` as the kubelet counts them. */
export function pod(name: string, options: { namespace?: string; restarts?: number } = {}): KubeObject {
  const { namespace = 'shop', restarts = 0 } = options;
  const startedAt = new Date().toISOString();
  const terminated = {
    exitCode: 1,
    reason: 'Error',
    startedAt,
    finishedAt: startedAt,
    containerID: `containerd://${name}-${restarts}`,
  };
  const status = {
    name: 'app',
    image: 'app:1',
    ready: true,
    started: true,
    restartCount: restarts,
    state: { running: { startedAt } },
    lastState: restarts === 0 ? {} : { terminated },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { containers: [{ name: 'app', image: 'app:1' }], nodeName: 'node-a', restartPolicy: 'Always' },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: startedAt }],
      containerStatuses: [status],
    },
  };
}

export function node(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString() }] },
  };
}
