/**
 * What lint finds in real public manifests, against the reviewed summary and the judgements of single findings. After a
 * change of rules the summary is written anew by `UPDATE=1 npx vitest run test/corpus`; its difference is to be read,
 * not only to be committed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { presetSetting } from '../../core/src/lint/presets.ts';
import { rules } from '../../core/src/rules/registry.ts';
import type { CorpusFinding } from './findings.ts';
import { findIn } from './findings.ts';
import { placeOf, readReviews, showReviews, verdicts, wrongShare } from './review.ts';
import type { Summary } from './summary.ts';
import { summarize } from './summary.ts';

/** Manifests of other projects; they are not part of this one and lie beside it where somebody fetched them. */
const corpus = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));
const file = fileURLToPath(new URL('../fixtures/corpus-summary.json', import.meta.url));
const folder = fileURLToPath(new URL('../fixtures/corpus-review/', import.meta.url));
const absent = !existsSync(corpus);
if (absent) console.log(`The corpus is not checked: there is no ${corpus}`);

const update = process.env['UPDATE'] === '1';
const reviews = readReviews(folder);
/** Judgements asked for of each rule; all where it finds fewer. */
const enough = 10;

describe.skipIf(absent)('corpus', () => {
  let found: readonly CorpusFinding[] = [];
  beforeAll(() => {
    found = findIn(corpus);
  }, 300_000);

  test('has the findings that were reviewed', () => {
    const summary = summarize(found);
    if (update) writeFileSync(file, `${JSON.stringify(summary, undefined, 2)}\n`);
    expect(summary).toEqual(readSummary());
    // A corpus that hardly anything is found in says nothing.
    expect(Object.keys(summary).length).toBeGreaterThan(rules.length / 3);
  });

  test('still has every finding that was judged', () => {
    const places = new Set(found.map((finding) => `${finding.rule} ${placeOf(finding)}`));
    const judged = [...reviews].flatMap(([rule, list]) => list.map((judgement) => `${rule} ${placeOf(judgement)}`));
    expect(judged.filter((place) => !places.has(place))).toEqual([]);
    expect(judged).toHaveLength(new Set(judged).size);
  });

  test('has enough judgements of each rule that finds something', () => {
    const places = Map.groupBy(found, ({ rule }) => rule);
    const lacking = [...places].flatMap(([rule, findings]) => {
      const asked = Math.min(enough, new Set(findings.map(placeOf)).size);
      const judged = reviews.get(rule)?.length ?? 0;
      return judged < asked ? [`${rule}: ${judged} of ${asked}`] : [];
    });
    expect(lacking).toEqual([]);
  });
});

describe('judgements', () => {
  test('leave out of the recommended rules what is often wrong', () => {
    const wrong = rules.filter(({ id }) => wrongShare(reviews.get(id) ?? []) > 0.1);
    expect(wrong.filter((rule) => presetSetting(rule, 'recommended').level !== 'off').map(({ id }) => id)).toEqual([]);
  });

  test('say why, unless a finding is plainly right', () => {
    for (const [rule, judged] of reviews)
      for (const judgement of judged) {
        expect(verdicts, rule).toContain(judgement.verdict);
        if (judgement.verdict !== 'true') expect(judgement.note, `${rule} ${placeOf(judgement)}`).toBeTruthy();
      }
  });

  test('are told on their page', () => {
    const page = join(folder, 'README.md');
    const expected = showReviews(reviews, readSummary());
    if (update) writeFileSync(page, expected);
    expect(readFileSync(page, 'utf8')).toBe(expected);
  });
});

const readSummary = (): Summary => JSON.parse(readFileSync(file, 'utf8')) as Summary;
