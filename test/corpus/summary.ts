import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findingText } from '../../core/src/lint/findings.ts';
import { englishTemplates } from '../../core/src/lint/templates.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { asExpectation, lintFiles, readFiles } from '../rules/harness.ts';

/** How often a message is given, and where first. */
interface Shape {
  readonly count: number;
  readonly example: string;
}

/** What lint finds in the corpus: by rule, then by `message level`. */
export type Summary = Readonly<
  Record<string, { readonly count: number; readonly shapes: Readonly<Record<string, Shape>> }>
>;

/** Lints each repository of the corpus on its own, with every rule on. */
export function summarize(corpus: string): Summary {
  const templates = englishTemplates(rules);
  const counted = new Map<string, Map<string, Shape>>();
  for (const kind of ['manifests', 'helm', 'crds']) {
    for (const repository of readdirSync(join(corpus, kind)).sort()) {
      const files = readFiles(join(corpus, kind, repository));
      for (const [path, findings] of lintFiles(files)) {
        for (const finding of findings) {
          const shapes = counted.get(finding.rule) ?? new Map<string, Shape>();
          counted.set(finding.rule, shapes);
          const key = `${finding.message} ${finding.severity}`;
          const known = shapes.get(key);
          const line = asExpectation(files.get(path) ?? '', finding).line + 1;
          const example = known?.example ?? `${kind}/${repository}/${path}:${line} ${findingText(finding, templates)}`;
          shapes.set(key, { count: (known?.count ?? 0) + 1, example });
        }
      }
    }
  }
  const sorted = <Item>(map: ReadonlyMap<string, Item>): [string, Item][] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted(counted).map(([rule, shapes]) => [
      rule,
      {
        count: [...shapes.values()].reduce((sum, { count }) => sum + count, 0),
        shapes: Object.fromEntries(sorted(shapes)),
      },
    ]),
  );
}
