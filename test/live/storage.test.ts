/** Volumes: claims that get none, volumes that hang on another node, mounts that fail. */
import { describe, expect, it } from 'vitest';
import type { IncidentRow } from '../../core/src/live/view.ts';
import type { Story } from './objects.ts';
import { event, iso, node, pod, replicaSet, story, t0 } from './objects.ts';

type Json = Record<string, unknown>;

const claim = (phase: string, more: { class?: string; volume?: string; created?: number } = {}): Json => ({
  metadata: { name: 'data', namespace: 'shop', uid: 'uid-data', creationTimestamp: iso(more.created ?? 0) },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: more.class, volumeName: more.volume },
  status: { phase },
});

const storageClass = (name: string, more: Json = {}): Json => ({
  metadata: { name, uid: `uid-class-${name}` },
  provisioner: 'ebs.csi.aws.com',
  volumeBindingMode: 'Immediate',
  ...more,
});

const attachment = (at: string, more: Json = {}, meta: Json = {}): Json => ({
  metadata: { name: `csi-${at}`, uid: `uid-csi-${at}`, creationTimestamp: iso(0), ...meta },
  spec: { attacher: 'ebs.csi.aws.com', nodeName: at, source: { persistentVolumeName: 'pvc-1' } },
  status: { attached: true, ...more },
});

const claimEvent = (uid: string, reason: string, message: string, at: number): Json =>
  event(uid, reason, message, at, { kind: 'PersistentVolumeClaim', name: 'data', uid: 'uid-data' });

const owner = { kind: 'ReplicaSet', name: 'web-abc', uid: 'uid-web-abc' };

/** A pod that has a node and waits for its volume `data`; runs from `started` on. */
const waiting = (
  name: string,
  created: number,
  more: { node?: string; started?: number; reason?: string } = {},
): Json =>
  pod({
    name,
    owner,
    created,
    node: more.node ?? 'node-2',
    phase: more.started === undefined ? 'Pending' : 'Running',
    ...(more.started !== undefined && { ready: more.started }),
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
    status: {
      state:
        more.started === undefined
          ? { waiting: { reason: more.reason ?? 'ContainerCreating' } }
          : { running: { startedAt: iso(more.started) } },
    },
  });

const multiAttach =
  'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node and can\'t be attached to another';

const rows = (told: Story, seconds: number): readonly IncidentRow[] => told.view(seconds).incidents;
const seconds = (at: number | undefined): number | undefined => (at === undefined ? undefined : (at - t0) / 1000);

