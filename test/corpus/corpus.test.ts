/**
 * What lint finds in real public manifests, against the reviewed summary. After a change of rules the summary is written
 * anew by `UPDATE=1 npx vitest run test/corpus`; its difference is to be read, not only to be committed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { rules } from '../../core/src/rules/registry.ts';
import type { Summary } from './summary.ts';
import { summarize } from './summary.ts';

/** Manifests of other projects; they are not part of this one and lie beside it where somebody fetched them. */
const corpus = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));
const file = fileURLToPath(new URL('../fixtures/corpus-summary.json', import.meta.url));
const absent = !existsSync(corpus);
if (absent) console.log(`The corpus is not checked: there is no ${corpus}`);

describe.skipIf(absent)('corpus', () => {
  test('has the findings that were reviewed', { timeout: 300_000 }, () => {
    const found = summarize(corpus);
    if (process.env['UPDATE'] === '1') writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`);
    const reviewed = JSON.parse(readFileSync(file, 'utf8')) as Summary;
    expect(found).toEqual(reviewed);
    // A corpus that hardly anything is found in says nothing.
    expect(Object.keys(found).length).toBeGreaterThan(rules.length / 3);
  });
});
