/** The table of kinds and the projection of each: what is kept, and that nothing of Secrets ever is. */
import { describe, expect, it } from 'vitest';
import { apiVersionOf, liveKinds, watchedKinds } from '../../core/src/live/kinds.ts';
import { resourceKinds } from '../api-server/kinds.ts';
import { slim } from '../../core/src/live/slim.ts';
import { iso, t0 } from './objects.ts';

const meta = (name: string): Record<string, unknown> => ({
  name,
  namespace: 'shop',
  uid: `uid-${name}`,
  resourceVersion: '7',
  creationTimestamp: iso(0),
  managedFields: [{ manager: 'kubectl' }],
});

describe('the table of kinds', () => {
  it('names each kind once, says why it is read, and never reads Secrets', () => {
    expect(new Set(liveKinds.map((kind) => kind.resource)).size).toBe(liveKinds.length);
    for (const kind of liveKinds) expect(kind.why.length).toBeGreaterThan(20);
    expect(liveKinds.filter((kind) => /secret|configmap|token/i.test(`${kind.kind}${kind.resource}`))).toEqual([]);
  });

  it('agrees with the API server about group, version and scope of what is watched', () => {
    for (const kind of watchedKinds) {
      const served = resourceKinds.find((entry) => entry.resource === kind.resource);
      expect(served).toMatchObject({ kind: kind.kind, namespaced: kind.namespaced });
      expect(`${served?.group}/${served?.version}`).toBe(`${kind.group}/${kind.version}`);
    }
  });

  it('has a projection for each kind', () => {
    for (const kind of liveKinds)
      expect([kind.resource, slim(kind.resource, { metadata: meta('a'), reason: 'Some' })]).toEqual([
        kind.resource,
        expect.objectContaining({
          resource: kind.resource,
          kind: kind.kind,
          apiVersion: apiVersionOf(kind),
          name: 'a',
        }),
      ]);
    expect(slim('secrets', { metadata: meta('a') })).toBeUndefined();
    expect(slim('__proto__', { metadata: meta('a') })).toBeUndefined();
  });
});

const common = { namespace: 'shop', resourceVersion: '7', created: t0 };

describe('projections', () => {
  it('of a claim keep its class, its volume and who was asked to make one', () => {
    const claim = slim('persistentvolumeclaims', {
      metadata: {
        ...meta('data'),
        annotations: { 'volume.kubernetes.io/storage-provisioner': 'ebs.csi.aws.com', secret: 'x' },
      },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', volumeName: 'pvc-1' },
      status: { phase: 'Bound' },
    });
    expect(claim).toEqual({
      ...common,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      resource: 'persistentvolumeclaims',
      name: 'data',
      uid: 'uid-data',
      phase: 'Bound',
      storageClass: '',
      volume: 'pvc-1',
      modes: ['ReadWriteOnce'],
      provisioner: 'ebs.csi.aws.com',
    });
  });

  it('of an attachment keep where the volume hangs and what went wrong', () => {
    const attachment = slim('volumeattachments', {
      metadata: { ...meta('csi-1'), namespace: undefined },
      spec: { attacher: 'ebs.csi.aws.com', nodeName: 'node-1', source: { persistentVolumeName: 'pvc-1' } },
      status: { attached: false, attachError: { time: iso(3), message: 'rpc error' }, attachmentMetadata: { a: 'b' } },
    });
    expect(attachment).toMatchObject({
      node: 'node-1',
      volume: 'pvc-1',
      attached: false,
      attachError: { at: t0 + 3000, message: 'rpc error' },
    });
    expect(JSON.stringify(attachment)).not.toContain('attachmentMetadata');
  });

  it('of a pod name the claims of its volumes, those made for it included', () => {
    const pod = slim('pods', {
      metadata: meta('db-0'),
      spec: {
        volumes: [
          { name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } },
          { name: 'scratch', ephemeral: { volumeClaimTemplate: {} } },
          { name: 'cfg', configMap: { name: 'x' } },
        ],
      },
      status: {
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes' }],
      },
    });
    expect(pod).toMatchObject({
      claims: [
        { volume: 'data', claim: 'data-db-0' },
        { volume: 'scratch', claim: 'db-0-scratch' },
      ],
      scheduled: { message: '0/2 nodes' },
    });
  });

  it('of metrics have an identity although the API gives none, and numbers instead of quantities', () => {
    const metrics = slim('podmetrics', {
      metadata: { name: 'web-1', namespace: 'shop' },
      timestamp: iso(5),
      containers: [{ name: 'app', usage: { cpu: '12500000n', memory: '64Mi' } }, { usage: {} }],
    });
    expect(metrics).toMatchObject({
      uid: 'podmetrics/shop/web-1',
      at: t0 + 5000,
      containers: [{ name: 'app', cpu: 0.0125, memory: 67_108_864 }],
    });
  });

  it('of endpoints tell pods from addresses that somebody wrote by hand', () => {
    const slice = slim('endpointslices', {
      metadata: { ...meta('web-abc'), labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints: [
        { addresses: ['10.0.0.1'], conditions: { ready: true }, targetRef: { kind: 'Pod', uid: 'uid-1' } },
        { addresses: ['10.0.0.2'], conditions: { ready: false } },
        { addresses: ['10.0.0.3'], conditions: {} },
      ],
    });
    expect(slice).toMatchObject({
      service: 'web',
      endpoints: [{ podUid: 'uid-1', ready: true }],
      others: { ready: 1, total: 2 },
    });
  });

  it('of an autoscaler keep its bounds, its target and why it cannot scale', () => {
    const message = 'failed to get cpu utilization: missing request for cpu in container app of Pod web-1';
    const autoscaler = slim('horizontalpodautoscalers', {
      metadata: meta('web'),
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 10 },
      status: {
        currentReplicas: 2,
        desiredReplicas: 2,
        conditions: [
          {
            type: 'ScalingActive',
            status: 'False',
            reason: 'FailedGetResourceMetric',
            message,
            lastTransitionTime: iso(1),
          },
        ],
      },
    });
    expect(autoscaler).toMatchObject({
      target: { kind: 'Deployment', name: 'web' },
      min: 1,
      max: 10,
      active: { status: 'False', reason: 'FailedGetResourceMetric', message, at: t0 + 1000 },
    });
  });
});
