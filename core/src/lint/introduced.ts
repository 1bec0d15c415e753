/** What patches and overlays break: problems that the objects do not have as they are written. */
import type { Range } from '../text/text.ts';
import { resolveObject } from '../workspace/resolve.ts';
import type { Overlay } from '../workspace/overlays.ts';
import { writes } from '../workspace/overlays.ts';
import type { Located, SourceDocument, SourceFile } from '../workspace/project.ts';
import type { Changed } from '../workspace/changes.ts';
import type { Surroundings } from '../workspace/surroundings.ts';
import { pointerSteps } from '../yaml/patch.ts';
import type { Path, Value } from '../yaml/value.ts';
import type { LocalFinding } from './confirm.ts';
import { folderName } from './confirm.ts';
import type { Finding } from './findings.ts';
import type { Judged } from './judge.ts';

/** A finding of an object, at the place of the patch that brings it. */
export interface Introduced {
  readonly finding: Finding;
  /** The object, and the finding as one of its own. */
  readonly object: Located;
  readonly local: LocalFinding;
}

/**
 * Findings that the patches of a file bring about, the file being a kustomization or a patch of one.
 * @param judge what the rules find in an object as it is in some surroundings
 */
export function introducedBy(
  file: SourceFile,
  around: Surroundings,
  judge: (located: Located, view: Surroundings) => readonly Judged[],
): Introduced[] {
  const told = new Map<string, Introduced>();
  const written = new Map<Located['resource'], ReadonlySet<string>>();
  for (const changed of around.changed(file.uri)) {
    const { located, build, overlays } = changed;
    if (!overlays.some((overlay) => documentOf(overlay, file))) continue;
    const built = around.builtBy(located, build);
    if (!built) continue;
    let before = written.get(located.resource);
    if (!before) {
      before = new Set(judge(located, around.as(undefined)).map(({ finding }) => keyOf(finding)));
      written.set(located.resource, before);
    }
    for (const { finding: local, path } of judge(built, around.as(build))) {
      if (before.has(keyOf(local))) continue;
      const found = path && bringing(changed, built, path.slice(built.resource.value.path.length));
      const document = found && documentOf(found.overlay, file);
      if (!found || !document) continue;
      const range = placeOf(found.overlay, found.path, document, built.resource.value);
      const finding = { ...local, document, range, fixes: [], related: [objectPlace(located, build.uri)] };
      const key = JSON.stringify([local.rule, local.message, local.data, range, located.file.uri]);
      if (!told.has(key)) told.set(key, { finding, object: located, local });
    }
  }
  return [...told.values()];
}

const keyOf = ({ rule, message, range }: LocalFinding): string => `${rule} ${message} ${range.start} ${range.end}`;

/** The last of the changes that writes what a finding is about, or beside it; undefined where none does. */
function bringing(
  { located: { resource }, overlays }: Changed,
  built: Located,
  path: Path,
): { readonly overlay: Overlay; readonly path: Path } | undefined {
  const last = (at: Path): Overlay | undefined =>
    overlays.findLast((each) => writes(each, at, built.resource) && resolveObject(resource, [each]) !== resource);
  const overlay = last(path) ?? last(path.slice(0, -1));
  return overlay && { overlay, path };
}

/** Document of a file that a patch stands in. */
function documentOf({ patch, from }: Overlay, file: SourceFile): SourceDocument | undefined {
  if (from) return from.uri === file.uri ? file.documents[0] : undefined;
  return file.documents.find(({ manifest }) => manifest.root !== undefined && manifest.root === patch.tree);
}

/** Where a patch says what brings a finding, as near as can be told. */
function placeOf(overlay: Overlay, path: Path, { manifest }: SourceDocument, built: Value): Range {
  const inside = nearestIn(overlay.patch, path, built).highlight;
  if (!overlay.from) return inside;
  const { at } = overlay.from;
  const text = manifest.text.slice(at.range.start, at.range.end);
  // The lines of a literal block are those of the patch, behind its first line.
  if (!text.startsWith('|')) return at.highlight;
  const line = (at.rawText() ?? '').slice(0, inside.start).split('\n').length;
  const lines = text.split('\n');
  const content = lines[line]?.trim() ?? '';
  if (content === '') return at.highlight;
  const start = at.range.start + lines.slice(0, line).join('\n').length + 1 + (lines[line] ?? '').indexOf(content);
  return { start, end: start + content.length };
}

/** The deepest value on the way to a path; items of lists are the same by their names. */
function nearestIn(patch: Value, path: Path, built: Value): Value {
  if (patch.isSeq) {
    const common = (item: Value): number => {
      const steps = pointerSteps(item.at('path').text() ?? '');
      const differing = steps.findIndex((step, index) => step !== String(path[index]));
      return differing < 0 ? steps.length : differing;
    };
    return patch.items().reduce((best, item) => (best === patch || common(item) > common(best) ? item : best), patch);
  }
  let at = patch;
  let whole = built;
  for (const step of path) {
    whole = whole.at(step);
    const name = whole.at('name').text();
    const next = typeof step === 'number' ? at.items().find((item) => item.at('name').text() === name) : at.at(step);
    if (!next || next.missing) break;
    at = next;
  }
  return at;
}

const objectPlace = ({ file, document, resource }: Located, overlay: string) => ({
  uri: file.uri,
  document,
  range: resource.value.at('metadata', 'name').highlight,
  rule: 'overlay',
  message: 'introduced',
  data: { overlay: folderName(overlay), kind: resource.kind, name: resource.name ?? '…' },
});
