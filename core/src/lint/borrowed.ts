/** Tells each finding of a workload that is written in two places where it stands, and once. */
import type { Range } from '../text/text.ts';
import { partOf, templatePlace } from '../workspace/borrowed.ts';
import { asWritten } from '../workspace/frame.ts';
import type { Resource } from '../workspace/manifest.ts';
import type { Located } from '../workspace/project.ts';
import type { Surroundings } from '../workspace/surroundings.ts';
import type { LocalFinding } from './confirm.ts';
import type { Fix, Related } from './rule.ts';

/**
 * A finding of a workload as it runs, as one of the object that was asked about; undefined where it is the other
 * object's.
 * @param located the object as it is written or built
 * @param running the same as it runs
 */
export function ofThisPlace(
  finding: LocalFinding,
  located: Located,
  running: Located,
  around: Surroundings,
): LocalFinding | undefined {
  if (running === located) {
    const elsewhere = finding.fixes.some(({ target }) => target !== undefined);
    return elsewhere
      ? { ...finding, fixes: finding.fixes.flatMap((fix) => fixWritten(fix, located, around) ?? []) }
      : finding;
  }
  const { kind, name } = located.resource;
  if (!(around.lenderOf(located) ? isOfBorrower : isOfTemplate)(finding.range, located.resource)) return undefined;
  return {
    ...finding,
    subject: { ...finding.subject, kind, ...(name !== undefined && { name }) },
    fixes: finding.fixes.flatMap((fix) => fixWritten(fix, running, around) ?? []),
  };
}

function isOfBorrower({ start, end }: Range, resource: Resource): boolean {
  const place = templatePlace(resource);
  return start !== place.start || end !== place.end;
}

/**
 * Whether a finding of an object that another workload takes its pod template from is about that template: how many
 * replicas it keeps and how it updates them does not count.
 */
function isOfTemplate({ start, end }: Range, { pod }: Resource): boolean {
  return pod !== undefined && pod.value.highlight.start <= start && end <= pod.value.range.end;
}

/** Another place that a finding names, where it is written. */
export function whereWritten(place: Related, around: Surroundings): Related {
  const { resource, at } = partOf(place.located.resource, place.at);
  const located = resource === place.located.resource ? undefined : around.locate(resource);
  return located ? { ...place, located: { ...located, resource }, at } : place;
}

/** A fix with its operations where they apply; undefined where it would have to change two objects. */
function fixWritten(fix: Fix, running: Located, around: Surroundings): Fix | undefined {
  const { resource } = fix.target ?? running;
  const parts = fix.operations.map((operation) => {
    if (!('path' in operation)) return { resource, operation };
    const part = partOf(resource, resource.value.at(...operation.path.slice(resource.value.path.length)));
    return { resource: part.resource, operation: { ...operation, path: part.at.path } };
  });
  const [first] = parts;
  if (!first || parts.some((part) => asWritten(part.resource) !== asWritten(first.resource))) return undefined;
  const operations = parts.map(({ operation }) => operation);
  const target = around.locate(first.resource);
  const isOwn = !fix.target && target?.document === running.document;
  return { ...fix, operations, ...(target && !isOwn && { target }) };
}
