import { fileURLToPath } from 'node:url';
import { defaultConfiguration } from '../../core/src/lint/configuration.ts';
import { createLinter } from '../../core/src/lint/engine.ts';
import { englishTemplates } from '../../core/src/lint/templates.ts';
import type { Rule } from '../../core/src/lint/rule.ts';
import type { FileReport } from '../../core/src/report/report.ts';
import { reportFile } from '../../core/src/report/report.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { lineIndex } from '../../core/src/text/text.ts';
import { Project } from '../../core/src/workspace/project.ts';

/** English texts of all rules. */
export const templates = englishTemplates(rules);

/** Folder of the rules' own bad, good and fixed manifests. */
export const fixtures = fileURLToPath(new URL('../fixtures/rules/', import.meta.url));

/** Rules that the examples below are about, so that a new rule changes no test of a report. */
const few = rules.filter(({ id }) =>
  ['restart-policy-not-always', 'memory-limit-missing', 'liveness-probe-missing', 'single-replica'].includes(id),
);

/** Report of the real linter over texts by path, with a few rules or the given ones. */
export function reportOf(texts: Readonly<Record<string, string>>, used: readonly Rule[] = few): FileReport[] {
  const root = 'file:///work/';
  const project = Project.from(Object.entries(texts).map(([path, text]) => [root + path, text] as const));
  const linter = createLinter({
    rules: used,
    configuration: { ...defaultConfiguration, extends: 'strict' },
    relative: (uri) => uri.slice(root.length),
    glob: () => false,
    onRuleError: (_rule, _uri, error) => {
      throw error;
    },
  });
  const files = {
    path: (uri: string): string => uri.slice(root.length),
    lines: (uri: string) => lineIndex(texts[uri.slice(root.length)] ?? ''),
  };
  return Object.entries(texts).map(([path, text]) =>
    reportFile(root + path, text, linter.lint(project, root + path), files, templates),
  );
}

/** A DaemonSet whose restart policy the API server rejects. */
export const daemonSet = (name: string, policy = 'OnFailure'): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      restartPolicy: ${policy}
      containers:
        - name: agent
          image: agent:1
          livenessProbe: { exec: { command: [alive] } }
          resources: { limits: { memory: 1Gi } }
`;
