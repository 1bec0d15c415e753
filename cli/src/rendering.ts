import { fileURLToPath } from 'node:url';
import type { Linter } from '../../core/src/lint/engine.ts';
import type { Finding } from '../../core/src/lint/findings.ts';
import { withRendered } from '../../core/src/lint/carried.ts';
import { foreignReader } from '../../core/src/lint/foreign-suppressions.ts';
import type { RenderedFindings } from '../../core/src/lint/rendered.ts';
import { lintRendered } from '../../core/src/lint/rendered.ts';
import { rules } from '../../core/src/rules/registry.ts';
import type { Project } from '../../core/src/workspace/project.ts';
import { buildables } from '../../core/src/workspace/rendered.ts';
import { buildWith } from '../../server/src/tools.ts';

/** What rendering tells of while it goes on. */
export interface RenderEvents {
  step(done: number, total: number): void;
  /** One that cannot be rendered; `id` is one of `cli/render-*`. */
  failed(id: string, path: string, data: Readonly<Record<string, string>>): void;
  /** One that is left out on purpose: rendering it would fetch something. */
  leftOut(path: string): void;
}

/** Findings of files, with those of what Helm and kustomize build of a project's charts and kustomizations. */
export async function lintWithTools(
  project: Project,
  linterOf: (uri: string) => Linter,
  events: RenderEvents,
): Promise<(uri: string) => readonly Finding[]> {
  const found = new Map<string, RenderedFindings[]>();
  const foreign = foreignReader(rules);
  const findingsOf = (uri: string): readonly Finding[] => {
    const own = linterOf(uri).lint(project, uri);
    const file = project.files.get(uri);
    return file ? withRendered(file, own, found.get(uri) ?? [], foreign) : own;
  };
  const all = buildables(project);
  for (const [done, buildable] of all.entries()) {
    events.step(done, all.length);
    const path = fileURLToPath(buildable.uri);
    if (buildable.remote) {
      events.leftOut(path);
      continue;
    }
    const built = await buildWith(buildable);
    if ('failure' in built) {
      events.failed(failures[built.failure], path, { command: built.command, reason: built.reason });
      continue;
    }
    const findings = lintRendered(buildable, built.output, project, findingsOf, { rules, linterOf });
    for (const [uri, each] of findings) found.set(uri, [...(found.get(uri) ?? []), each]);
  }
  return findingsOf;
}

const failures = {
  missing: 'cli/render-missing',
  timeout: 'cli/render-timeout',
  large: 'cli/render-large',
  failed: 'cli/render-failed',
  cancelled: 'cli/render-failed',
} as const;
