/** What every rule owes its users, checked over its own fixtures: a new rule gets all of this for its fixture folder. */
import { assert, constantFrom, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../core/src/lint/findings.ts';
import { fixAll, fixEdits, plainEdits } from '../../core/src/lint/fixes.ts';
import type { Fix, Rule } from '../../core/src/lint/rule.ts';
import { rules } from '../../core/src/rules/registry.ts';
import type { TextEdit } from '../../core/src/text/text.ts';
import { applyEdits, lineEnd, lineStart } from '../../core/src/text/text.ts';
import { asSnippet } from '../../core/src/yaml/plain.ts';
import { splitDocuments } from '../../core/src/yaml/split.ts';
import type { Path } from '../../core/src/yaml/value.ts';
import { Value } from '../../core/src/yaml/value.ts';
import { forms, objectsOf, withoutTemplates } from './forms.ts';
import type { Files } from './harness.ts';
import { fixturesOf, lintFiles, lintText } from './harness.ts';
import { mutate } from './mutations.ts';
import { applyOperations } from './reference.ts';

/** One seed for everybody, so that a red run is red again; another by SEED=… in the environment. */
const seed = Number(process.env['SEED'] ?? 20_261_121);

/** Documents with their neighbours: enough to matter to each other, and quicker than the whole. */
function someDocuments(text: string): string[] {
  const documents = text.split(/^---\n/m);
  return documents.map((_, index) => documents.slice(Math.max(0, index - 1), index + 2).join('---\n'));
}

/** A finding without its place and without texts that name what was mutated. */
const gist = ({ rule, message, severity, subject, data }: Finding): string =>
  [rule, message, severity, subject?.kind ?? '', subject?.name ?? '', String(data['container'] ?? '')].join(' ');
const gists = (findings: readonly Finding[]): string[] => findings.map(gist).sort();

/** Single texts of a rule's fixtures. */
const textsOf = (rule: Rule): { name: string; text: string }[] =>
  fixturesOf(rule)
    .filter(({ files }) => files.size === 1)
    .flatMap(({ name, files }) => [...files.values()].map((text) => ({ name, text })));

const badOf = (rule: Rule): string => textsOf(rule).find(({ name }) => name === 'bad.yaml')?.text ?? '';

describe.each(rules.map((rule) => ({ id: rule.id, rule })))('$id', ({ rule }) => {
  it('never throws on broken manifests, and neither do its fixes', () => {
    const bad = someDocuments(badOf(rule));
    const others = textsOf(rule).flatMap(({ text }) => someDocuments(text));
    const texts = oneof(
      { weight: 2, arbitrary: constantFrom(...bad) },
      { weight: 1, arbitrary: constantFrom(...others) },
    );
    let read = 0;
    assert(
      property(texts.chain(mutate), (text) => {
        const findings = lintText(text, [rule]);
        for (const finding of findings) for (const fix of finding.fixes) fixEdits(finding, fix);
        if (findings.some(({ rule: id }) => id === rule.id)) read++;
      }),
      { seed, numRuns: 1000 },
    );
    // Mutations that leave nothing to judge would prove nothing.
    expect(read).toBeGreaterThan(50);
  });

  it.each(Object.entries(forms).map(([form, change]) => ({ form, change })))(
    'finds the same in other words: $form',
    ({ change }) => {
      for (const { text: written } of textsOf(rule)) {
        const text = withoutTemplates(written);
        expect(gists(lintText(change(text), [rule]))).toEqual(gists(lintText(text, [rule])));
      }
    },
  );

  it('finds nothing new where a value becomes template text', () => {
    for (const { name, text } of textsOf(rule)) {
      const before = lintText(text, [rule]).length;
      for (const { line, replaced } of unknowns(text)) {
        const after = lintText(replaced, [rule]).length;
        if (!decidesNothing(line)) expect(after, `${name}: ${line.trim()}`).toBeLessThanOrEqual(before);
      }
    }
  });

  describe.each([
    { form: 'as written', change: (text: string) => text },
    ...Object.entries(forms).map(([form, change]) => ({ form, change })),
  ])('fixes, $form', ({ form, change }) => {
    it('do what they say, and nothing else', () => {
      const text = change(withoutTemplates(badOf(rule)));
      let checked = 0;
      for (const finding of lintText(text, [rule])) {
        for (const fix of finding.fixes) {
          const edits = editsOf(finding, fix);
          // Behind an alias an edit would change more than one place, so none is made.
          if (!edits && form === 'anchors') continue;
          if (!edits && fix.operations.some(({ op }) => op === 'document')) continue;
          checkFix(rule, text, finding, fix, edits);
          checked++;
        }
      }
      if (rule.titles && form !== 'anchors' && !(onlyAddsDocuments(rule) && takesNoDocuments.has(form)))
        expect(checked).toBeGreaterThan(0);
    });
  });

  it('fixes keep comments, and each safe fix all at once is idempotent', () => {
    const text = badOf(rule);
    const fixed = fixAll(text, (current) => lintText(current, [rule]));
    expect(fixAll(fixed, (current) => lintText(current, [rule]))).toBe(fixed);
    expect(commentsOf(fixed)).toEqual(commentsOf(text));
    expect(lintText(fixed, [rule]).filter(({ fixes }) => fixes.some((fix) => fix.class === 'safe'))).toEqual([]);
    const windows = fixAll(forms['CRLF line ends']?.(text) ?? '', (current) => lintText(current, [rule]));
    expect(windows).toBe(fixed.replaceAll('\n', '\r\n'));
  });

  it('fixes of a whole workspace end their findings', () => {
    for (const { files, name } of fixturesOf(rule)) {
      if (files.size === 1) continue;
      for (const [path, findings] of lintFiles(files, [rule])) {
        for (const finding of findings)
          for (const fix of finding.fixes) checkInWorkspace(rule, files, path, finding, fix, name);
      }
    }
  });
});

/** Forms behind which no document of its own can be added. */
const takesNoDocuments: ReadonlySet<string> = new Set(['flow style', 'JSON', 'JSON on one line', 'List wrapper']);

const onlyAddsDocuments = (rule: Rule): boolean =>
  lintText(badOf(rule), [rule]).every(({ fixes }) =>
    fixes.every(({ operations }) => operations.some(({ op }) => op === 'document')),
  );

const editsOf = (finding: Finding, fix: Fix): readonly TextEdit[] | undefined => fixEdits(finding, fix)?.edits;

function checkFix(rule: Rule, text: string, finding: Finding, fix: Fix, edits: readonly TextEdit[] | undefined): void {
  const label = `${rule.id}: ${fix.title}\n${text.slice(0, 2000)}`;
  expect(edits, label).toBeDefined();
  const fixed = applyEdits(text, plainEdits(edits ?? []));
  const before = beforeOf(text);
  const after = lintText(fixed);
  expect(
    after.filter(({ rule: id }) => id === 'yaml-syntax'),
    fixed,
  ).toEqual([]);
  const own = (findings: readonly Finding[]): string[] => gists(findings.filter(({ rule: id }) => id === rule.id));
  expect(own(after).length, `${label}\n=== becomes\n${fixed}`).toBeLessThan(own(before).length);
  expect(newErrors(before, after), `${label}\n=== becomes\n${fixed}`).toEqual([]);
  checkObjects(text, fixed, finding, fix);
  for (const edit of edits ?? []) checkPlace(text, edit, finding, fix, label);
  if (text.includes('\r\n')) expect(fixed.replaceAll('\r\n', ''), label).not.toContain('\n');
  if (fix.class === 'safe') expect(JSON.stringify(fix.operations)).not.toContain('STOP');
  const stops = (edits ?? []).map(({ newText }) => newText).join('');
  if (/STOP/.test(stops)) expect(asSnippet(stops)).toMatch(/\$\{1:/);
}

const beforeOf = memo(lintText);

function memo(of: (text: string) => readonly Finding[]): (text: string) => readonly Finding[] {
  const known = new Map<string, readonly Finding[]>();
  return (text) => {
    const found = known.get(text) ?? of(text);
    known.set(text, found);
    return found;
  };
}

/** A fix may uncover what an error hid, but not make one. */
function newErrors(before: readonly Finding[], after: readonly Finding[]): string[] {
  const known = before
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, subject }) => `${rule} ${subject?.name}`);
  return after
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, subject }) => `${rule} ${subject?.name}`)
    .filter((id) => !known.includes(id));
}

