/** The hand-written tables themselves: complete, consistent, and every number points at a line that is there. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectationOf } from './expectation.ts';
import { recordings } from './replay.ts';

const scenarios = readdirSync(recordings, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(recordings, entry.name, 'expected.json')))
  .map((entry) => entry.name);
const text = readFileSync(join(recordings, 'EXPECTED.md'), 'utf8');

/** Lines of a file that a note speaks of: `pods.watch.jsonl:16`, `pods.watch.jsonl:26-29`, `pods.watch.jsonl:6,8`. */
function citedLines(scenario: string, note: string): readonly string[] {
  const missing: string[] = [];
  for (const [cited, file = '', numbers = ''] of note.matchAll(/([\w-]+\.watch\.jsonl):(\d+(?:[-,]\d+)*)/g)) {
    const path = join(recordings, scenario, file);
    const count = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').length : 0;
    if (numbers.split(/[-,]/).some((number) => Number(number) > count)) missing.push(cited);
  }
  return missing;
}

describe.each(scenarios)('table of %s', (scenario) => {
  const table = expectationOf(scenario);
  const ids = table.incidents.map(({ id }) => id);

  it('names each incident once, and only incidents it has', () => {
    expect(new Set(ids).size).toBe(ids.length);
    const named = [
      ...table.incidents.flatMap(({ parent }) => parent ?? []),
      ...table.checkpoints.map((c) => c.incident),
    ];
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('cites lines that are there', () => {
    const notes = table.incidents.flatMap(({ evidence, notes }) => [notes, ...Object.values(evidence)]);
    notes.push(...table.notIncidents.map(({ why }) => why));
    expect(notes.flatMap((note) => citedLines(scenario, note))).toEqual([]);
  });

  it('ends with the last message of the recording, and is judged again eleven minutes later', () => {
    const last = readdirSync(join(recordings, scenario))
      .filter((file) => file.endsWith('.watch.jsonl'))
      .flatMap((file) =>
        readFileSync(join(recordings, scenario, file), 'utf8')
          .trimEnd()
          .split('\n'),
      )
      .map((line) => (JSON.parse(line) as { ts: string }).ts)
      .reduce((a, b) => (a > b ? a : b));
    expect(Math.abs(Date.parse(table.end) - Date.parse(last))).toBeLessThan(1000);
    expect(Date.parse(table.settled) - Date.parse(table.end)).toBe(660_000);
  });

  it('has its phases in order', () => {
    for (const { id, phases } of table.incidents) {
      const times = (['fault', 'detected', 'recovered'] as const).flatMap((name) => phases[name] ?? []).map(Date.parse);
      expect([id, times]).toEqual([id, [...times].sort((a, b) => a - b)]);
    }
  });

  it('reads the same in EXPECTED.md', () => {
    const section = text.split('\n## ').find((part) => part.startsWith(`${scenario}\n`)) ?? '';
    const rows = section.split('\n').filter((line) => ids.some((id) => new RegExp(`^\\| ${id}[ ,]`).test(line)));
    for (const { id, cause, count } of table.incidents) {
      const row = rows.find((line) => line.includes(`| ${cause} |`) && new RegExp(`^\\| ${id}[ ,]`).test(line));
      expect([id, row !== undefined && row.split(' | ').includes(String(count))]).toEqual([id, true]);
    }
  });
});
