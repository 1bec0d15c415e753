/** Lints one pathological text and prints what stays in memory for it. Run with --expose-gc. */
import { createLinter } from '../../core/src/lint/engine.ts';
import { defaultConfiguration } from '../../core/src/lint/configuration.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { Project } from '../../core/src/workspace/project.ts';
import { pathological, validFile } from './pathological.ts';

const name = process.argv[2] ?? '';
const { gc } = globalThis;
if (!gc) throw new Error('needs --expose-gc');
const used = (): number => {
  gc();
  return process.memoryUsage().heapUsed;
};

const linter = createLinter({
  rules,
  configuration: defaultConfiguration,
  relative: (uri) => uri,
  glob: () => false,
  onRuleError: () => {},
});
const lint = (text: string): { project: Project; findings: readonly unknown[]; documents: number } => {
  const project = Project.from([['file:///a.yaml', text]]);
  const findings = linter.lint(project, 'file:///a.yaml');
  return { project, findings, documents: project.files.get('file:///a.yaml')?.documents.length ?? 0 };
};
// Code is compiled and tables are filled by the first run.
lint(validFile(20_000));
const text = name === 'valid' ? validFile(500_000) : (pathological[name]?.() ?? '');
// The text itself is flattened here, so that it does not count.
const length = text.indexOf('\uFFFF') + 1 + text.length;
const before = used();
const kept = lint(text);
const after = used();
console.log(
  JSON.stringify({ length, bytes: after - before, documents: kept.documents, findings: kept.findings.length }),
);
