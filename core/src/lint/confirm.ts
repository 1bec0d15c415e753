import type { ReadBuild } from '../workspace/frame.ts';
import type { Located } from '../workspace/project.ts';
import type { Surroundings } from '../workspace/surroundings.ts';
import { Value } from '../yaml/value.ts';
import type { Finding, RelatedPlace } from './findings.ts';
import type { Related } from './rule.ts';

/** A finding before its document is known to stand somewhere. */
export type LocalFinding = Omit<Finding, 'document' | 'related'>;

/** A finding with the other places it names. */
export interface AroundFinding {
  readonly finding: LocalFinding;
  readonly related: readonly Related[];
  /** Kustomizations whose builds have it, where others have not. */
  readonly affected?: readonly string[];
}

/**
 * The findings that are true of what is built, not only of what is written: patches and overlays may mend what a base
 * lacks. Every build that holds the object makes its own of it, and the same rule judges that; a finding stays if any
 * build shows it at the same place. One of a patch stays if any object that it is aimed at shows it, wherever.
 * @param again what the rule finds in an object as a build makes it
 */
export function confirm(
  located: Located,
  around: Surroundings,
  found: readonly AroundFinding[],
  again: (built: Located, view: Surroundings) => readonly LocalFinding[],
): readonly AroundFinding[] {
  if (found.length === 0) return found;
  const patch = around.isPatch(located);
  const objects = patch ? around.targetsOf(located) : [located];
  const keyOf = ({ message, range }: LocalFinding): string => (patch ? message : `${message} ${range.start} ${range.end}`);
  const shown = new Map<ReadBuild, Set<string>>();
  for (const object of objects) {
    for (const build of around.buildsOf(object)) {
      const built = around.builtBy(object, build);
      const keys = shown.get(build) ?? new Set();
      shown.set(build, keys);
      if (built) for (const finding of again(built, around.as(build))) keys.add(keyOf(finding));
    }
  }
  if (shown.size === 0) return found;
  return found.flatMap((each) => {
    const builds = [...shown].filter(([, keys]) => keys.has(keyOf(each.finding))).map(([build]) => build.uri);
    if (builds.length === 0) return [];
    return builds.length === shown.size ? [each] : [{ ...each, affected: builds }];
  });
}

/** Most overlays that a finding names. */
const mostNamed = 5;

/** The kustomizations whose builds have a finding that others mend. */
export function affectedPlaces(uris: readonly string[], around: Surroundings): RelatedPlace[] {
  return uris.slice(0, mostNamed).flatMap((uri) => {
    const document = around.file(uri)?.documents[0];
    const range = Value.root(document?.manifest.root).highlight;
    return document ? [{ uri, document, range, rule: 'overlay', message: 'affected', data: { overlay: folderName(uri) } }] : [];
  });
}

/** The last two folders of a kustomization, e.g. `overlays/staging`. */
const folderName = (uri: string): string => decodeURIComponent(uri.split('/').slice(-3, -1).join('/'));
