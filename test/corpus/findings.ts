import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findingText } from '../../core/src/lint/findings.ts';
import { englishTemplates } from '../../core/src/lint/templates.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { asExpectation, lintFiles, readFiles } from '../rules/harness.ts';

/** A finding at its place in the corpus. */
export interface CorpusFinding {
  readonly rule: string;
  readonly message: string;
  readonly severity: string;
  /** Path below the corpus. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** What lint finds in each repository of the corpus on its own, with every rule on. */
export function findIn(corpus: string): CorpusFinding[] {
  const templates = englishTemplates(rules);
  const found: CorpusFinding[] = [];
  for (const kind of ['manifests', 'helm', 'crds']) {
    for (const repository of readdirSync(join(corpus, kind)).sort()) {
      const files = readFiles(join(corpus, kind, repository));
      for (const [path, findings] of lintFiles(files)) {
        for (const finding of findings) {
          const { rule, message, severity } = finding;
          const line = asExpectation(files.get(path) ?? '', finding).line + 1;
          const text = findingText(finding, templates);
          found.push({ rule, message, severity, file: `${kind}/${repository}/${path}`, line, text });
        }
      }
    }
  }
  return found;
}
