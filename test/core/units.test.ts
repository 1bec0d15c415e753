import { describe, expect, test } from 'vitest';
import { Project } from '../../core/src/workspace/project.ts';
import { definesUnits } from '../../core/src/workspace/units.ts';
import { deployment } from './manifests.ts';
import { lintFiles, locatedIn, projectOf, root, serviceRule } from './support.ts';

/** Groups of files that belong together, by unit. */
function groups(project: Project): string[][] {
  const byUnit = new Map<string, string[]>();
  for (const uri of project.files.keys()) {
    const { id } = project.units.of(uri);
    byUnit.set(id, [...(byUnit.get(id) ?? []), uri.slice(root.length)]);
  }
  return [...byUnit.values()].map((group) => group.sort()).sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
}

const service = (name: string, namespace?: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n${namespace ? `  namespace: ${namespace}\n` : ''}spec:\n  selector: {app: ${name}}\n`;

describe('units', () => {
  test('an overlay, its base and its components are one; another kustomization is another', () => {
    const project = projectOf({
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': deployment('web'),
      'overlays/dev/kustomization.yaml': 'resources: [../../base]\ncomponents: [../../components/tls/]\n',
      'overlays/dev/extra.yaml': '',
      'overlays/prod/kustomization.yml': 'bases: ["../../base/"]\n',
      'components/tls/kustomization.yaml': 'kind: Component\n',
      'components/tls/tls.yaml': '',
      'other/kustomization.yaml': 'resources: []\n',
      'other/x.yaml': '',
      'plain.yaml': '',
    });
    expect(groups(project)).toEqual([
      [
        'base/kustomization.yaml',
        'base/web.yaml',
        'components/tls/kustomization.yaml',
        'components/tls/tls.yaml',
        'overlays/dev/extra.yaml',
        'overlays/dev/kustomization.yaml',
        'overlays/prod/kustomization.yml',
      ],
      ['other/kustomization.yaml', 'other/x.yaml'],
      ['plain.yaml'],
    ]);
    expect(project.units.of(`${root}base/web.yaml`).type).toBe('kustomization');
    expect(project.units.of(`${root}plain.yaml`).type).toBe('directory');
  });

  test('kustomizations that name each other in a circle are one unit, not an endless search', () => {
    const project = projectOf({
      'a/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../c]\n',
      'c/kustomization.yaml': 'resources: [../a, .]\n',
    });
    expect(groups(project)).toHaveLength(1);
  });

  test('a listed file outside of the folder belongs to the kustomization', () => {
    const project = projectOf({
      'k/kustomization.yaml': 'resources: [../shared/web.yaml, ./own.yaml]\n',
      'k/own.yaml': '',
      'shared/web.yaml': deployment('web'),
      'shared/api.yaml': '',
    });
    expect(groups(project)).toEqual([['k/kustomization.yaml', 'k/own.yaml', 'shared/web.yaml'], ['shared/api.yaml']]);
  });

  test('patches are partial: named as files in every way that kustomize knows', () => {
    const project = projectOf({
      'k/kustomization.yaml':
        'patchesStrategicMerge: [one.yaml]\npatches: [{path: two.yaml}]\npatchesJson6902: [{path: sub/three.yaml, target: {kind: Deployment, name: web}}]\nresources: [four.yaml]\n',
      'k/one.yaml': '',
      'k/two.yaml': '',
      'k/sub/three.yaml': '',
      'k/four.yaml': '',
    });
    expect(['one', 'two', 'sub/three', 'four'].map((name) => project.units.isPatch(`${root}k/${name}.yaml`))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  test('a patch is no object of its own', () => {
    const files = {
      'k/kustomization.yaml': 'resources: [web.yaml, svc.yaml]\npatches: [{path: patch.yaml}]\n',
      'k/web.yaml': deployment('web'),
      'k/svc.yaml': service('web'),
      'k/patch.yaml': deployment('web'),
    };
    expect(lintFiles(files, 'k/svc.yaml', { rules: [serviceRule] })[0]?.data).toMatchObject({ unit: 1, all: 1 });
    const { surroundings } = projectOf(files);
    expect(surroundings.inUnit(locatedIn(projectOf(files), 'k/web.yaml'), 'apps/Deployment')).toHaveLength(1);
  });

  test('a chart is a unit with all that is below it', () => {
    const project = projectOf({
      'chart/Chart.yaml': 'name: x\n',
      'chart/templates/web.yaml': deployment('web'),
      'chart/charts/sub/Chart.yaml': 'name: y\n',
      'chart/charts/sub/templates/a.yaml': '',
      'x.yaml': '',
    });
    expect(groups(project)).toEqual([
      ['chart/Chart.yaml', 'chart/templates/web.yaml'],
      ['chart/charts/sub/Chart.yaml', 'chart/charts/sub/templates/a.yaml'],
      ['x.yaml'],
    ]);
    expect(project.units.of(`${root}chart/templates/web.yaml`).type).toBe('chart');
  });

  test('a broken kustomization is a unit of its folder', () => {
    const project = projectOf({ 'k/kustomization.yaml': 'resources: [\n', 'k/a.yaml': '', 'b.yaml': '' });
    expect(groups(project)).toEqual([['b.yaml'], ['k/a.yaml', 'k/kustomization.yaml']]);
  });

  test('only files that define units call for them anew', () => {
    expect(
      ['a/kustomization.yaml', 'a/kustomization.yml', 'a/Kustomization', 'a/Chart.yaml'].map((path) =>
        definesUnits(root + path),
      ),
    ).toEqual([true, true, true, true]);
    expect(
      ['a/my-kustomization.yaml', 'a/chart.yaml', 'a/values.yaml'].map((path) => definesUnits(root + path)),
    ).toEqual([false, false, false]);
    const project = projectOf({ 'k/kustomization.yaml': '', 'k/a.yaml': '' });
    const { units } = project;
    expect(project.with(`${root}k/a.yaml`, 'a: 1').units).toBe(units);
    expect(project.with(`${root}k/kustomization.yaml`, 'namespace: x').units).not.toBe(units);
  });
});

describe('namespaces', () => {
  const namespace = (files: Readonly<Record<string, string>>, path: string): unknown =>
    lintFiles(files, path, { rules: [serviceRule] })[0]?.data;

  test('objects without one match each other', () => {
    expect(namespace({ 'a.yaml': deployment('web'), 'b.yaml': service('web') }, 'b.yaml')).toEqual({
      unit: 1,
      all: 1,
      namespace: '',
    });
  });

  test('an object without one lands in the only one its unit names', () => {
    expect(
      namespace(
        {
          'a.yaml': deployment('web').replace('  name: web\n', '  name: web\n  namespace: shop\n'),
          'b.yaml': service('web'),
        },
        'b.yaml',
      ),
    ).toEqual({ unit: 1, all: 1, namespace: 'shop' });
  });

  test('where a unit names two, an object without one lands in neither', () => {
    const files = {
      'a.yaml': deployment('web').replace('  name: web\n', '  name: web\n  namespace: shop\n'),
      'b.yaml': service('web'),
      'c.yaml': service('api', 'other'),
    };
    expect(namespace(files, 'b.yaml')).toEqual({ unit: 0, all: 0, namespace: '' });
  });

  test('different ones do not match', () => {
    expect(
      namespace(
        {
          'a.yaml': deployment('web').replace('  name: web\n', '  name: web\n  namespace: shop\n'),
          'b.yaml': service('web', 'other'),
        },
        'b.yaml',
      ),
    ).toEqual({ unit: 0, all: 0, namespace: 'other' });
  });

  test("a kustomization's namespace is that of all its objects", () => {
    const files = {
      'k/kustomization.yaml': 'resources: [a.yaml, b.yaml]\nnamespace: prod\n',
      'k/a.yaml': deployment('web').replace('  name: web\n', '  name: web\n  namespace: shop\n'),
      'k/b.yaml': service('web'),
    };
    expect(namespace(files, 'k/b.yaml')).toEqual({ unit: 1, all: 1, namespace: 'prod' });
  });

  test('other units are seen in the workspace, not in the unit', () => {
    const files = { 'k/kustomization.yaml': '', 'k/b.yaml': service('web'), 'a.yaml': deployment('web') };
    expect(namespace(files, 'k/b.yaml')).toEqual({ unit: 0, all: 1, namespace: '' });
  });

  test('template text as a namespace is no name', () => {
    const files = {
      'c/Chart.yaml': 'name: x\n',
      'c/templates/a.yaml': deployment('web').replace(
        '  name: web\n',
        '  name: web\n  namespace: {{ .Release.Namespace }}\n',
      ),
      'c/templates/b.yaml': service('web', '{{ .Release.Namespace }}'),
    };
    expect(namespace(files, 'c/templates/b.yaml')).toEqual({ unit: 1, all: 1, namespace: '' });
  });
});

test('a file that says by its name that it is a patch is one, whatever kustomization it waits for', () => {
  const { units } = Project.from([
    ['file:///w/server-patch.yaml', ''],
    ['file:///w/dispatch.yaml', ''],
  ]);
  expect(units.isPatch('file:///w/server-patch.yaml')).toBe(true);
  expect(units.isPatch('file:///w/dispatch.yaml')).toBe(false);
});
