import type { KubernetesVersion } from '../kube/version.ts';
import type { Range } from '../text/text.ts';
import { Value } from '../yaml/value.ts';
import type { Manifest, Resource } from '../workspace/manifest.ts';
import type { Located, Project, SourceDocument, SourceFile } from '../workspace/project.ts';
import type { Surroundings, Trace } from '../workspace/surroundings.ts';
import type { Configuration, GlobMatcher } from './configuration.ts';
import { settingFor } from './configuration.ts';
import { joinsCauses } from './presets.ts';
import type { Finding, RelatedPlace } from './findings.ts';
import { compareFindings, compareSeverity } from './findings.ts';
import type { AroundFinding, LocalFinding } from './confirm.ts';
import { affectedPlaces, byDefault, confirm, defaultPlaces } from './confirm.ts';
import type { Context, Fix, Problem, Related, Rule, Severity, UnitContext } from './rule.ts';
import { foreignReader } from './foreign-suppressions.ts';
import { applySuppressions } from './suppressions.ts';

/** What lint needs beside the project. */
export interface LintOptions {
  readonly rules: readonly Rule[];
  readonly configuration: Configuration;
  /** Path of a file relative to the configuration's folder, for globs. */
  relative(uri: string): string;
  readonly glob: GlobMatcher;
  /** A rule that throws is told here, once per rule and file; lint goes on without it. Tests let it throw. */
  onRuleError(rule: string, uri: string, error: unknown): void;
}

/** Reusable linter: keeps the findings of unchanged documents between projects. */
export interface Linter {
  /**
   * Findings of one file, in the order of reports. Costs the work of what changed since it was last asked.
   * @param scope `document` leaves out what needs other files, for the time before all of them are read
   */
  lint(project: Project, uri: string, scope?: 'document' | 'unit'): readonly Finding[];
}

/** Findings of a document that hang on what stands around it. */
interface Looked {
  /** What its own rules find that is true of what is built; undefined where that is all they find. */
  readonly own: readonly AroundFinding[] | undefined;
  readonly around: readonly AroundFinding[];
}

/** What was computed from surroundings, for as long as these give the same answers. */
interface Traced<Result> {
  readonly result: Result;
  readonly trace: Trace;
}

/** Creates a linter for one configuration. */
export function createLinter(options: LintOptions): Linter {
  const local = new WeakMap<Manifest, readonly LocalFinding[]>();
  const around = new WeakMap<Manifest, Traced<Looked>>();
  const whole = new WeakMap<SourceFile, Traced<readonly Finding[]>>();
  const ids = new Set(options.rules.map(({ id }) => id));
  const foreign = foreignReader(options.rules);
  const plans = new Map<string, Plan>();
  const planFor = (uri: string, resource: Resource): Plan => {
    const overridden = options.configuration.overrides.length > 0;
    // Pods of one kind may run once or for good.
    const kind = `${resource.groupKind} ${resource.lifetime ?? ''}`;
    const key = overridden ? [uri, kind, resource.namespace, resource.name].join('\0') : kind;
    let plan = plans.get(key);
    if (!plan) {
      if (plans.size > 5000) plans.clear();
      plans.set(key, (plan = makePlan(options, uri, resource)));
    }
    return plan;
  };
  const run: Run = { options, planFor };

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
    if (scope === 'document') return own.map((finding) => ({ ...finding, document, related: [] }));
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
      ...(result.own?.map(place) ?? own.map((finding) => ({ ...finding, document, related: [] }))),
      ...result.around.map(place),
    ];
  };

  const lintFile = (project: Project, file: SourceFile, scope: 'document' | 'unit'): readonly Finding[] => {
    const findings = file.documents.flatMap((document) => lintManifest(project, file, document, scope));
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
      if (known && surroundings.holds(known.trace)) return known.result;
      const traced = surroundings.trace(() => lintFile(project, file, scope));
      if (traced.result.every(standsAlone)) whole.set(file, traced);
      return traced.result;
    },
  };
}

interface Run {
  readonly options: LintOptions;
  planFor(uri: string, resource: Resource): Plan;
}

/** The rules that look at an object, with their settings. */
interface Plan {
  readonly document: readonly Step[];
  readonly unit: readonly Step[];
}

interface Step {
  readonly rule: Rule;
  readonly level: Severity;
  readonly options: Readonly<Record<string, unknown>>;
}

function makePlan(options: LintOptions, uri: string, resource: Resource): Plan {
  const subject = {
    path: options.relative(uri),
    kind: resource.kind,
    namespace: resource.namespace,
    name: resource.name,
  };
  const steps = options.rules.flatMap((rule): Step[] => {
    if (!concerns(rule, resource)) return [];
    const { level, options: given } = settingFor(rule, options.configuration, subject, options.glob);
    return level === 'off' ? [] : [{ rule, level, options: given }];
  });
  return {
    document: steps.filter(({ rule }) => rule.scope === 'document'),
    unit: steps.filter(({ rule }) => rule.scope === 'unit'),
  };
}

