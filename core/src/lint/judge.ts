/** Asks the rules about the objects of one document: alone, and with what stands around it. */
import type { KubernetesVersion } from '../kube/version.ts';
import type { Range } from '../text/text.ts';
import type { Resource } from '../workspace/manifest.ts';
import type { Located, SourceDocument, SourceFile } from '../workspace/project.ts';
import type { Surroundings } from '../workspace/surroundings.ts';
import type { Path } from '../yaml/value.ts';
import { Value } from '../yaml/value.ts';
import { ofThisPlace, whereWritten } from './borrowed.ts';
import type { AroundFinding, LocalFinding } from './confirm.ts';
import { byDefault, confirm } from './confirm.ts';
import { compareSeverity } from './findings.ts';
import type { LintOptions, Plan, Step } from './plans.ts';
import type { Context, Problem, Rule, Severity, UnitContext } from './rule.ts';

/** Findings of a document that hang on what stands around it. */
export interface Looked {
  /** What its own rules find that is true of what is built; undefined where that is all they find. */
  readonly own: readonly AroundFinding[] | undefined;
  readonly around: readonly AroundFinding[];
}

/** What rules are asked with. */
export interface Run {
  readonly options: LintOptions;
  planFor(uri: string, resource: Resource): Plan;
}

/** Findings of a document's own rules.
 * @param patch it changes objects of other files, so that what it leaves out may stand there
 */
export function lintDocument(run: Run, file: SourceFile, document: SourceDocument, patch: boolean): LocalFinding[] {
  return document.manifest.resources.flatMap((resource) => {
    const located: Located = { resource, document, file };
    return ownSteps(run, located, patch).flatMap((step) => lintAlone(run, step, located));
  });
}

/** Rules that judge a document by itself and speak of an object. */
function ownSteps(run: Run, { resource, file }: Located, patch: boolean): readonly Step[] {
  const steps = run.planFor(file.uri, resource).document;
  return patch || resource.partial ? steps.filter(({ rule }) => rule.needs !== 'complete') : steps;
}

function lintAlone(run: Run, step: Step, located: Located): LocalFinding[] {
  const findings: LocalFinding[] = [];
  visit(
    run.options,
    step.rule,
    located,
    contextFor(run.options, step, located, (finding) => findings.push(finding)),
  );
  return findings;
}

/** Findings of a document with regard to what stands around it. */
export function lookAt(
  run: Run,
  file: SourceFile,
  document: SourceDocument,
  around: Surroundings,
  alone: readonly LocalFinding[],
  patch: boolean,
): Looked {
  const own = confirmOwn(run, file, document, around, patch);
  const found = lintAround(run, file, document, around, patch);
  if (!document.manifest.templated) return { own, around: found };
  const known = [...(own?.map(({ finding }) => finding) ?? alone), ...found.map(({ finding }) => finding)];
  return { own, around: [...found, ...lintDefaults(run, file, document, around, known)] };
}

/** Findings of a document's own rules that are still true once patches and overlays have changed its objects. */
function confirmOwn(
  run: Run,
  file: SourceFile,
  document: SourceDocument,
  around: Surroundings,
  patch: boolean,
): AroundFinding[] | undefined {
  const objects = document.manifest.resources.map((resource): Located => ({ resource, document, file }));
  if (!objects.some((located) => around.buildsOf(located).length > 0)) return undefined;
  return objects.flatMap((located) =>
    ownSteps(run, located, patch).flatMap((step) => {
      const found = lintAlone(run, step, located).map((finding) => ({ finding, related: [] }));
      return confirm(located, around, found, (built) => lintAlone(run, step, built));
    }),
  );
}

function lintAround(
  run: Run,
  file: SourceFile,
  document: SourceDocument,
  around: Surroundings,
  patch: boolean,
): AroundFinding[] {
  const findings: AroundFinding[] = [];
  for (const resource of document.manifest.resources) {
    const located: Located = { resource, document, file };
    const written = around.buildsOf(located).length > 0 ? around.as(undefined) : around;
    const partial = patch || written.running(located).resource.partial;
    for (const step of run.planFor(file.uri, resource).unit) {
      if (partial && step.rule.needs === 'complete') continue;
      const found = lookAround(run, step, located, written);
      const again = (built: Located, view: Surroundings): LocalFinding[] =>
        lookAround(run, step, built, view).map(({ finding }) => finding);
      findings.push(...confirm(located, around, found, again));
    }
  }
  return findings;
}

