import { describe, expect, test } from 'vitest';
import { rewriteSuppressions } from '../../core/src/features/rewrite-suppressions.ts';
import { defaultConfiguration } from '../../core/src/lint/configuration.ts';
import { createLinter } from '../../core/src/lint/engine.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { applyEdits } from '../../core/src/text/text.ts';
import { Project } from '../../core/src/workspace/project.ts';

const uri = 'file:///w/a.yaml';
/** A workload without a liveness probe and memory limit, with places for annotations and comments. */
const manifest = ({
  head = '',
  meta = '',
  template = '',
  container = '',
}: Readonly<Record<string, string>>): string => `${head}apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
  annotations:
    team: ops
${meta}spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata:
      labels: { app: agent }
      annotations:
        team: ops
${template}    spec:
      containers:
${container}        - name: agent
          image: agent:1.0
`;

function found(text: string): string[] {
  const linter = createLinter({
    rules,
    configuration: defaultConfiguration,
    relative: (path) => path,
    glob: () => false,
    onRuleError: (_, __, error) => {
      throw error;
    },
  });
  return linter.lint(Project.from([[uri, text]]), uri).map(({ rule }) => rule);
}

const probe = 'liveness-probe-missing';
const memory = 'memory-limit-missing';

test('the manifest has both findings by itself, so that the cases below show something', () => {
  expect(found(manifest({}))).toEqual(expect.arrayContaining([probe, memory]));
});

describe('silence what they silence there', () => {
  test.each([
    ['kube-linter', { meta: '    ignore-check.kube-linter.io/no-liveness-probe: "runs as a batch"\n' }],
    ['kube-score, object', { meta: '    kube-score/ignore: pod-probes,container-image-tag\n' }],
    ['kube-score, template', { template: '        kube-score/ignore: pod-probes\n' }],
    ['polaris', { meta: '    polaris.fairwinds.com/livenessProbeMissing-exempt: "true"\n' }],
    ['checkov annotation', { meta: '    checkov.io/skip1: CKV_K8S_8=no hangs\n' }],
    ['checkov comment', { container: '        # checkov:skip=CKV_K8S_8:no hangs\n' }],
    ['datree', { meta: '    datree.skip/CONTAINERS_MISSING_LIVENESSPROBE_KEY: no hangs\n' }],
    ['kics disable', { head: '# kics-scan disable=ade74944-a674-4e00-859e-c6eab5bde441\n' }],
  ])('%s', (_, places) => {
    const rulesFound = found(manifest(places));
    expect(rulesFound).not.toContain(probe);
    expect(rulesFound).toContain(memory);
  });

  test.each([
    ['trivy comment', { container: '        #trivy:ignore:KSV-0018\n' }, memory, probe],
    ['trivy above the object', { head: '# trivy:ignore:KSV-0018\n' }, memory, probe],
  ])('%s', (_, places, silent, heard) => {
    const rulesFound = found(manifest(places));
    expect(rulesFound).not.toContain(silent);
    expect(rulesFound).toContain(heard);
  });

  test.each([
    ['kube-linter', { meta: '    kube-linter.io/ignore-all: "legacy"\n' }],
    ['polaris', { meta: '    polaris.fairwinds.com/exempt: "true"\n' }],
    ['kics', { head: '# kics-scan ignore\n' }],
    ['kics block', { container: '        # kics-scan ignore-block\n' }],
  ])('everything: %s', (_, places) => {
    const rulesFound = found(manifest(places));
    expect(rulesFound).not.toContain(probe);
    expect(rulesFound).not.toContain(memory);
  });

  test.each([
    ['a value that is not true', { meta: '    polaris.fairwinds.com/exempt: "false"\n' }],
    ['a check we have nothing for', { meta: '    ignore-check.kube-linter.io/run-as-non-root: "x"\n' }],
    ['text in a scalar', { meta: '    note: "ignore-check.kube-linter.io/no-liveness-probe"\n' }],
  ])('nothing: %s', (_, places) => {
    expect(found(manifest(places))).toEqual(expect.arrayContaining([probe, memory]));
  });
});

test('they can be rewritten into ours, which silence the same', () => {
  const text = manifest({
    meta: '    ignore-check.kube-linter.io/no-liveness-probe: "runs as a batch" # why\n    kube-linter.io/other: x\n',
    container: '        # trivy:ignore:KSV-0018\n',
  });
  const rewritten = applyEdits(text, rewriteSuppressions(Project.from([[uri, text]]).files.get(uri)!, rules));
  expect(rewritten).toContain(`    selfheal.dev/ignore: "${probe}" # why\n    kube-linter.io/other: x\n`);
  expect(rewritten).toContain(`        # selfheal-ignore ${memory} -- as for another linter\n`);
  expect(found(rewritten)).toEqual(found(text));
});
