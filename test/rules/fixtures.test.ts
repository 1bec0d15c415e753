import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../core/src/lint/findings.ts';
import { findingText, fixTitle } from '../../core/src/lint/findings.ts';
import { fixAll } from '../../core/src/lint/fixes.ts';
import { englishTemplates } from '../../core/src/lint/templates.ts';
import { rules } from '../../core/src/rules/registry.ts';
import type { Expectation } from './harness.ts';
import { asExpectation, fixtureRoot, fixturesOf, lintFiles, lintText } from './harness.ts';

const templates = englishTemplates(rules);
const show = ({ line, column, length, id, severity }: Expectation): string =>
  `${line + 1}:${column}+${length} ${id} ${severity}`;

describe.each(rules.map((rule) => ({ id: rule.id, rule })))('$id', ({ rule }) => {
  const fixtures = fixturesOf(rule);
  const found: Finding[] = [];
  const folder = join(fixtureRoot, rule.id);

  it.each(fixtures.map((fixture) => ({ name: fixture.name, fixture })))(
    '$name: findings stand where the carets say',
    ({ fixture }) => {
      for (const [path, findings] of lintFiles(fixture.files, [rule])) {
        const text = fixture.files.get(path) ?? '';
        found.push(...findings);
        const actual = findings.map((finding) => show(asExpectation(text, finding))).sort();
        expect(actual, path).toEqual((fixture.expected.get(path) ?? []).map(show).sort());
      }
    },
  );

  it('has a bad and a good example that say something', () => {
    const bad = fixtures.find(({ name }) => name === 'bad.yaml');
    const good = fixtures.find(({ name }) => name === 'good.yaml');
    expect(bad?.expected.get('bad.yaml')?.length).toBeGreaterThan(0);
    expect(good?.expected.get('good.yaml')).toEqual([]);
    expect(good?.files.get('good.yaml')).toMatch(/^kind: /m);
  });

  it('turns bad.yaml into bad.fixed.yaml by its safe fixes', () => {
    const text = fixtures.find(({ name }) => name === 'bad.yaml')?.files.get('bad.yaml') ?? '';
    const fixed = fixAll(text, (current) => lintText(current, [rule]));
    const file = join(folder, 'bad.fixed.yaml');
    if (existsSync(file)) expect(fixed).toBe(readFileSync(file, 'utf8'));
    else expect(fixed, 'safe fixes without bad.fixed.yaml').toBe(text);
  });

  it('says everything it can say in some fixture, with every placeholder filled', () => {
    const messages = new Set(
      found.flatMap(({ message, related }) => [message, ...related.map((place) => place.message)]),
    );
    // Which object an overlay breaks is said by the engine, for every rule alike.
    messages.delete('introduced');
    expect([...messages].sort()).toEqual(Object.keys(rule.messages).sort());
    const titles = new Set(found.flatMap(({ fixes }) => fixes.map(({ title }) => title)));
    expect([...titles].sort()).toEqual(Object.keys(rule.titles ?? {}).sort());
    for (const finding of found) {
      expect(findingText(finding, templates)).not.toMatch(/\?|\{\{|undefined/);
      for (const fix of finding.fixes) expect(fixTitle(rule.id, fix, templates)).not.toMatch(/\?|\{\{|undefined/);
    }
  });
});

it('keeps no fixture of a rule that does not exist', () => {
  expect(readdirSync(fixtureRoot).sort()).toEqual(rules.map(({ id }) => id).sort());
});
