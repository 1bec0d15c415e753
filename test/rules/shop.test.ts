/** The sample workspace of the demo: every rule fires in it, what is called clean is, and each incident has its line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../core/src/lint/findings.ts';
import { fixEdits } from '../../core/src/lint/fixes.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { asExpectation, configurationOf, lintFiles, readFiles, repository } from './harness.ts';

interface Incident {
  readonly incident: string;
  readonly file: string;
  readonly line: number;
  /** Absent where no rule exists yet that would have prevented it. */
  readonly rule: string | null;
  readonly laterRule?: string;
}

interface Workload {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
}

const json = <Type>(name: string): readonly Type[] =>
  JSON.parse(readFileSync(join(repository, 'samples', name), 'utf8')) as Type[];
const files = readFiles(join(repository, 'samples/shop'));
const found = lintFiles(files, rules, configurationOf(files));
/** Rules that its settings leave out fire, too, once they are on. */
const allRules: readonly Finding[] = [...lintFiles(files).values()].flat();
const all: readonly Finding[] = [...found.values()].flat();
const incidents = json<Incident>('shop-incidents.json');

describe('samples/shop', () => {
  it.each(rules.map(({ id }) => id))('%s fires', (id) => {
    expect(allRules.filter(({ rule }) => rule === id).length).toBeGreaterThan(0);
  });

  it('has no findings of the engine itself: everything can be read, every suppression is used', () => {
    const ids = new Set(rules.map(({ id }) => id));
    expect(all.filter(({ rule }) => !ids.has(rule)).map(({ rule, data }) => ({ rule, data }))).toEqual([]);
  });

  it.each(json<Workload>('shop-clean.json'))('$kind $name is clean', ({ kind, name, file }) => {
    const text = files.get(file) ?? '';
    expect(text, file).toMatch(new RegExp(`^  name: ${name}$`, 'm'));
    expect(
      (found.get(file) ?? [])
        .filter(({ subject }) => subject?.name === name && subject.kind === kind)
        .map(({ rule }) => rule),
    ).toEqual([]);
  });

  it('has at least 20 clean workloads, 40 files and 60 resources', () => {
    expect(json<Workload>('shop-clean.json').length).toBeGreaterThanOrEqual(20);
    expect(files.size).toBeGreaterThanOrEqual(40);
    expect([...files.values()].join('\n').match(/^apiVersion:/gm)?.length).toBeGreaterThanOrEqual(60);
  });

  it.each(incidents.filter(({ rule }) => rule !== null))(
    '$incident: $rule stands at $file:$line',
    ({ file, line, rule }) => {
      const text = files.get(file) ?? '';
      const there = (found.get(file) ?? []).filter(
        (finding) => finding.rule === rule && asExpectation(text, finding).line + 1 === line,
      );
      expect(there.length).toBe(1);
      const fixes = there.flatMap((finding) => finding.fixes.filter((fix) => fixEdits(finding, fix)));
      expect(fixes.length, 'a fix that can be applied').toBeGreaterThan(0);
    },
  );

  it.each(incidents.filter(({ rule }) => rule === null))('$incident waits for $laterRule', ({ laterRule }) => {
    expect(laterRule).toBeTruthy();
    expect(rules.map(({ id }) => id)).not.toContain(laterRule);
  });
});
