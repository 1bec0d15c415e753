import { locatedIn } from './file-changes.ts';
import type { ReadBuild } from './frame.ts';
import { isCertain, mayHold, namespacesOf, overlaysFor, unitIn } from './frame.ts';
import { keys } from './object-keys.ts';
import type { Overlay } from './overlays.ts';
import { addresses } from './overlays.ts';
import type { Located, SourceFile } from './project.ts';
import type { Sight } from './sight.ts';

/** An object that a build changes, and how. */
export interface Changed {
  readonly located: Located;
  readonly build: ReadBuild;
  readonly overlays: readonly Overlay[];
}

/** The objects that the builds of a file's unit change. */
export function* changedObjects(
  { frame }: Sight,
  files: ReadonlyMap<string, SourceFile>,
  uri: string,
): Generator<Changed> {
  const unit = frame.units.of(uri).id;
  for (const build of frame.builds.get(unit) ?? []) {
    for (const member of frame.members.get(unit) ?? []) {
      const file = files.get(member);
      for (const located of file ? locatedIn(file).values() : []) {
        const { resource, document } = located;
        if (document.manifest.problem) continue;
        if (!mayHold(frame, build, resource) || !isCertain(frame, build, resource)) continue;
        const overlays = overlaysFor(frame, build, resource);
        if (overlays.length > 0) yield { located, build, overlays };
      }
    }
  }
}

/** Objects of the unit that a patch's document is aimed at. */
export function targetsOf(sight: Sight, { file, document, resource }: Located): Located[] {
  const { frame } = sight;
  const unit = frame.units.of(file.uri).id;
  const overlays = (frame.overlays.get(unit) ?? []).filter(({ patch }) => patch.tree === document.manifest.root);
  const affixes = frame.affixes.get(unit);
  const namespaces = namespacesOf(frame.builds.get(unit) ?? []);
  const candidates = sight
    .get(keys.kind(resource.groupKind))
    .filter((candidate) => unitIn(frame, candidate).id === unit);
  return sight.located(
    candidates.filter((candidate) => overlays.some((overlay) => addresses(overlay, candidate, affixes, namespaces))),
  );
}
