/** Findings of documents that are no YAML. */
import type { SourceDocument, SourceFile } from '../workspace/project.ts';
import type { Finding } from './findings.ts';

/**
 * Broken YAML is told only where Kubernetes objects are meant: other YAML is not ours to judge, and template text that
 * does not parse may still render well.
 */
export function speaksOfSyntax(file: SourceFile, { manifest }: SourceDocument): boolean {
  if (manifest.templated) return false;
  return looksLikeManifest.test(manifest.text) || holdsResources(file);
}

const holding = new WeakMap<SourceFile, boolean>();

/** Whether any document of a file is an object; remembered, since a file may hold thousands of broken documents. */
function holdsResources(file: SourceFile): boolean {
  let holds = holding.get(file);
  if (holds === undefined)
    holding.set(file, (holds = file.documents.some(({ manifest }) => manifest.resources.length > 0)));
  return holds;
}

const looksLikeManifest = /^(?:[ \t]*(?:\{[ \t]*)?"apiVersion"|apiVersion[ \t]*:)/m;

/** Tells why a document could not be read. */
export function syntaxFinding(document: SourceDocument): Finding {
  const problem = document.manifest.problem;
  const code = problem?.code ?? '';
  const message =
    code === 'TOO_DEEP'
      ? 'too-deep'
      : code === 'DUPLICATE_KEY'
        ? 'duplicate-key'
        : code === 'UNREADABLE'
          ? 'unreadable'
          : 'invalid';
  return {
    rule: 'yaml-syntax',
    message,
    data: { reason: problem?.message ?? '' },
    severity: 'error',
    document,
    range: { start: problem?.start ?? 0, end: problem?.end ?? 1 },
    related: [],
    fixes: [],
  };
}