/** The edited text says exactly what the operations mean. */
function checkObjects(text: string, fixed: string, finding: Finding, fix: Fix): void {
  const target = fix.target?.document ?? finding.document;
  const index = documentIndex(text, target.start);
  const [before, after] = [objectsOf(text), objectsOf(fixed)];
  const made = fix.operations.filter(({ op }) => op === 'document').length;
  expect(after.length).toBe(before.length + made);
  const rest = after.toSpliced(index + 1, made);
  expect(rest[index]).toEqual(applyOperations(before[index], fix.operations));
  expect(rest.toSpliced(index, 1)).toEqual(before.toSpliced(index, 1));
}

/** Which document of a text begins at an offset. */
const documentIndex = (text: string, start: number): number =>
  splitDocuments(text).findIndex((span) => span.start === start);

/** An edit stays on the lines of the deepest node that its operation leads to. */
function checkPlace(text: string, edit: TextEdit, finding: Finding, fix: Fix, label: string): void {
  const document = fix.target?.document ?? finding.document;
  const root = Value.root(document.manifest.root);
  const allowed = fix.operations.some((operation) => {
    if (operation.op === 'document') return edit.range.start === document.start + document.manifest.text.length;
    const { start, end } = spanOf(root, operation.path);
    // In flow style the comma before the last pair goes with it.
    const from = operation.op === 'remove' ? 0 : lineStart(text, document.start + start);
    const next = lineEnd(text, document.start + end) + 2;
    // What stands behind a removed key or item moves up, with the white space before it.
    const to = operation.op === 'remove' ? next + (/^\s*/.exec(text.slice(next))?.[0].length ?? 0) : next;
    return edit.range.start >= from && edit.range.end <= to;
  });
  expect(allowed, `${label}\nedit at ${edit.range.start}`).toBe(true);
}