/** Findings of an object as some build makes it. */
export function judgeBuilt(run: Run, located: Located, view: Surroundings): LocalFinding[] {
  const { document, unit } = run.planFor(located.file.uri, located.resource);
  return [
    ...document.flatMap((step) => lintAlone(run, step, located)),
    ...unit.flatMap((step) => lookAround(run, step, located, view).map(({ finding }) => finding)),
  ];
}

/** A finding with the value that it is about. */
export interface Judged {
  readonly finding: LocalFinding;
  /** Absent where it is about a part of a value. */
  readonly path: Path | undefined;
}

/** The same, each with what it is about. */
export function judgePlaced(run: Run, located: Located, view: Surroundings): Judged[] {
  const { document, unit } = run.planFor(located.file.uri, located.resource);
  return [...document, ...unit].flatMap((step) => {
    const found: Judged[] = [];
    const add = (finding: LocalFinding, { at }: Problem<string>): void => {
      found.push({ finding, path: at instanceof Value ? at.path : undefined });
    };
    const context: UnitContext = { ...contextFor(run.options, step, located, add), around: view };
    visit(run.options, step.rule, located, context);
    return found;
  });
}

/** Findings that a chart's defaults bring about. */
function lintDefaults(
  run: Run,
  file: SourceFile,
  document: SourceDocument,
  around: Surroundings,
  before: readonly LocalFinding[],
): AroundFinding[] {
  return document.manifest.resources.flatMap((resource) => {
    const located: Located = { resource, document, file };
    return byDefault(located, around, before, (built, view) => judgeBuilt(run, built, view));
  });
}

function lookAround(run: Run, step: Step, located: Located, around: Surroundings): AroundFinding[] {
  const findings: AroundFinding[] = [];
  const running = around.running(located);
  const add = (found: LocalFinding, { related = [] }: Problem<string>): void => {
    const finding = ofThisPlace(found, located, running, around);
    if (finding) findings.push({ finding, related: related.map((place) => whereWritten(place, around)) });
  };
  const context: UnitContext = { ...contextFor(run.options, step, running, add), around };
  visit(run.options, step.rule, running, context);
  return findings;
}

function contextFor(
  options: LintOptions,
  { rule, level, options: given }: Step,
  located: Located,
  add: (finding: LocalFinding, problem: Problem<string>) => void,
): Context {
  const { kind, namespace, name } = located.resource;
  const subject = { kind, ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
  const version: KubernetesVersion = options.configuration.kubernetes;
  return {
    located,
    version,
    known: options.configuration.known,
    option: <Type>(name: string): Type => (given[name] ?? rule.options?.[name]?.default) as Type,
    report(problem) {
      const { message, at, data = {}, severity, fixes = [] } = problem;
      const range: Range = at instanceof Value ? at.highlight : at;
      add(
        { rule: rule.id, message, data, severity: effectiveSeverity(rule, level, severity), range, fixes, subject },
        problem,
      );
    },
  };
}

/** A configured level replaces the rule's own; a sub-case that is milder than the rule stays milder than the level. */
function effectiveSeverity(rule: Rule, level: Severity, reported: Severity | undefined): Severity {
  if (reported === undefined || reported === rule.severity) return level;
  if (level === rule.severity) return reported;
  return compareSeverity(reported, level) > 0 ? reported : level;
}

function visit(options: LintOptions, rule: Rule, located: Located, context: Context): void {
  try {
    const visitors = rule.visit;
    const unit = context as UnitContext;
    visitors.resource?.(located, unit);
    const { pod } = located.resource;
    if (!pod) return;
    visitors.pod?.(pod, unit);
    if (visitors.container) for (const container of pod.containers) visitors.container(container, unit);
  } catch (error) {
    options.onRuleError(rule.id, located.file.uri, error);
  }
}
