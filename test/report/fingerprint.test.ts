import { expect, test } from 'vitest';
import { applyBaseline, readBaseline, writeBaseline } from '../../core/src/report/baseline.ts';
import type { FileReport } from '../../core/src/report/report.ts';
import { daemonSet, reportOf } from './reports.ts';

const prints = (files: readonly FileReport[]): string[] =>
  files.flatMap(({ findings }) => findings.map(({ fingerprint }) => fingerprint));

/** One container without a memory limit, among others that have one. */
const containers = (before: string): string =>
  daemonSet('agent', 'Always')
    .replace('        - name: agent\n', `${before}        - name: agent\n`)
    .replace(/ +resources:.*\n$/, '');

test('a fingerprint stays when lines, documents and other containers come before, and when the file moves', () => {
  const [bare] = reportOf({ 'a.yaml': containers('') });
  const sidecar =
    '        - name: log\n          image: log:1\n          livenessProbe: { exec: { command: [x] } }\n          resources: { limits: { memory: 1Gi } }\n';
  const moved = reportOf({ 'k8s/b.yaml': `# a comment\n${daemonSet('other', 'Always')}---\n${containers(sidecar)}` });
  expect(bare?.findings.map(({ rule, at }) => [rule, at])).toEqual([
    ['memory-limit-missing', 'spec.template.spec.containers[agent].name'],
  ]);
  expect(prints(moved)).toEqual(prints(bare ? [bare] : []));
});

test('another object, container, rule or place has another fingerprint', () => {
  const all = prints([
    ...reportOf({ 'a.yaml': containers('') }),
    ...reportOf({ 'a.yaml': containers('').replaceAll('agent', 'other') }),
    ...reportOf({ 'a.yaml': daemonSet('agent') }),
    ...reportOf({
      'a.yaml': containers('').replace('metadata: { name: agent }', 'metadata: { name: agent, namespace: shop }'),
    }),
  ]);
  expect(all).toHaveLength(4);
  expect(new Set(all).size).toBe(4);
});

test('findings about no named object are told apart by their files', () => {
  const broken = 'apiVersion: v1\nkind: Pod\nmetadata: {\n';
  const files = reportOf({ 'a.yaml': broken, 'b.yaml': broken });
  expect(new Set(prints(files)).size).toBe(2);
});

test('findings of one file with one fingerprint are counted', () => {
  const files = reportOf({ 'a.yaml': `${daemonSet('agent')}---\n${daemonSet('agent')}` });
  const [first, second] = files[0]?.findings.filter(({ rule }) => rule === 'restart-policy-not-always') ?? [];
  expect(second?.fingerprint).toBe(first?.fingerprint);
  expect([first?.occurrence, second?.occurrence]).toEqual([1, 2]);
});

const pathOf = ({ path }: FileReport): string => path;

function entriesOf(files: readonly FileReport[]) {
  const entries = readBaseline(writeBaseline(files, pathOf));
  if ('field' in entries) throw new Error(`the baseline just written is malformed: ${entries.field}`);
  return entries;
}

test('a baseline hides what it holds, by count, and nothing more', () => {
  const one = reportOf({ 'a.yaml': daemonSet('agent') });
  const two = reportOf({ 'a.yaml': `${daemonSet('agent')}---\n${daemonSet('agent')}` });
  expect(applyBaseline(one, entriesOf(one), pathOf)).toMatchObject({
    files: [{ findings: [] }],
    use: { hidden: 1, stale: [] },
  });
  const policies = applyBaseline(two, entriesOf(one), pathOf).files[0]?.findings.filter(
    ({ rule }) => rule === 'restart-policy-not-always',
  );
  expect(policies?.map(({ occurrence }) => occurrence)).toEqual([2]);
});

test('a baseline entry prefers its own file, and follows an object into another', () => {
  const old = reportOf({ 'dev/a.yaml': daemonSet('agent') });
  const both = reportOf({ 'base/a.yaml': daemonSet('agent'), 'dev/a.yaml': daemonSet('agent') });
  expect(
    applyBaseline(both, entriesOf(old), pathOf).files.map(({ path, findings }) => [path, findings.length]),
  ).toEqual([
    ['base/a.yaml', 1],
    ['dev/a.yaml', 0],
  ]);
  expect(applyBaseline(reportOf({ 'prod/a.yaml': daemonSet('agent') }), entriesOf(old), pathOf).use).toEqual({
    hidden: 1,
    stale: [],
  });
});

test('what a baseline allows and nobody needs is stale', () => {
  const old = reportOf({ 'a.yaml': daemonSet('agent') });
  const { use } = applyBaseline(reportOf({ 'a.yaml': daemonSet('agent', 'Always') }), entriesOf(old), pathOf);
  expect(use).toMatchObject({ hidden: 0, stale: [{ rule: 'restart-policy-not-always', path: 'a.yaml', count: 1 }] });
});

test.each([
  ['[', { field: '', expected: 'json' }],
  ['[]', { field: '', expected: 'object' }],
  ['{ "version": 2 }', { field: 'version', expected: 'version' }],
  ['{ "version": 1, "findings": {} }', { field: 'findings', expected: 'list' }],
  ['{ "version": 1, "findings": [null] }', { field: 'findings[0]', expected: 'object' }],
  ['{ "version": 1, "findings": [{ "fingerprint": 3 }] }', { field: 'findings[0].fingerprint', expected: 'text' }],
  [
    '{ "version": 1, "findings": [{ "fingerprint": "a", "rule": "b", "path": "c", "count": 0 }] }',
    { field: 'findings[0].count', expected: 'count' },
  ],
])('a malformed baseline is named by its field: %s', (text, problem) => {
  expect(readBaseline(text)).toEqual(problem);
});