function spanOf(root: Value, path: Path): { start: number; end: number } {
  for (let length = path.length; length > 0; length--) {
    const parent = root.at(...path.slice(0, length - 1));
    const step = path[length - 1] ?? '';
    const value = root.at(...path.slice(0, length));
    if (value.exists)
      return { start: Math.min(value.range.start, parent.keyRange(String(step)).start), end: value.range.end };
    if (parent.has(String(step))) return parent.keyRange(String(step));
  }
  return root.range;
}

const commentsOf = (text: string): string[] => text.match(/#.*$/gm) ?? [];

function checkInWorkspace(rule: Rule, files: Files, path: string, finding: Finding, fix: Fix, name: string): void {
  const edits = fixEdits(finding, fix);
  expect(edits, `${rule.id}/${name}: ${fix.title}`).toBeDefined();
  if (!edits) return;
  const target = edits.uri === undefined ? path : edits.uri.replace('file:///w/', '');
  const text = files.get(target) ?? '';
  const fixed = new Map([...files, [target, applyEdits(text, plainEdits(edits.edits))]]);
  const count = (all: Files): number => [...lintFiles(all, [rule]).values()].flat().length;
  expect(count(fixed), `${rule.id}/${name}: ${fix.title} in ${target}\n${fixed.get(target)}`).toBeLessThan(
    count(files),
  );
}

/** The text once for each scalar value, with template text in its place. */
function* unknowns(text: string): Generator<{ line: string; replaced: string }> {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (/^\s*#|\{\{/.test(line)) continue;
    for (const match of line.matchAll(/(?<=[:,[] ?)("[^"]*"|[\w./%-]+)(?=\s*(?:[,}\]]|$| #))/g)) {
      const changed = `${line.slice(0, match.index)}"{{ .Values.x }}"${line.slice(match.index + match[0].length)}`;
      yield { line: `${line} [${match[0]}]`, replaced: lines.with(index, changed).join('\n') };
    }
  }
}

/** Values whose being unknown must not silence a rule: charts nearly always write them as template text. */
function decidesNothing(line: string): boolean {
  return /^(?:apiVersion|kind):|\bnamespace:|name: istio-proxy/.test(line.trim());
}
