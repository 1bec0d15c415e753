/** Tells each finding of a workload that is written in two places where it stands, and once. */
import type { Range } from '../text/text.ts';
import { partOf, templatePlace } from '../workspace/borrowed.ts';
import type { Resource } from '../workspace/manifest.ts';
import type { Located } from '../workspace/project.ts';
import type { Surroundings } from '../workspace/surroundings.ts';
import type { Path } from '../yaml/value.ts';
import type { LocalFinding } from './confirm.ts';
import type { Fix, Related } from './rule.ts';

/**
 * A finding of a workload as it runs, as one of the object that was asked about; undefined where it is the other
 * object's.
 * @param located the object as it is written or built
 */
export function ofThisPlace(finding: LocalFinding, located: Located, around: Surroundings): LocalFinding | undefined {
  const lender = around.lenderOf(located);
  if (!lender) {
    const { kind, name } = located.resource;
    const subject = { ...finding.subject, kind, ...(name !== undefined && { name }) };
    return isOfTemplate(finding.range, located.resource) ? { ...finding, subject } : undefined;
  }
  const place = templatePlace(located.resource);
  if (finding.range.start === place.start && finding.range.end === place.end) return undefined;
  return { ...finding, fixes: finding.fixes.flatMap((fix) => fixAt(fix, located, lender) ?? []) };
}

/** Another place that a finding names, where it is written. */
export function whereWritten(place: Related, around: Surroundings): Related {
  const { resource, at } = partOf(place.located.resource, place.at);
  const located = resource === place.located.resource ? undefined : around.locate(resource);
  return located ? { ...place, located: { ...located, resource }, at } : place;
}

/**
 * Whether a finding of an object that another workload takes its pod template from is about that template: how many
 * replicas it keeps and how it updates them does not count.
 */
function isOfTemplate({ start, end }: Range, { pod }: Resource): boolean {
  return pod !== undefined && pod.value.highlight.start <= start && end <= pod.value.range.end;
}

/** A fix changes one document: that of the template or that of the workload; undefined where it would have to change both. */
function fixAt(fix: Fix, { resource }: Located, lender: Located): Fix | undefined {
  if (fix.target) return fix;
  const from = [...resource.value.path, 'spec', 'template'];
  const isInside = (path: Path): boolean => from.every((step, index) => path[index] === step);
  const inside = fix.operations.filter((operation) => 'path' in operation && isInside(operation.path));
  if (inside.length === 0) return fix;
  if (inside.length < fix.operations.length) return undefined;
  const to = lender.resource.pod?.value.path ?? [];
  const operations = fix.operations.map((operation) =>
    'path' in operation ? { ...operation, path: [...to, ...operation.path.slice(from.length)] } : operation,
  );
  return { ...fix, operations, target: lender };
}
