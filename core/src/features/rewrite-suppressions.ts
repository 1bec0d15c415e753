/** Rewrites the suppressions of other linters into ours, so that they are checked for being needed and carry reasons. */
import { foreignReader } from '../lint/foreign-suppressions.ts';
import type { ForeignSuppression } from '../lint/foreign-suppressions.ts';
import type { Rule } from '../lint/rule.ts';
import type { TextEdit } from '../text/text.ts';
import type { Operation } from '../yaml/edit.ts';
import { lower } from '../yaml/edit.ts';
import type { SourceDocument, SourceFile } from '../workspace/project.ts';
import { Value } from '../yaml/value.ts';

/** Annotation that carries our suppressions. */
const annotation = 'selfheal.dev/ignore';

/**
 * Edits of a file that put ours in the place of other linters' suppressions. Those that exempt an object from
 * everything stay as they are: ours name rules. A comment that speaks of more than its line becomes an annotation.
 */
export function rewriteSuppressions(file: SourceFile, rules: readonly Rule[]): TextEdit[] {
  const read = foreignReader(rules);
  return file.documents.flatMap((document) =>
    rewriteDocument(document, read(document.manifest)).map(({ range, newText }) => ({
      range: { start: range.start + document.start, end: range.end + document.start },
      newText,
    })),
  );
}

function rewriteDocument({ manifest }: SourceDocument, found: readonly ForeignSuppression[]): TextEdit[] {
  const { root, text } = manifest;
  if (!root) return [];
  const operations: Operation[] = [];
  const comments: TextEdit[] = [];
  const byPath = new Map<string, { path: readonly (string | number)[]; ids: Set<string>; keys: string[] }>();
  for (const { rules, annotation: from, at, covers, reason } of found) {
    if (rules === 'all') continue;
    if (from) {
      const key = JSON.stringify(from.path);
      const group = byPath.get(key) ?? { path: from.path, ids: new Set<string>(), keys: [] };
      byPath.set(key, group);
      for (const rule of rules) group.ids.add(rule);
      group.keys.push(from.key);
    } else {
      const scope = covers === undefined || covers.end - covers.start >= text.length ? '-file' : '';
      comments.push({
        range: at,
        newText: `# selfheal-ignore${scope} ${rules.join(', ')} -- ${reason ?? 'as for another linter'}`,
      });
    }
  }
  for (const { path, ids, keys } of byPath.values()) {
    const present = Value.root(root)
      .at(...path, annotation)
      .text();
    for (const id of present?.split(/[\s,]+/) ?? []) if (id) ids.add(id);
    const [first, ...others] = keys;
    // The first one is renamed, so that the annotation stands where it stood.
    if (present === undefined && first !== undefined) {
      operations.push(
        { op: 'set', path: [...path, first], value: [...ids].join(', ') },
        { op: 'rename', path: [...path, first], key: annotation },
      );
    } else operations.push({ op: 'set', path: [...path, annotation], value: [...ids].join(', ') });
    for (const key of present === undefined ? others : keys) operations.push({ op: 'remove', path: [...path, key] });
  }
  return [...(operations.length > 0 ? (lower(text, root, operations) ?? []) : []), ...comments];
}