function concerns(rule: Rule, resource: Resource): boolean {
  if (typeof rule.kinds !== 'string') return rule.kinds.includes(resource.groupKind);
  if (resource.lifetime === undefined) return false;
  if (resource.custom && !rule.visit.container) return false;
  return rule.kinds === 'all' || resource.lifetime === 'long';
}

function isOn(options: LintOptions, rule: Rule, file: SourceFile): boolean {
  const subject = { path: options.relative(file.uri), kind: undefined, namespace: undefined, name: undefined };
  return settingFor(rule, options.configuration, subject, options.glob).level !== 'off';
}

function lintDocument(run: Run, file: SourceFile, document: SourceDocument, patch: boolean): LocalFinding[] {
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
function lookAt(
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
    for (const step of run.planFor(file.uri, resource).unit) {
      if ((patch || resource.partial) && step.rule.needs === 'complete') continue;
      const found = lookAround(run, step, located, written);
      const again = (built: Located, view: Surroundings): LocalFinding[] =>
        lookAround(run, step, built, view).map(({ finding }) => finding);
      findings.push(...confirm(located, around, found, again));
    }
  }
  return findings;
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
    const { document: alone, unit } = run.planFor(file.uri, resource);
    return byDefault(located, around, before, (built, view) => [
      ...alone.flatMap((step) => lintAlone(run, step, built)),
      ...unit.flatMap((step) => lookAround(run, step, built, view).map(({ finding }) => finding)),
    ]);
  });
}

function lookAround(run: Run, step: Step, located: Located, around: Surroundings): AroundFinding[] {
  const findings: AroundFinding[] = [];
  const add = (finding: LocalFinding, { related = [] }: Problem<string>): void => {
    findings.push({ finding, related });
  };
  const context: UnitContext = { ...contextFor(run.options, step, located, add), around };
  visit(run.options, step.rule, located, context);
  return findings;
}

/** Places a finding and what it names where they stand now. */
function placed(
  { finding, related, affected = [], defaults = [] }: AroundFinding,
  document: SourceDocument,
  around: Surroundings,
): Finding {
  const now = (located: Located): Located => around.locate(located.resource) ?? located;
  const fixes = finding.fixes.map((fix): Fix => (fix.target ? { ...fix, target: now(fix.target) } : fix));
  return {
    ...finding,
    fixes,
    document,
    related: [
      ...related.map((place) => relatedPlace(place, now(place.located))),
      ...affectedPlaces(affected, around),
      ...defaultPlaces(defaults, around),
    ],
  };
}

const relatedPlace = ({ at, message, data = {} }: Related, { file, document }: Located): RelatedPlace => ({
  uri: file.uri,
  document,
  range: at.highlight,
  message,
  data,
});

/** Whether a finding names no place outside its document: such places move without any object changing. */
const standsAlone = ({ related, fixes }: Finding): boolean =>
  related.length === 0 && fixes.every(({ target }) => target === undefined);

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

/**
 * Broken YAML is told only where Kubernetes objects are meant: other YAML is not ours to judge, and template text that
 * does not parse may still render well.
 */
function speaksOfSyntax(file: SourceFile, { manifest }: SourceDocument): boolean {
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

function syntaxFinding(document: SourceDocument): Finding {
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

/** Where two rules see the same cause, the more telling one speaks: the second is dropped at that object. */
const silencedBy: Readonly<Record<string, readonly string[]>> = {
  'replicas-not-spread': ['single-replica'],
  'pdb-missing': ['single-replica'],
  'single-replica': ['hpa-overridden-by-replicas'],
  'memory-request-missing': ['best-effort-pod'],
  'cpu-request-missing': ['best-effort-pod'],
  'job-disruption-counts-as-failure': ['job-no-retry'],
};

function oneFindingPerCause(findings: readonly Finding[]): readonly Finding[] {
  const causes = new Map<SourceDocument, Set<string>>();
  const keyOf = (rule: string, { subject }: Finding): string =>
    JSON.stringify([rule, subject?.kind, subject?.namespace, subject?.name]);
  for (const finding of findings) {
    if (!stronger.has(finding.rule)) continue;
    const seen = causes.get(finding.document) ?? new Set();
    causes.set(finding.document, seen.add(keyOf(finding.rule, finding)));
  }
  if (causes.size === 0) return findings;
  return findings.filter((finding) => {
    const seen = causes.get(finding.document);
    return !seen || !silencedBy[finding.rule]?.some((rule) => seen.has(keyOf(rule, finding)));
  });
}

const stronger: ReadonlySet<string> = new Set(Object.values(silencedBy).flat());
