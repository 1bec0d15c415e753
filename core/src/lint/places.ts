/** Findings are kept with objects; where these stand is asked when findings are shown. */
import type { Located, SourceDocument } from '../workspace/project.ts';
import type { Surroundings } from '../workspace/surroundings.ts';
import type { AroundFinding, LocalFinding } from './confirm.ts';
import { affectedPlaces, defaultPlaces } from './confirm.ts';
import type { Finding, RelatedPlace } from './findings.ts';
import type { Fix, Related } from './rule.ts';

/** Places a finding that names no other place. */
export const placedAlone = (finding: LocalFinding, document: SourceDocument): Finding => ({
  ...finding,
  local: finding,
  document,
  related: [],
});

/** Places a finding and what it names where they stand now. */
export function placed(
  { finding, related, affected = [], defaults = [] }: AroundFinding,
  document: SourceDocument,
  around: Surroundings,
): Finding {
  const now = (located: Located): Located => around.locate(located.resource) ?? located;
  const fixes = finding.fixes.map((fix): Fix => (fix.target ? { ...fix, target: now(fix.target) } : fix));
  return {
    ...finding,
    local: finding,
    fixes,
    document,
    related: [
      ...related.map((place) => relatedPlace(place, now(place.located))),
      ...affectedPlaces(affected, around),
      ...defaultPlaces(defaults, around),
    ],
  };
}

const relatedPlace = ({ at, message, data = {} }: Related, { file, document }: Located): RelatedPlace => ({
  uri: file.uri,
  document,
  range: at.highlight,
  message,
  data,
});

/** Addresses of the files that a finding names places in. */
export const urisNamed = ({ related, fixes }: Finding): string[] => [
  ...related.map(({ uri }) => uri),
  ...fixes.flatMap(({ target }) => target?.file.uri ?? []),
];
