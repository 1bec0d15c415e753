import type { Frame } from './frame.ts';
import { objectsOf } from './frame.ts';
import type { Resource } from './manifest.ts';
import type { Objects } from './object-index.ts';
import type { Located, SourceFile } from './project.ts';

const places = new WeakMap<SourceFile, ReadonlyMap<Resource, Located>>();

/** Where the objects of a file stand. */
export function locatedIn(file: SourceFile): ReadonlyMap<Resource, Located> {
  let found = places.get(file);
  if (!found) {
    const entries = file.documents.flatMap((document) =>
      document.manifest.resources.map((resource) => [resource, { resource, document, file }] as const),
    );
    places.set(file, (found = new Map(entries)));
  }
  return found;
}

/** What a file lost and what it got; all of it when what stayed changed its order. */
export function difference(before: Objects, after: Objects): readonly [gone: Objects, come: Objects] {
  const positions = new Map(before.map((resource, position) => [resource, position]));
  const staying = after.flatMap((resource) => positions.get(resource) ?? []);
  if (staying.some((position, index) => position < (staying[index - 1] ?? 0))) return [before, after];
  const kept = new Set(after);
  return [before.filter((resource) => !kept.has(resource)), after.filter((resource) => !positions.has(resource))];
}

/** Whether a file names the same namespaces as before: they decide where its unit's other objects land. */
export function sameNamespaces(before: SourceFile, after: SourceFile): boolean {
  const [left, right] = [before, after].map((file) => new Set(objectsOf(file).map(({ namespace }) => namespace)));
  return (
    left !== undefined &&
    right !== undefined &&
    left.size === right.size &&
    [...left].every((namespace) => right.has(namespace))
  );
}

/** Whether a change of one document of a file may change what another one makes: a chart's blocks and variables reach over several. */
export const hangsTogether = ({ units }: Frame, { uri, documents }: SourceFile): boolean =>
  documents.length > 1 && units.of(uri).type === 'chart' && documents.some(({ manifest }) => manifest.templated);