describe('a claim', () => {
  it('with a class that does not exist is an incident of the claim, and ends when a volume is bound', () => {
    const told = story();
    told.list(0, 'storageclasses', [storageClass('gp3')]);
    told.send(0, 'persistentvolumeclaims', claim('Pending', { class: 'fast' }), 'ADDED');
    told.tick(5);
    expect(rows(told, 5)).toEqual([]);
    told.send(6, 'events', claimEvent('e1', 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found', 6));
    const [row] = rows(told, 6);
    expect(row).toMatchObject({
      cause: 'volume-pending/class-missing',
      rootCause: 'configuration',
      actor: 'pv-controller',
      subject: { kind: 'PersistentVolumeClaim', name: 'data' },
      summary: { data: { claim: 'data', class: 'fast' } },
      phases: { fault: t0 },
    });
    told.tick(400);
    expect(rows(told, 400)[0]?.needs).toMatchObject({ reason: { id: 'needs.claim-pending' }, since: t0 + 300_000 });
    told.send(410, 'persistentvolumeclaims', claim('Bound', { class: 'fast', volume: 'pvc-1' }));
    expect(rows(told, 410)[0]).toMatchObject({ state: 'recovered', phases: { recovered: t0 + 410_000 }, ttr: 410 });
  });

  it('says so without any event, once what belongs to it had time to come', () => {
    const told = story();
    told.list(0, 'storageclasses', [storageClass('gp3')]);
    told.send(0, 'persistentvolumeclaims', claim('Pending', { class: 'fast' }), 'ADDED');
    told.tick(11);
    expect(rows(told, 11)[0]?.cause).toBe('volume-pending/class-missing');
  });

  it('is none where classes cannot be read and nobody said that one is missing', () => {
    const told = story();
    told.send(0, 'persistentvolumeclaims', claim('Pending', { class: 'fast' }), 'ADDED');
    told.tick(100);
    expect(rows(told, 100)).toEqual([]);
  });

  it('that waits for its first pod is as it should be', () => {
    const told = story();
    told.list(0, 'storageclasses', [storageClass('local', { volumeBindingMode: 'WaitForFirstConsumer' })]);
    told.send(0, 'persistentvolumeclaims', claim('Pending', { class: 'local' }), 'ADDED');
    told.send(1, 'events', claimEvent('e1', 'WaitForFirstConsumer', 'waiting for first consumer to be created', 1));
    told.tick(3600);
    expect(rows(told, 3600)).toEqual([]);
  });

  it('without a class is none while a default class will take it', () => {
    const standard = storageClass('gp3', {
      metadata: {
        name: 'gp3',
        uid: 'uid-class-gp3',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
    });
    const told = story();
    told.list(0, 'storageclasses', [standard]);
    told.send(0, 'persistentvolumeclaims', claim('Pending'), 'ADDED');
    told.tick(50);
    expect(rows(told, 50)).toEqual([]);
    told.send(60, 'storageclasses', standard, 'DELETED');
    expect(rows(told, 60)[0]).toMatchObject({ cause: 'volume-pending/no-class' });
  });

  it('is served within a minute, or its provisioner does not answer', () => {
    const message =
      "Waiting for a volume to be created either by the external provisioner 'ebs.csi.aws.com' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.";
    const told = story();
    told.list(0, 'storageclasses', [storageClass('gp3')]);
    told.send(0, 'persistentvolumeclaims', claim('Pending', { class: 'gp3' }), 'ADDED');
    told.send(1, 'events', claimEvent('e1', 'ExternalProvisioning', message, 1));
    told.tick(50);
    expect(rows(told, 50)).toEqual([]);
    told.tick(62);
    expect(rows(told, 62)[0]).toMatchObject({
      cause: 'volume-pending/provisioner',
      summary: { data: { provisioner: 'ebs.csi.aws.com' } },
      phases: { fault: t0 + 1000 },
    });
  });

  it('tells what its provisioner says, and whom it holds up', () => {
    const message = 'failed to provision volume with StorageClass "gp3": rpc error: code = ResourceExhausted';
    const told = story();
    told.list(0, 'storageclasses', [storageClass('gp3')]);
    told.send(0, 'replicasets', replicaSet('web-abc', 1));
    const unscheduled = waiting('web-1', 0);
    told.send(1, 'pods', {
      ...unscheduled,
      spec: { ...(unscheduled.spec as Json), nodeName: undefined },
      status: {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            lastTransitionTime: iso(1),
            message: '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
          },
        ],
      },
    });
    told.send(1, 'persistentvolumeclaims', claim('Pending', { class: 'gp3' }), 'ADDED');
    told.send(12, 'events', claimEvent('e1', 'ProvisioningFailed', message, 12));
    told.tick(13);
    const view = told.view(13);
    const row = view.incidents.find((entry) => entry.parent === undefined);
    expect(row).toMatchObject({
      cause: 'volume-pending/provisioning-failed',
      rootCause: 'storage',
      workload: { kind: 'Deployment', name: 'web' },
      phases: { fault: t0 + 12_000 },
    });
    const child = view.incidents.find((entry) => entry.parent === row?.id);
    expect(child).toMatchObject({ cause: 'unschedulable/volume', subject: { name: 'web-1' } });
    expect(child?.evidence.find(({ object }) => object.kind === 'PersistentVolumeClaim')).toMatchObject({
      object: { name: 'data' },
      value: 'Pending',
    });
    expect(view.incidents.filter((entry) => entry.parent === undefined)).toHaveLength(1);
  });

  it('that lost its volume needs a person at once', () => {
    const told = story();
    told.send(0, 'persistentvolumeclaims', claim('Bound', { class: 'gp3', volume: 'pvc-1' }), 'ADDED');
    told.send(5, 'persistentvolumeclaims', claim('Lost', { class: 'gp3', volume: 'pvc-1' }));
    told.tick(6);
    expect(rows(told, 6)[0]).toMatchObject({
      cause: 'volume-lost/claim',
      needs: { reason: { id: 'needs.volume-lost' } },
      summary: { data: { volume: 'pvc-1' } },
    });
    told.send(9, 'persistentvolumeclaims', claim('Lost'), 'DELETED');
    expect(rows(told, 9)[0]).toMatchObject({ state: 'planned', ending: { id: 'ending.removed' } });
  });

  it('whose volume fails is told by the volume', () => {
    const told = story();
    told.send(0, 'persistentvolumes', {
      metadata: { name: 'pvc-1', uid: 'uid-pvc-1' },
      spec: { claimRef: { namespace: 'shop', name: 'data' } },
      status: {
        phase: 'Failed',
        message: 'host_path deleter only supports /tmp/.+',
        lastPhaseTransitionTime: iso(-30),
      },
    });
    expect(rows(told, 1)[0]).toMatchObject({
      cause: 'volume-lost/failed',
      subject: { kind: 'PersistentVolume', name: 'pvc-1' },
      phases: { fault: t0 - 30_000 },
    });
  });
});

describe('a pod that waits for its volume', () => {
  const begin = (): Story => {
    const told = story();
    told.send(0, 'replicasets', replicaSet('web-abc', 1));
    told.send(0, 'persistentvolumeclaims', claim('Bound', { class: 'gp3', volume: 'pvc-1' }));
    told.send(0, 'volumeattachments', attachment('node-1'));
    return told;
  };
  const involved = { name: 'web-2', uid: 'uid-web-2' };

  it('is one incident with the claim and the node that holds the volume', () => {
    const told = begin();
    told.send(1, 'pods', waiting('web-2', 1));
    told.send(2, 'events', event('e1', 'FailedAttachVolume', multiAttach, 2, involved));
    expect(rows(told, 2)).toEqual([
      expect.objectContaining({
        cause: 'volume-attach-failed/multi-attach',
        actor: 'attach-detach',
        subject: expect.objectContaining({ kind: 'Pod', name: 'web-2' }),
        workload: expect.objectContaining({ kind: 'Deployment', name: 'web' }),
        summary: {
          id: 'incident.volume-attach-failed/multi-attach',
          data: expect.objectContaining({ volume: 'data', other: 'node-1' }),
        },
      }),
    ]);
    told.send(60, 'volumeattachments', attachment('node-1', {}, { deletionTimestamp: iso(60) }));
    told.send(62, 'volumeattachments', attachment('node-1', {}, { deletionTimestamp: iso(60) }), 'DELETED');
    told.send(63, 'volumeattachments', attachment('node-2', { attached: false }, { creationTimestamp: iso(63) }));
    told.send(
      70,
      'events',
      event('e2', 'SuccessfulAttachVolume', 'AttachVolume.Attach succeeded for volume "pvc-1" ', 70, involved),
    );
    told.send(75, 'pods', waiting('web-2', 1, { started: 74 }));
    const view = told.view(76);
    const [row] = view.incidents;
    expect(row?.state).toBe('recovered');
    expect(Object.entries(row?.phases ?? {}).map(([phase, at]) => [phase, seconds(at)])).toEqual([
      ['fault', 2],
      ['detected', 2],
      ['acting', 63],
      ['attachWait', 2],
      ['attached', 70],
      ['restoring', 74],
      ['recovered', 74],
    ]);
    expect(row?.evidence.some(({ value }) => value.includes('being detached'))).toBe(true);
    expect(view.actions).toEqual([
      expect.objectContaining({
        at: t0 + 70_000,
        actor: 'attach-detach',
        summary: { id: 'action.volume-attached', data: { pod: 'web-2', node: 'node-2', seconds: 68 } },
      }),
      expect.objectContaining({
        at: t0 + 62_000,
        summary: { id: 'action.volume-detached', data: { volume: 'pvc-1', node: 'node-1', pod: 'web-2' } },
      }),
    ]);
  });

  it('needs a person after six minutes', () => {
    const told = begin();
    told.send(1, 'pods', waiting('web-2', 1));
    told.send(2, 'events', event('e1', 'FailedAttachVolume', multiAttach, 2, involved));
    told.tick(361);
    expect(rows(told, 361)[0]?.needs).toBeUndefined();
    told.tick(362);
    expect(rows(told, 362)[0]?.needs).toMatchObject({ reason: { id: 'needs.volume-stuck' }, since: t0 + 362_000 });
  });

  it('is seen without events, by where the volume hangs', () => {
    const told = begin();
    told.send(1, 'pods', waiting('web-2', 1));
    told.tick(40);
    expect(rows(told, 40)).toEqual([]);
    told.tick(62);
    expect(rows(told, 62)[0]).toMatchObject({
      cause: 'volume-attach-failed/multi-attach',
      phases: { fault: t0 + 1000, attachWait: t0 + 1000 },
    });
  });

  it('in the place of a lost pod is told by the incident of that place', () => {
    const told = begin();
    told.send(0, 'nodes', node('node-1', 'True', -600));
    told.send(0, 'pods', waiting('web-1', -60, { node: 'node-1', started: -50 }));
    told.send(10, 'nodes', node('node-1', 'Unknown', 10));
    told.send(
      310,
      'pods',
      pod({ name: 'web-1', owner, created: -60, node: 'node-1', deleted: 310, disruption: 'DeletionByTaintManager' }),
    );
    told.send(310, 'pods', waiting('web-2', 310));
    told.send(312, 'events', event('e1', 'FailedAttachVolume', multiAttach, 312, involved));
    const open = rows(told, 313);
    expect(open.map((row) => row.cause).sort()).toEqual(['node-not-ready/kubelet-stopped', 'pod-lost/node']);
    const slot = open.find((row) => row.cause === 'pod-lost/node');
    expect(slot).toMatchObject({ phases: { attachWait: t0 + 312_000 }, parent: expect.any(String) });
    told.tick(700);
    expect(rows(told, 700).find((row) => row.id === slot?.id)?.needs).toMatchObject({
      reason: { id: expect.stringMatching(/volume-stuck|stuck-terminating/) },
    });
    told.send(
      750,
      'events',
      event('e2', 'SuccessfulAttachVolume', 'AttachVolume.Attach succeeded for volume "pvc-1" ', 750, involved),
    );
    told.send(760, 'pods', waiting('web-2', 310, { started: 758 }));
    expect(rows(told, 761).find((row) => row.id === slot?.id)).toMatchObject({
      state: 'recovered',
      phases: { attached: t0 + 750_000 },
    });
  });

  it('is nobody once it was deleted', () => {
    const told = begin();
    told.send(1, 'pods', waiting('web-2', 1));
    told.send(2, 'events', event('e1', 'FailedAttachVolume', multiAttach, 2, involved));
    told.send(5, 'pods', waiting('web-2', 1), 'DELETED');
    expect(
      rows(told, 6)
        .filter((row) => row.cause.startsWith('volume-'))
        .map((row) => row.state),
    ).not.toContain('healing');
  });
});

describe('a mount', () => {
  const involved = { name: 'web-2', uid: 'uid-web-2' };
  const begin = (): Story => {
    const told = story();
    told.send(0, 'pods', waiting('web-2', 0));
    return told;
  };

  it('of a ConfigMap that does not exist is configuration, and needs a person after a minute', () => {
    const told = begin();
    const message = 'MountVolume.SetUp failed for volume "cfg" : configmap "app-config" not found';
    told.send(1, 'events', event('e1', 'FailedMount', message, 1, involved));
    expect(rows(told, 1)[0]).toMatchObject({
      cause: 'volume-mount/config-missing',
      rootCause: 'configuration',
      actor: 'kubelet',
      state: 'healing',
      summary: { data: { object: 'configmap app-config', volume: 'cfg' } },
    });
    told.tick(61);
    expect(rows(told, 61)[0]?.needs?.reason.id).toBe('needs.cannot-mount');
    told.send(70, 'pods', waiting('web-2', 0, { started: 69 }));
    expect(rows(told, 70)[0]).toMatchObject({ state: 'recovered', phases: { recovered: t0 + 69_000 } });
  });

  it('counts from its first failure, also when a new Event goes on counting', () => {
    const told = begin();
    const message = 'MountVolume.SetUp failed for volume "cfg" : configmap "app-config" not found';
    told.send(9, 'events', event('e2', 'FailedMount', message, 9, involved));
    told.send(10, 'events', event('e1', 'FailedMount', message, 1, involved));
    told.send(12, 'events', event('e3', 'FailedMount', message, 12, involved));
    told.send(20, 'pods', waiting('web-2', 0));
    expect(told.view(20).incidents).toHaveLength(1);
    told.tick(40);
    const late = begin();
    const slow = 'MountVolume.MountDevice failed for volume "pvc-1" : rpc error: code = Internal';
    late.send(5, 'events', event('e1', 'FailedMount', slow, 5, involved));
    late.send(28, 'events', event('e2', 'FailedMount', slow, 28, involved));
    late.tick(36);
    expect(rows(late, 36)[0]?.phases.fault).toBe(t0 + 5000);
  });

  it('that fails once is no fault', () => {
    const told = begin();
    const message =
      'MountVolume.SetUp failed for volume "kube-api-access-x" : failed to sync configmap cache: timed out waiting for the condition';
    told.send(1, 'events', event('e1', 'FailedMount', message, 1, involved));
    told.tick(20);
    told.send(25, 'pods', waiting('web-2', 0, { started: 24 }));
    told.tick(60);
    expect(rows(told, 60)).toEqual([]);
  });

  it('that goes on failing is the storage', () => {
    const told = begin();
    const message =
      'MountVolume.MountDevice failed for volume "pvc-1" : rpc error: code = Internal desc = exit status 32';
    told.send(1, 'events', event('e1', 'FailedMount', message, 1, involved));
    told.tick(31);
    expect(rows(told, 31)[0]).toMatchObject({ cause: 'volume-mount/failed', rootCause: 'storage' });
  });

  it('is past when the kubelet pulls images', () => {
    const told = begin();
    const message = 'MountVolume.SetUp failed for volume "cfg" : configmap "app-config" not found';
    told.send(1, 'events', event('e1', 'FailedMount', message, 1, involved));
    told.send(9, 'pods', waiting('web-2', 0, { reason: 'ErrImagePull' }));
    expect(rows(told, 9).find((row) => row.cause.startsWith('volume-'))?.state).toBe('recovered');
  });
});

describe('what does not change', () => {
  it('leaves the rows alone as time passes', () => {
    const told = story();
    told.list(0, 'storageclasses', [storageClass('gp3')]);
    told.send(0, 'persistentvolumeclaims', claim('Pending', { class: 'fast' }), 'ADDED');
    told.send(0, 'pods', waiting('web-2', 0));
    const message = 'MountVolume.SetUp failed for volume "cfg" : configmap "app-config" not found';
    told.send(1, 'events', event('e1', 'FailedMount', message, 1, { name: 'web-2', uid: 'uid-web-2' }));
    told.tick(20);
    const before = rows(told, 20);
    expect(before).toHaveLength(2);
    told.tick(21);
    expect(rows(told, 21)).toBe(before);
  });
});
