import type { Manifest } from '../workspace/manifest.ts';
import type { Project, SourceDocument, SourceFile } from '../workspace/project.ts';
import type { Trace } from '../workspace/tracing.ts';
import { oneFindingPerCause } from './causes.ts';
import type { AroundFinding, LocalFinding } from './confirm.ts';
import type { Finding } from './findings.ts';
import { compareFindings } from './findings.ts';
import { foreignReader } from './foreign-suppressions.ts';
import type { Looked, Run } from './judge.ts';
import { introducedBy } from './introduced.ts';
import { judgePlaced, lintDocument, lookAt } from './judge.ts';
import { placed, placedAlone, urisNamed } from './places.ts';
import type { LintOptions } from './plans.ts';
import { isOn, planner } from './plans.ts';
import { joinsCauses } from './presets.ts';
import { applySuppressions } from './suppressions.ts';
import { speaksOfSyntax, syntaxFinding } from './syntax.ts';

/** Reusable linter: keeps the findings of unchanged documents between projects. */
export interface Linter {
  /**
   * Findings of one file, in the order of reports. Costs the work of what changed since it was last asked.
   * @param scope `document` leaves out what needs other files, for the time before all of them are read
   */
  lint(project: Project, uri: string, scope?: 'document' | 'unit'): readonly Finding[];
}

/** What was computed from surroundings, for as long as these give the same answers. */
interface Traced<Result> {
  readonly result: Result;
  readonly trace: Trace;
}

/** Findings of a file, and the files that they name places in. */
interface Whole extends Traced<readonly Finding[]> {
  readonly named: readonly SourceFile[];
}

interface Latest {
  readonly project: Project | undefined;
  readonly findings: Map<SourceFile, readonly Finding[]>;
}

/** Whether what findings name stands where it stood: places move without any object changing. */
const staysPut = ({ named }: Whole, { files }: Project): boolean => named.every((file) => files.get(file.uri) === file);

function filesNamed(findings: readonly Finding[], own: SourceFile, { files }: Project): SourceFile[] {
  const uris = new Set(findings.flatMap(urisNamed));
  uris.delete(own.uri);
  return [...uris].flatMap((uri) => files.get(uri) ?? []);
}

/** Creates a linter for one configuration. */
export function createLinter(options: LintOptions): Linter {
  const local = new WeakMap<Manifest, readonly LocalFinding[]>();
  const around = new WeakMap<Manifest, Traced<Looked>>();
  const whole = new WeakMap<SourceFile, Whole>();
  /** Findings that hold for one project only. */
  let latest: Latest = { project: undefined, findings: new Map() };
  const ids = new Set(options.rules.map(({ id }) => id));
  const foreign = foreignReader(options.rules);
  const run: Run = { options, planFor: planner(options) };

  const isIgnored = (uri: string): boolean =>
    options.configuration.ignore.some((glob) => options.glob(glob, options.relative(uri)));

  /** Findings of one document; what they were computed from is noted by the surroundings. */
  const lintManifest = (
    project: Project,
    file: SourceFile,
    document: SourceDocument,
    scope: 'document' | 'unit',
  ): readonly Finding[] => {
    const { manifest } = document;
    if (manifest.problem) return speaksOfSyntax(file, document) ? [syntaxFinding(document)] : [];
    if (manifest.resources.length === 0) return [];
    const patch = project.units.isPatch(file.uri);
    let alone = patch ? undefined : local.get(manifest);
    if (!alone) {
      alone = lintDocument(run, file, document, patch);
      if (!patch) local.set(manifest, alone);
    }
    const own = alone;
    if (scope === 'document') return own.map((finding) => placedAlone(finding, document));
    const { surroundings } = project;
    let looked = around.get(manifest);
    if (looked && surroundings.holds(looked.trace)) surroundings.repeat(looked.trace);
    else {
      looked = surroundings.trace(() => lookAt(run, file, document, surroundings, own, patch));
      around.set(manifest, looked);
    }
    const place = (found: AroundFinding): Finding => placed(found, document, surroundings);
    const { result } = looked;
    return [
      ...(result.own?.map(place) ?? own.map((finding) => placedAlone(finding, document))),
      ...result.around.map(place),
    ];
  };

  /** What the patches in a file break, unless the file's own findings say so or the object's file silences it. */
  const ofOverlays = (project: Project, file: SourceFile, own: readonly Finding[]): Finding[] => {
    if (!project.units.changesObjects(file.uri)) return [];
    const found = introducedBy(file, project.surroundings, (located, view) => judgePlaced(run, located, view));
    return found
      .filter(({ finding }) => !own.some(({ rule, message }) => rule === finding.rule && message === finding.message))
      .filter(({ object, local }) => {
        const there: Finding = { ...local, document: object.document, related: [] };
        return applySuppressions(object.file, [there], ids, foreign, () => false).includes(there);
      })
      .map(({ finding }) => finding);
  };

  const lintFile = (project: Project, file: SourceFile, scope: 'document' | 'unit'): readonly Finding[] => {
    const own = file.documents.flatMap((document) => lintManifest(project, file, document, scope));
    const findings = scope === 'unit' ? [...own, ...ofOverlays(project, file, own)] : own;
    const answers = new Map<string, boolean>();
    const active = (id: string): boolean => {
      const known = answers.get(id);
      if (known !== undefined) return known;
      const rule = options.rules.find((candidate) => candidate.id === id);
      const answer = rule !== undefined && (scope === 'unit' || rule.scope === 'document') && isOn(options, rule, file);
      answers.set(id, answer);
      return answer;
    };
    return applySuppressions(
      file,
      joinsCauses(options.configuration.extends) ? oneFindingPerCause(findings) : findings,
      ids,
      foreign,
      active,
    ).sort(compareFindings);
  };

  return {
    lint(project, uri, scope = 'unit') {
      const file = project.files.get(uri);
      if (!file || isIgnored(uri)) return [];
      if (scope === 'document') return lintFile(project, file, scope);
      const { surroundings } = project;
      const known = whole.get(file);
      if (known && staysPut(known, project) && surroundings.holds(known.trace)) return known.result;
      if (latest.project !== project) latest = { project, findings: new Map() };
      const asked = latest.findings.get(file);
      if (asked) return asked;
      const traced = surroundings.trace(() => lintFile(project, file, scope));
      // What patches do hangs on objects that nobody looked up.
      if (project.units.changesObjects(uri)) latest.findings.set(file, traced.result);
      else whole.set(file, { ...traced, named: filesNamed(traced.result, file, project) });
      return traced.result;
    },
  };
}
