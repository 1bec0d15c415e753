import type { Range } from '../text/text.ts';
import type { Default } from '../workspace/charts.ts';
import type { ReadBuild } from '../workspace/frame.ts';
import type { Located } from '../workspace/project.ts';
import type { Surroundings } from '../workspace/surroundings.ts';
import { Value } from '../yaml/value.ts';
import type { Finding, RelatedPlace } from './findings.ts';
import type { Related } from './rule.ts';

/** A finding before its document is known to stand somewhere. */
export type LocalFinding = Omit<Finding, 'document' | 'related' | 'local'>;

/** A finding with the other places it names. */
export interface AroundFinding {
  readonly finding: LocalFinding;
  readonly related: readonly Related[];
  /** Kustomizations whose builds have it, where others have not. */
  readonly affected?: readonly string[];
  /** Defaults of a chart that it hangs on. */
  readonly defaults?: readonly Default[];
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
  const keyOf = ({ message, range }: LocalFinding): string =>
    patch ? message : `${message} ${range.start} ${range.end}`;
  const shown = new Map<ReadBuild, Set<string>>();
  const doubtful = new Map<ReadBuild, Set<string>>();
  let builds = 0;
  for (const object of objects) {
    for (const build of around.buildsOf(object)) {
      builds++;
      const built = around.builtBy(object, build);
      if (!built) continue;
      const into = around.isCertain(object, build) ? shown : doubtful;
      const keys = into.get(build) ?? new Set();
      into.set(build, keys);
      for (const finding of again(built, around.as(build))) keys.add(keyOf(finding));
    }
  }
  if (builds === 0) return found;
  const judged = shown.size > 0 ? shown : doubtful;
  return found.flatMap((each) => {
    const having = [...judged].filter(([, keys]) => keys.has(keyOf(each.finding))).map(([build]) => build.uri);
    if (having.length === 0) return [];
    return having.length === judged.size ? [each] : [{ ...each, affected: having }];
  });
}

/**
 * What lint finds in an object of a chart only once the chart's defaults are filled in. It names the defaults it hangs
 * on and offers no fixes: what is to be changed stands in the values.
 * @param found what is found without them
 * @param again findings of the object as the defaults make it
 */
export function byDefault(
  located: Located,
  around: Surroundings,
  found: readonly LocalFinding[],
  again: (built: Located, view: Surroundings) => readonly LocalFinding[],
): AroundFinding[] {
  const chart = around.chartOf(located);
  const built = chart && around.builtBy(located, chart);
  if (!chart || !built || built.resource === located.resource) return [];
  const uses = chart.uses?.get(located.resource) ?? [];
  const written = lazily(() => {
    const other = chart.written && around.builtBy(located, chart.written);
    return other && chart.written ? again(other, around.as(chart.written)) : [];
  });
  return again(built, around.as(chart)).flatMap((finding): AroundFinding[] => {
    if (
      found.some(
        (other) =>
          other.rule === finding.rule && (other.message === finding.message || meet(other.range, finding.range)),
      )
    )
      return [];
    const near = uses.filter((use) => meet(use, finding.range));
    const anyway =
      near.length === 0 &&
      written().some(
        ({ rule, message, range }) =>
          rule === finding.rule && message === finding.message && meet(range, finding.range),
      );
    const defaults = (near.length > 0 || anyway ? near : uses).flatMap((use) => use.defaults);
    return [{ finding: { ...finding, fixes: [] }, related: [], defaults }];
  });
}

function lazily<Result>(compute: () => Result): () => Result {
  let known: { readonly result: Result } | undefined;
  return () => (known ??= { result: compute() }).result;
}

const meet = (a: Range, b: Range): boolean => a.start <= b.end && b.start <= a.end;

/** Places of the defaults that a finding hangs on. */
export function defaultPlaces(defaults: readonly Default[], around: Surroundings): RelatedPlace[] {
  const first = new Map(defaults.map((each) => [each.path, each]));
  return [...first.values()].slice(0, mostNamed).flatMap(({ path, uri, range }) => {
    const document = around.file(uri)?.documents.find(({ manifest }) => manifest.root);
    return document ? [{ uri, document, range, rule: 'chart', message: 'default', data: { path } }] : [];
  });
}

/** Most overlays or defaults that a finding names. */
const mostNamed = 5;

/** The kustomizations whose builds have a finding that others mend. */
export function affectedPlaces(uris: readonly string[], around: Surroundings): RelatedPlace[] {
  return uris.slice(0, mostNamed).flatMap((uri) => {
    const document = around.file(uri)?.documents[0];
    const range = Value.root(document?.manifest.root).highlight;
    return document
      ? [{ uri, document, range, rule: 'overlay', message: 'affected', data: { overlay: folderName(uri) } }]
      : [];
  });
}

/** The last two folders of a kustomization, e.g. `overlays/staging`. */
export const folderName = (uri: string): string => decodeURIComponent(uri.split('/').slice(-3, -1).join('/'));
