import type { PodKinds } from '../kube/kinds.ts';
import type { DocumentSpan } from '../yaml/split.ts';
import { splitDocuments } from '../yaml/split.ts';
import type { Manifest, Resource } from './manifest.ts';
import { readManifest, withKinds } from './manifest.ts';
import { Surroundings } from './surroundings.ts';
import type { Units } from './units.ts';
import { definesUnits, findUnits } from './units.ts';

/** One document at its place in a file. */
export interface SourceDocument {
  /** Offset in the file; every offset of the manifest is relative to it. */
  readonly start: number;
  readonly manifest: Manifest;
}

export interface SourceFile {
  readonly uri: string;
  readonly documents: readonly SourceDocument[];
}

/** An object with the place it is written at. */
export interface Located {
  readonly resource: Resource;
  readonly document: SourceDocument;
  readonly file: SourceFile;
}

/** Reads a file; documents whose text is unchanged since `previous` keep their manifest. */
export function readFile(uri: string, text: string, previous?: SourceFile): SourceFile {
  const before = previous?.documents ?? [];
  const spans = splitDocuments(text);
  const common = Math.min(before.length, spans.length);
  // What lies before and behind a change is compared in place, which is much faster than looking its text up.
  let head = 0;
  while (head < common && holds(text, spans[head], before[head])) head++;
  let tail = 0;
  while (tail < common - head && holds(text, spans.at(-1 - tail), before.at(-1 - tail))) tail++;
  const known = new Map(before.slice(head, before.length - tail).map(({ manifest }) => [manifest.text, manifest]));
  const documents = spans.map(({ start, end }, index): SourceDocument => {
    const kept =
      index < head
        ? before[index]
        : index < spans.length - tail
          ? undefined
          : before[index - spans.length + before.length];
    if (kept) return kept.start === start ? kept : { start, manifest: kept.manifest };
    const part = text.slice(start, end);
    return { start, manifest: take(known, part) ?? readManifest(part) };
  });
  return { uri, documents };
}

/** Whether a span of a text reads like a document that is known. */
function holds(text: string, span: DocumentSpan | undefined, document: SourceDocument | undefined): boolean {
  if (!span || !document) return false;
  const known = document.manifest.text;
  return known.length === span.end - span.start && text.startsWith(known, span.start);
}

/** Two documents of equal text stay two manifests, since findings and references speak of objects, not of texts. */
function take(known: Map<string, Manifest>, text: string): Manifest | undefined {
  const manifest = known.size > 0 ? known.get(text) : undefined;
  if (manifest) known.delete(text);
  return manifest;
}

/** Kinds that are declared to make pods, for each file by its address. */
export type KindsOf = (uri: string) => PodKinds;

const noKinds: PodKinds = new Map();

/** A file with its documents read as the declared kinds ask for; itself where that changes nothing. */
function interpreted(file: SourceFile, kinds: PodKinds): SourceFile {
  let documents: SourceDocument[] | undefined;
  for (const [index, { start, manifest }] of file.documents.entries()) {
    const read = withKinds(manifest, kinds);
    if (read !== manifest) (documents ??= [...file.documents])[index] = { start, manifest: read };
  }
  return documents ? { uri: file.uri, documents } : file;
}

/** Files by URI in the order of their URIs, so that nothing depends on the order in which they were read. */
const inOrder = (files: ReadonlyMap<string, SourceFile>): Map<string, SourceFile> =>
  new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * Immutable picture of all files at one moment. `with` and `without` give a new one that shares the rest, so whatever
 * is computed from a project belongs together.
 */
export class Project {
  readonly files: ReadonlyMap<string, SourceFile>;
  private lazyUnits: Units | undefined;
  private lazySurroundings: Surroundings | undefined;
  /** Surroundings of an earlier project of the same units, and the files that changed since. */
  private earlier: Earlier | undefined;
  private readonly kindsOf: KindsOf;

  private constructor(
    files: ReadonlyMap<string, SourceFile>,
    units: Units | undefined,
    kindsOf: KindsOf,
    earlier?: Earlier,
  ) {
    this.files = files;
    this.kindsOf = kindsOf;
    this.lazyUnits = units;
    this.earlier = earlier;
  }

  static readonly empty = new Project(new Map(), undefined, () => noKinds);

  /** Project of texts by URI. */
  static from(texts: Iterable<readonly [uri: string, text: string]>): Project {
    return Project.empty.withFiles([...texts].map(([uri, text]) => readFile(uri, text)));
  }

  with(uri: string, text: string): Project {
    return this.withFile(readFile(uri, text, this.files.get(uri)));
  }

  withFile(file: SourceFile): Project {
    return this.withFiles([file]);
  }

  /** Several files at once: one copy of the table, not one per file. */
  withFiles(added: readonly SourceFile[]): Project {
    const changesUnits = added.some(({ uri }) => !this.files.has(uri) || definesUnits(uri));
    const files = new Map(this.files);
    for (const file of added) files.set(file.uri, interpreted(file, this.kindsOf(file.uri)));
    return changesUnits
      ? new Project(inOrder(files), undefined, this.kindsOf)
      : new Project(files, this.lazyUnits, this.kindsOf, this.since(added));
  }

  /** The same files where other kinds are declared to make pods: objects of these are read anew, all else is kept. */
  declaring(kindsOf: KindsOf): Project {
    const files = new Map(this.files);
    const changed: SourceFile[] = [];
    for (const [uri, file] of this.files) {
      const read = interpreted(file, kindsOf(uri));
      if (read === file) continue;
      files.set(uri, read);
      changed.push(read);
    }
    return new Project(files, this.lazyUnits, kindsOf, this.since(changed));
  }

  private since(added: readonly SourceFile[]): Earlier | undefined {
    const surroundings = this.lazySurroundings ?? this.earlier?.surroundings;
    if (!surroundings) return undefined;
    const changed = new Set(this.lazySurroundings ? [] : this.earlier?.changed);
    for (const { uri } of added) changed.add(uri);
    return { surroundings, changed };
  }

  without(uri: string): Project {
    if (!this.files.has(uri)) return this;
    const files = new Map(this.files);
    files.delete(uri);
    return new Project(files, undefined, this.kindsOf);
  }

  get units(): Units {
    return (this.lazyUnits ??= findUnits(this.files.values()));
  }

  /** What stands around an object: made on first use, once per project, from an earlier one's where that can be. */
  get surroundings(): Surroundings {
    if (this.lazySurroundings) return this.lazySurroundings;
    const { earlier } = this;
    this.earlier = undefined;
    return (this.lazySurroundings =
      earlier?.surroundings.after(this.files, earlier.changed) ?? Surroundings.of(this.files, this.units));
  }
}

interface Earlier {
  readonly surroundings: Surroundings;
  readonly changed: ReadonlySet<string>;
}
