import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../core/src/workspace/evidence.ts';
import { evidenceOf, levelFor } from '../../core/src/workspace/evidence.ts';
import type { Wanted } from '../../core/src/workspace/evidence.ts';
import { deployment } from './manifests.ts';
import { locatedIn, projectOf } from './support.ts';

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n';
const inShop = (text: string): string => text.replace('metadata:\n', 'metadata:\n  namespace: shop\n');
const priorityClass = 'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata:\n  name: high\nvalue: 1\n';

const evidence = (files: Readonly<Record<string, string>>, wanted: Wanted, close = false): Evidence => {
  const project = projectOf(files);
  return evidenceOf(locatedIn(project, 'k/a.yaml'), project.surroundings, wanted, close);
};

describe('evidence', () => {
  const unit = { 'k/kustomization.yaml': 'resources: [a.yaml, b.yaml]\n', 'k/a.yaml': service };

  test.each<readonly [string, Readonly<Record<string, string>>, Wanted, Evidence]>([
    ['nothing of the kind', unit, 'workload', 'unseen'],
    ['one in the unit', { ...unit, 'k/b.yaml': deployment('api') }, 'workload', 'seen'],
    ['one in another unit', { ...unit, 'other.yaml': deployment('api') }, 'workload', 'unseen'],
    [
      'one in another namespace',
      { ...unit, 'k/a.yaml': inShop(service), 'k/b.yaml': inShop(deployment('api')).replace('shop', 'other') },
      'workload',
      'unseen',
    ],
    [
      'one in the same namespace',
      { ...unit, 'k/a.yaml': inShop(service), 'k/b.yaml': inShop(deployment('api')) },
      'workload',
      'seen',
    ],
    ['another kind', { ...unit, 'k/b.yaml': deployment('api') }, ['/ConfigMap'], 'unseen'],
    ['one of two kinds', { ...unit, 'k/b.yaml': deployment('api') }, ['/ConfigMap', 'apps/Deployment'], 'seen'],
    [
      'a kind without namespaces, wherever it stands',
      { ...unit, 'other.yaml': priorityClass },
      ['scheduling.k8s.io/PriorityClass'],
      'seen',
    ],
  ])('%s', (_what, files, wanted, expected) => expect(evidence(files, wanted)).toBe(expected));

  test('one that comes close speaks loudest', () => expect(evidence(unit, 'workload', true)).toBe('near'));

  test('a claim that nothing speaks for is a hint', () => {
    expect((['near', 'seen', 'unseen'] as const).map(levelFor)).toEqual([{}, {}, { severity: 'hint' }]);
  });
});
