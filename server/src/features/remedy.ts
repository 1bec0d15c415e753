import type { Finding } from '../../../core/src/lint/findings.ts';
import { findingText } from '../../../core/src/lint/findings.ts';
import type { Remedy } from '../../../core/src/protocol.ts';
import { rulesFor } from '../../../core/src/live/remedies.ts';
import type { HealthView, IncidentRow } from '../../../core/src/live/view.ts';
import { originsOf } from '../../../core/src/workspace/origin.ts';
import type { Located } from '../../../core/src/workspace/project.ts';
import { findingRange, toRange } from '../lsp.ts';
import type { Session } from '../session.ts';
import type { EditSupport, PreparedFix } from './fix-actions.ts';
import { prepareFix } from './fix-actions.ts';

/** Where in the workspace an incident comes from. */
export interface Origin {
  readonly uri: string;
  readonly located: Located;
  readonly finding: Finding | undefined;
  /** Offsets in the file. */
  readonly range: { readonly start: number; readonly end: number };
}

/**
 * The line that allowed an incident: the finding, of the rules that would have prevented its cause, on the workload's
 * manifest; without one, the line of the container or of the workload's name.
 * A node's incident is explained by what its loss took along.
 * @param blamed the rule whose finding was shown before: once that is gone, what says less about the cause is not
 * blamed in its place
 */
export function originOf(
  session: Session,
  view: HealthView,
  incident: IncidentRow,
  blamed?: string,
): Origin | undefined {
  const origins = originsOf(session.project, incident.workload);
  const known = rulesFor(incident.cause);
  const rules = blamed !== undefined && known.includes(blamed) ? known.slice(0, known.indexOf(blamed) + 1) : known;
  for (const located of origins) {
    const finding = bestFinding(session, located, incident, rules);
    if (finding) return { uri: located.file.uri, located, finding, range: findingRange(finding) };
  }
  const [located] = origins;
  if (located)
    return { uri: located.file.uri, located, finding: undefined, range: fallbackRange(located, incident.container) };
  for (const id of incident.children) {
    const child = view.incidents.find((other) => other.id === id);
    const origin = child && originOf(session, view, child);
    if (origin) return origin;
  }
  return undefined;
}

function bestFinding(
  session: Session,
  located: Located,
  incident: IncidentRow,
  rules: readonly string[],
): Finding | undefined {
  const { document, resource } = located;
  const candidates = session
    .findings(located.file.uri)
    .filter(
      (finding) =>
        finding.document === document &&
        finding.subject?.kind === resource.kind &&
        finding.subject.name === resource.name,
    );
  const container = resource.pod?.containers.find(({ name }) => name === incident.container)?.value.range;
  const inside = (finding: Finding): boolean =>
    container === undefined || (finding.range.start >= container.start && finding.range.end <= container.end);
  for (const rule of rules) {
    const ofRule = candidates.filter((finding) => finding.rule === rule);
    const best = ofRule.find(inside) ?? ofRule[0];
    if (best) return best;
  }
  return undefined;
}

function fallbackRange({ resource, document }: Located, container: string | undefined): Origin['range'] {
  const value =
    resource.pod?.containers.find(({ name }) => name === container)?.value.at('name') ??
    resource.value.at('metadata', 'name');
  const { start, end } = value.highlight;
  return { start: start + document.start, end: end + document.start };
}

/**
 * An incident's origin as the shells show it, with the fixes in the order of their index.
 * Their edits hold no tab stops: snippets need the file's own editor, which is not where a remedy is applied from.
 * Whoever can show a far-reaching change beforehand is made to, as in the editor.
 * `blamed` is the rule that the manifest had a finding of earlier: where it has none now, somebody fixed it.
 */
export function remedyFor(
  session: Session,
  view: HealthView,
  incident: IncidentRow,
  blamed: string | undefined,
  { preview }: EditSupport,
): { remedy: Remedy; fixes: readonly PreparedFix[] } {
  const origin = originOf(session, view, incident, blamed);
  if (!origin) return { remedy: { incident: incident.id, fixes: [] }, fixes: [] };
  const { uri, finding } = origin;
  const fixes =
    finding?.fixes.flatMap((fix) => prepareFix(session, uri, finding, fix, { snippets: false, preview }) ?? []) ?? [];
  const remedy: Remedy = {
    incident: incident.id,
    location: { uri, range: toRange(session.indexOf(uri), origin.range) },
    ...(finding && { rule: finding.rule, message: findingText(finding, session.templates) }),
    ...(!finding && blamed !== undefined && { fixed: true }),
    fixes: fixes.map(({ title, fix }) => ({ title, kind: fix.class })),
  };
  return { remedy, fixes };
}
