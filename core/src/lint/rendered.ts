/** Findings of what a tool built, told in the files that it was built from. */
import type { Range } from '../text/text.ts';
import type { Buildable } from '../workspace/rendered.ts';
import { renderedObjects } from '../workspace/rendered.ts';
import type { Located, SourceDocument, SourceFile } from '../workspace/project.ts';
import { Project, readFile } from '../workspace/project.ts';
import type { Path } from '../yaml/value.ts';
import { Value } from '../yaml/value.ts';
import { folderName } from './confirm.ts';
import type { Linter } from './engine.ts';
import type { Finding } from './findings.ts';
import { foreignReader } from './foreign-suppressions.ts';
import type { Rule } from './rule.ts';
import { applySuppressions } from './suppressions.ts';

/** What rendered output is judged with. */
export interface RenderedOptions {
  readonly rules: readonly Rule[];
  readonly linterOf: (uri: string) => Linter;
}

/** What was found in rendered output for one file. */
export interface RenderedFindings {
  /** The file as it was. */
  readonly file: SourceFile;
  readonly findings: readonly Finding[];
  /** Rules that the file silences where the output has something to find. */
  readonly silenced: ReadonlySet<string>;
}

/**
 * Findings of what a tool built, by the file that they are told in; each once, and none that is found there anyway.
 * @param output what the tool printed
 * @param known findings of a file as it is written
 */
export function lintRendered(...args: Parameters<typeof renderedSteps>): Map<string, RenderedFindings> {
  const steps = renderedSteps(...args);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same in steps, between which other work may be done. */
export function* renderedSteps(
  buildable: Buildable,
  output: string,
  project: Project,
  known: (uri: string) => readonly Finding[],
  { rules, linterOf }: RenderedOptions,
): Generator<undefined, Map<string, RenderedFindings>> {
  const texts = new Map<string, { text: string; starts: { at: number; source: Located | undefined }[] }>();
  for (const { text, uri, source } of renderedObjects(buildable, output, project)) {
    yield;
    const file = texts.get(uri) ?? { text: '', starts: [] };
    texts.set(uri, file);
    file.starts.push({ at: file.text.length, source });
    file.text += `${text.replace(/^---.*$/m, '').trimEnd()}\n---\n`;
  }
  const files: SourceFile[] = [];
  for (const [uri, { text }] of texts) {
    files.push(readFile(uri, text));
    yield;
  }
  const rendered = Project.empty.withFiles(files);
  const ids = new Set(rules.map(({ id }) => id));
  const foreign = foreignReader(rules);
  const result = new Map<string, RenderedFindings>();
  for (const [uri, { starts }] of texts) {
    yield;
    const file = project.files.get(uri);
    const first = file?.documents[0];
    if (!file || !first) continue;
    const found = linterOf(uri)
      .lint(rendered, uri)
      .filter(({ rule }) => ids.has(rule))
      .map((finding): Finding => {
        const source = starts.findLast(({ at }) => at <= finding.document.start)?.source;
        return toldIn(finding, source, first, buildable);
      });
    const said = new Said(known(uri));
    const places = new Said([]);
    const fresh = found.filter((finding) => !said.has(finding) && places.add(finding, finding.range.start));
    const kept = new Set(applySuppressions(file, fresh, new Set(), foreign, () => false));
    const silenced = new Set(fresh.flatMap((finding) => (kept.has(finding) ? [] : [finding.rule])));
    result.set(uri, { file, findings: fresh.filter((finding) => kept.has(finding)), silenced });
  }
  return result;
}

/** What findings say of documents, wherever in them. */
export class Said {
  private readonly documents = new Map<SourceDocument, Set<string>>();

  constructor(findings: readonly Finding[]) {
    for (const finding of findings) this.add(finding);
  }

  has({ document, rule, message }: Finding): boolean {
    return this.documents.get(document)?.has(`${rule}/${message}`) === true;
  }

  /** Adds what a finding says, at a place if one is given; tells whether that is new. */
  add({ document, rule, message }: Finding, at?: number): boolean {
    let keys = this.documents.get(document);
    if (!keys) this.documents.set(document, (keys = new Set()));
    const before = keys.size;
    return before < keys.add(at === undefined ? `${rule}/${message}` : `${rule}/${message} ${at}`).size;
  }
}

/** A finding of a built object, where the object is written; else at the beginning of its file. */
function toldIn(
  finding: Finding,
  source: Located | undefined,
  first: SourceDocument,
  { dir, uri, type }: Buildable,
): Finding {
  const document = source?.document ?? first;
  const place = { uri, document: first, range: { start: 0, end: 1 }, rule: 'rendered', message: type };
  return {
    ...finding,
    document,
    range: source ? rangeIn(finding, source) : Value.root(first.manifest.root).highlight,
    fixes: [],
    related: [{ ...place, data: { folder: folderName(`${dir}/x`) } }],
  };
}

/** The place in the source that a finding is about, as near as can be told. */
function rangeIn({ document, range }: Finding, { resource }: Located): Range {
  const path = pathAt(Value.root(document.manifest.root), range) ?? [];
  let at = resource.value;
  for (const step of path) {
    const next = at.at(step);
    if (!next.tree) break;
    at = next;
  }
  return at.highlight;
}

/** Most values that are looked at to find a place. */
const mostValues = 5000;

/** Path of the value that a range underlines. */
function pathAt(root: Value, { start, end }: Range): Path | undefined {
  const queue = [root];
  for (let i = 0; i < queue.length && i < mostValues; i++) {
    const value = queue[i];
    if (!value) break;
    const { highlight } = value;
    if (value !== root && highlight.start === start && highlight.end === end) return value.path;
    for (const { value: child } of value.entries()) queue.push(child);
    queue.push(...value.items());
  }
  return undefined;
}
