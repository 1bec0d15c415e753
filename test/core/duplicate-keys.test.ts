/** A document with a key written twice: nothing in it is judged, but others find what it means to be. */
import { expect, test } from 'vitest';
import { lintFiles } from '../rules/harness.ts';

const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
  annotations:
    selfheal.dev/ignore: storage-class-missing
spec:
  accessModes: [ReadWriteOnce]
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
`;

const pod = `apiVersion: v1
kind: Pod
metadata: { name: reader }
spec:
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
  containers: [{ name: reader, image: registry.example/reader:1.0.0 }]
`;

const rulesIn = (files: ReadonlyMap<string, string>, path: string) =>
  (lintFiles(files).get(path) ?? []).map(({ rule }) => rule);

test('its object is there for those that name it', () => {
  const files = new Map([
    ['claim.yaml', claim],
    ['pod.yaml', pod],
  ]);
  expect(rulesIn(files, 'pod.yaml')).not.toContain('pvc-unknown');
  expect(rulesIn(new Map([['pod.yaml', pod]]), 'pod.yaml')).toContain('pvc-unknown');
});

test('it is only told of its keys', () => {
  expect(rulesIn(new Map([['claim.yaml', claim]]), 'claim.yaml')).toEqual(['yaml-syntax']);
});

test('a patch of it brings nothing about', () => {
  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: registry.example/web:1.4.2 }] }
`;
  const files = new Map([
    ['kustomization.yaml', 'resources: [web.yaml]\nimages: [{ name: registry.example/web, newTag: latest }]\n'],
    ['web.yaml', deployment],
  ]);
  expect(rulesIn(files, 'kustomization.yaml')).toEqual([]);
  files.set('web.yaml', deployment.replace('  replicas: 3\n', ''));
  expect(rulesIn(files, 'kustomization.yaml')).toContain('image-tag-mutable');
});
