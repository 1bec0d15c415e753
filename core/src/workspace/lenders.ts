import { mayLend, templateRef } from '../kube/kinds.ts';
import { join } from './borrowed.ts';
import { asWritten, resolvedIn } from './frame.ts';
import type { Resource } from './manifest.ts';
import { identityOf } from './manifest.ts';
import { keys } from './object-keys.ts';
import type { Located } from './project.ts';
import type { Sight } from './sight.ts';

/**
 * A workload as it runs: with the pod template that it refers to, or, for an object that another workload takes its
 * template from, as that workload. Others are what they are, and so are those whose other half is not to be seen.
 */
export function running(sight: Sight, located: Located): Located {
  const { resource } = located;
  if (mayLend(resource.groupKind)) {
    const borrower = borrowersOf(sight, located).find((each) => lenderOf(sight, each)?.resource === resource);
    return borrower ? { ...located, resource: join(borrower.resource, resource).lender } : located;
  }
  const lender = lenderOf(sight, located);
  return lender ? { ...located, resource: join(resource, lender.resource).borrower } : located;
}

/** The object, as it is written, whose pod template a workload runs. */
export function lenderOf(sight: Sight, workload: Located): Located | undefined {
  const { groupKind, value } = workload.resource;
  if (!templateRef(groupKind, value)) return undefined;
  const ref = templateRef(groupKind, identified(sight, workload).value);
  if (!ref || ref === 'unknown') return undefined;
  const unit = sight.unitOf(workload);
  const candidates = sight.built(sight.get(keys.named(sight.namespaceOf(workload), ref.groupKind, ref.name)));
  const near = candidates.filter(({ file }) => folderOf(file.uri) === folderOf(workload.file.uri));
  const here = candidates.filter((each) => sight.unitOf(each).id === unit.id);
  return near[0] ?? (here.length === 1 ? here[0] : undefined);
}

function borrowersOf(sight: Sight, lender: Located): Located[] {
  // Most workspaces have none: then one answer is noted, not one for each object.
  if (sight.none(keys.borrowers)) return [];
  const name = identityOf(identified(sight, lender));
  if (name === undefined) return [];
  return sight.built(sight.get(keys.borrowing(sight.namespaceOf(lender), lender.resource.groupKind, name)));
}

/** An object of a chart with the texts that stand for what its templates hide; others as they are. */
function identified(sight: Sight, located: Located): Resource {
  const chart = sight.frame.charts.get(sight.unitOf(located).id);
  return (chart && resolvedIn(sight.frame, chart, asWritten(located.resource))) ?? located.resource;
}

const folderOf = (uri: string): string => uri.slice(0, uri.lastIndexOf('/'));
