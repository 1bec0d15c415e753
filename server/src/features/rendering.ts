import { fileURLToPath } from 'node:url';
import type { Finding } from '../../../core/src/lint/findings.ts';
import { renderedSteps } from '../../../core/src/lint/rendered.ts';
import { rules } from '../../../core/src/rules/registry.ts';
import type { Project } from '../../../core/src/workspace/project.ts';
import type { Buildable } from '../../../core/src/workspace/rendered.ts';
import { buildables, buildablesOf } from '../../../core/src/workspace/rendered.ts';
import { Value } from '../../../core/src/yaml/value.ts';
import { canonical } from '../files.ts';
import type { Log, Session } from '../session.ts';
import type { Built } from '../tools.ts';
import { buildWith } from '../tools.ts';
import type { BuildResult } from './built-findings.ts';
import { builtFindings } from './built-findings.ts';

/** Builds charts and kustomizations when they are saved, where the settings ask for it. */
export interface Rendering {
  /** Files were saved, or changed on disk. */
  saved(uris: readonly string[]): void;
  /** Folders or settings changed: builds what was not built under them, and forgets what is no more asked for. */
  begin(): void;
  /** Programs that were needed and are not installed. */
  missing(): readonly string[];
  dispose(): void;
}

/** Time from a save to a build, in which the saves of other files may follow. Milliseconds. */
const pause = 200;

/** Programs that run at once. */
const mostRunning = 2;

/** Longest time that checking what was built keeps what is asked meanwhile waiting, milliseconds. */
const slice = 10;

/** Most that is read of a program's output, bytes: more than most charts make, and checked within seconds. */
const largest = 4 * 2 ** 20;

/**
 * Runs no program unless a folder's settings ask for it in a trusted workspace.
 * @param told resolves once the files of the workspace have their diagnostics: what is built comes after them
 */
export function registerRendering(session: Session, log: Log, trusted: boolean, told: Promise<void>): Rendering {
  const results = builtFindings(session);
  const waiting = new Map<string, Buildable>();
  const running = new Map<string, AbortController>();
  const missing = new Set<string>();
  const said = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let disposed = false;

  const isOn = (): boolean => trusted && session.folders.some(({ renders }) => renders);
  const isAsked = ({ uri }: Buildable): boolean => trusted && session.folderOf(uri).renders;
  const sayOnce = (level: 'warn' | 'info', text: string): void => {
    if (!said.has(text)) log(level, text);
    said.add(text);
  };
  const end = (uri: string): void => {
    waiting.delete(uri);
    running.get(uri)?.abort();
    running.delete(uri);
  };

  const build = async (buildable: Buildable): Promise<void> => {
    const { uri } = buildable;
    const control = new AbortController();
    const { project } = session;
    const folder = session.folderOf(uri);
    running.set(uri, control);
    const built = await buildWith(buildable, { signal: control.signal, bytes: largest });
    // Whoever ended it has gone on already.
    if (control.signal.aborted) return;
    try {
      const findings = await judge(session, buildable, built, project);
      if (control.signal.aborted) return;
      noteTool(buildable, built);
      results.set(uri, { folder, findings });
      session.touch('workspace');
    } catch (error) {
      log('error', `What is built of ${fileURLToPath(uri)} cannot be checked: ${String(error)}`);
    }
    if (running.get(uri) === control) running.delete(uri);
    start();
  };
  const start = (): void => {
    for (const [uri, buildable] of waiting) {
      if (disposed || running.size >= mostRunning) return;
      waiting.delete(uri);
      void build(buildable);
    }
  };
  const schedule = (): void => {
    clearTimeout(timer);
    if (!disposed && waiting.size > 0) timer = setTimeout(start, pause);
  };
  const noteTool = ({ type }: Buildable, built: Built): void => {
    const tool = type === 'chart' ? 'helm' : 'kustomize';
    missing.delete(tool);
    if (!('failure' in built) || built.failure !== 'missing') return;
    missing.add(tool);
    const programs = tool === 'helm' ? 'helm is not' : 'neither kustomize nor kubectl is';
    sayOnce(
      'warn',
      `${programs} on the PATH: what it would build is not checked. Install it, or turn selfheal.render off.`,
    );
  };

  const want = (wanted: readonly Buildable[]): void => {
    for (const buildable of wanted.filter(isAsked)) {
      end(buildable.uri);
      if (!buildable.remote) waiting.set(buildable.uri, buildable);
      else sayOnce('info', `${fileURLToPath(buildable.uri)} is not built: it builds on what would have to be fetched.`);
    }
  };
  /** Forgets what is not there, not asked for, or not to be built any more. */
  const forget = (there: readonly Buildable[]): void => {
    const kept = new Set(there.filter((each) => isAsked(each) && !each.remote).map(({ uri }) => uri));
    for (const uri of [...waiting.keys(), ...running.keys()]) if (!kept.has(uri)) end(uri);
    if (kept.size === 0) missing.clear();
    if (results.keep(kept)) session.touch('workspace');
  };
  const begin = (): void => {
    const there = isOn() ? buildables(session.project) : [];
    forget(there);
    want(there.filter(({ uri }) => results.get(uri)?.folder !== session.folderOf(uri)));
    void told.then(schedule);
  };

  return {
    begin,
    saved(addresses) {
      if (!isOn() || !session.scanned) return;
      const uris = addresses.map(canonical);
      if (session.folders.some(({ configUri }) => uris.includes(configUri))) return begin();
      forget(buildables(session.project));
      // What a person looks at now comes before what waits since the start.
      const before = [...waiting];
      waiting.clear();
      want(buildablesOf(session.project, uris));
      for (const [uri, buildable] of before) if (!waiting.has(uri)) waiting.set(uri, buildable);
      schedule();
    },
    missing: () => [...missing].sort(),
    dispose() {
      disposed = true;
      clearTimeout(timer);
      for (const uri of running.keys()) end(uri);
    },
  };
}

/** What a build shows: findings in its output, or why there is none. */
async function judge(
  session: Session,
  buildable: Buildable,
  built: Built,
  project: Project,
): Promise<BuildResult['findings']> {
  if ('failure' in built) return failed(buildable, built, project);
  const steps = renderedSteps(
    buildable,
    built.output,
    project,
    // Of texts that have changed meanwhile nothing is known; what the present ones say is left out later.
    (uri) => (project === session.project ? session.ownFindings(uri) : []),
    { rules, linterOf: (uri) => session.folderOf(uri).renderedLinter },
  );
  for (let since = performance.now(); ;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - since < slice) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
}

/** Why nothing was built, at the file of the chart or kustomization; a missing program is told elsewhere. */
function failed(
  { uri }: Buildable,
  { failure, command, reason }: Extract<Built, { readonly failure: unknown }>,
  project: Project,
): BuildResult['findings'] {
  const file = project.files.get(uri);
  const document = file?.documents[0];
  if (!file || !document || failure === 'missing' || failure === 'cancelled') return new Map();
  const finding: Finding = {
    rule: 'rendered',
    message: failure,
    data: { command, reason },
    severity: 'info',
    document,
    range: Value.root(document.manifest.root).highlight,
    related: [],
    fixes: [],
  };
  return new Map([[uri, { file, findings: [finding], silenced: new Set<string>() }]]);
}
