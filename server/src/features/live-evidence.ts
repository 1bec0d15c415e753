import type { Connection, Diagnostic } from 'vscode-languageserver';
import { DiagnosticSeverity } from 'vscode-languageserver';
import { emptyView } from '../../../core/src/health-stream.ts';
import { format } from '../../../core/src/messages.ts';
import type { HealthUpdate, HealthView, IncidentRow, Message } from '../../../core/src/live/view.ts';
import type {
  ApplyRemedyParams,
  ApplyRemedyResult,
  ConnectParams,
  ConnectResult,
  ContextList,
  ContextsParams,
  ExportParams,
  ExportResult,
  OpenRecordingParams,
  Remedy,
  RemedyParams,
  RightsParams,
  RightsReport,
} from '../../../core/src/protocol.ts';
import { method } from '../../../core/src/protocol.ts';
import type { ClusterSession } from '../cluster/session.ts';
import { toRange } from '../lsp.ts';
import type { Project } from '../../../core/src/workspace/project.ts';
import type { Session } from '../session.ts';
import { text } from '../ui-text.ts';
import type { EditSupport } from './fix-actions.ts';
import { originOf, remedyFor } from './remedy.ts';

/** Shortest time between two looks at whether the evidence is another one, milliseconds. */
const refreshEvery = 1000;

/** Source of the diagnostics that come from what a cluster showed. */
const liveSource = 'selfheal (live)';

/** What the cluster adds to the editor. */
export interface LiveEvidence {
  /** A diagnostic at each line that allowed an incident which is open now. */
  diagnostics(uri: string): readonly Diagnostic[];
  dispose(): Promise<void>;
}

/** Makes the cluster session on first use: until a person connects, none of it is loaded. */
export type OpenCluster = (onUpdate: (update: HealthUpdate) => void | Promise<void>) => ClusterSession;

const none: readonly Diagnostic[] = [];

/** Registers the cluster's methods, and joins its incidents with the project. */
export function registerLive(
  connection: Connection,
  session: Session,
  open: OpenCluster,
  trusted: boolean,
  support: EditSupport,
): LiveEvidence {
  let cluster: ClusterSession | undefined;
  /** Rules that incidents were blamed on: where their finding is gone, it was fixed. */
  const blamed = new Map<string, string>();

  const ensure = (): ClusterSession =>
    (cluster ??= open((update) => {
      refresh.ask();
      // Settles when the client's end of the pipe has taken it: until then no further update is made.
      return connection.sendNotification(method.health, update);
    }));
  /** The picture as the session has it: it folds its updates already. */
  const shown = (): HealthView | undefined => {
    const update = cluster?.snapshot();
    return update?.type === 'snapshot' ? update.view : undefined;
  };
  let told = '[]';
  /** Findings are asked for anew where what the editor shows is another text, not with everything that happens. */
  const refresh = paced(refreshEvery, () => {
    for (const id of blamed.keys()) if (!find(id)) blamed.delete(id);
    const now = JSON.stringify([...evidenceNow()]);
    if (now === told) return;
    told = now;
    session.touch('workspace');
  });
  const remedyOf = (row: IncidentRow, view: HealthView): ReturnType<typeof remedyFor> => {
    const found = remedyFor(session, view, row, blamed.get(row.id), support);
    if (found.remedy.rule !== undefined) blamed.set(row.id, found.remedy.rule);
    return found;
  };
  const find = (id: string): IncidentRow | undefined => shown()?.incidents.find((incident) => incident.id === id);

  const untrusted: Message = { id: 'cluster.untrusted' };
  connection.onRequest(method.contexts, (params: ContextsParams | null): Promise<ContextList> => {
    if (!trusted) return Promise.resolve({ files: [], contexts: [], problem: untrusted });
    return ensure().contexts(params?.kubeconfig);
  });
  connection.onRequest(method.connect, (params: ConnectParams): Promise<ConnectResult> => {
    if (!trusted) return Promise.resolve({ started: false, problem: untrusted });
    return ensure().connect(params);
  });
  connection.onRequest(method.openRecording, ({ path }: OpenRecordingParams): Promise<ConnectResult> => {
    if (!trusted) return Promise.resolve({ started: false, problem: untrusted });
    return ensure().openRecording(path);
  });
  connection.onRequest(method.exportRecording, ({ file }: ExportParams): Promise<ExportResult> => {
    if (!trusted) return Promise.resolve({ problem: untrusted });
    return ensure().exportRecording(file);
  });
  connection.onRequest(method.rights, (params: RightsParams): Promise<RightsReport> => {
    if (!trusted) return Promise.resolve({ context: '', missing: [], yaml: '', problem: untrusted });
    return ensure().rights(params);
  });
  connection.onRequest(method.disconnect, async () => {
    await cluster?.disconnect();
    return null;
  });
  const snapshot = (): HealthUpdate =>
    cluster?.snapshot() ?? { type: 'snapshot', version: 0, view: emptyView(Date.now()) };
  connection.onRequest(method.snapshot, (): object => snapshot());
  connection.onRequest(method.remedy, ({ incident }: RemedyParams): Remedy => {
    const [row, view] = [find(incident), shown()];
    return row && view ? remedyOf(row, view).remedy : { incident, fixes: [] };
  });
  connection.onRequest(method.applyRemedy, async ({ incident, fix }: ApplyRemedyParams): Promise<ApplyRemedyResult> => {
    const [row, view] = [find(incident), shown()];
    const prepared = row && view && remedyOf(row, view).fixes[fix];
    if (!prepared) return { applied: false, problem: { id: 'remedy.gone' } };
    const { applied } = await connection.workspace.applyEdit({ label: prepared.title, edit: prepared.edit });
    return { applied };
  });

  /** One diagnostic for incidents of one workload with one cause, the most urgent of them first. */
  const diagnosticFor = (
    view: HealthView,
    incidents: readonly [IncidentRow, ...IncidentRow[]],
  ): { readonly uri: string; readonly diagnostic: Diagnostic } | undefined => {
    const [incident] = incidents;
    const origin = originOf(session, view, incident, blamed.get(incident.id));
    if (!origin) return undefined;
    const { uri } = origin;
    const fixed = !origin.finding && blamed.has(incident.id);
    if (origin.finding) for (const { id } of incidents) blamed.set(id, origin.finding.rule);
    const range = toRange(session.indexOf(uri), origin.range);
    const summary = format(session.templates.get(incident.summary.id) ?? incident.summary.id, incident.summary.data);
    const count = incidents.reduce((sum, { count: times }) => sum + times, 0);
    const pods = new Set(incidents.map(({ subject }) => subject.name)).size;
    const { name } = incident.workload;
    const workload = pods > 1 ? format(text(session, 'live.pods'), { pods, workload: name }) : name;
    const data = { summary, workload, context: view.connection.context ?? '', count };
    const message = format(
      text(session, fixed ? 'live.fixed' : count === 1 ? 'live.incident.one' : 'live.incident'),
      data,
    );
    const severity = fixed
      ? DiagnosticSeverity.Information
      : incidents.some(({ needs }) => needs)
        ? DiagnosticSeverity.Error
        : DiagnosticSeverity.Warning;
    const end = range.end.line === range.start.line ? range.end : { line: range.start.line, character: 2 ** 31 - 1 };
    return {
      uri,
      diagnostic: {
        range: { start: range.start, end },
        severity,
        source: liveSource,
        code: `live/${incident.cause}`,
        message,
      },
    };
  };

  /** Diagnostics of all files, made once for each state of the project and the cluster. */
  const evidence: {
    version: number;
    project?: object;
    incidents?: object;
    byFile: ReadonlyMap<string, readonly Diagnostic[]>;
  } = { version: -1, byFile: new Map() };
  const evidenceNow = (): ReadonlyMap<string, readonly Diagnostic[]> => {
    const view = shown();
    const { version, project } = session;
    const incidents = view?.incidents;
    if (view === undefined || incidents === undefined) return evidence.byFile;
    if (evidence.version === version && evidence.project === project && evidence.incidents === incidents)
      return evidence.byFile;
    const byFile = new Map<string, Diagnostic[]>();
    const alike = Map.groupBy(
      openHere(project, incidents),
      ({ workload: { kind, namespace, name }, container, cause }) =>
        JSON.stringify([kind, namespace, name, container, cause]),
    );
    for (const [first, ...rest] of alike.values()) {
      const found = first && diagnosticFor(view, [first, ...rest]);
      if (!found) continue;
      const list = byFile.get(found.uri);
      if (list) list.push(found.diagnostic);
      else byFile.set(found.uri, [found.diagnostic]);
    }
    // The same list as before says that there is nothing to send.
    const kept = [...byFile].map(([uri, made]) => {
      const before = evidence.byFile.get(uri);
      return [uri, JSON.stringify(before) === JSON.stringify(made) ? (before ?? made) : made] as const;
    });
    Object.assign(evidence, { version, project, incidents, byFile: new Map(kept) });
    return evidence.byFile;
  };

  return {
    diagnostics: (uri) => evidenceNow().get(uri) ?? none,
    async dispose() {
      refresh.stop();
      await cluster?.dispose();
    },
  };
}

/**
 * Open incidents of what a manifest of the project may have made, or that took such along. A cluster is mostly about
 * other things than the folder that is open, and a keystroke must not pay for them.
 */
function openHere(project: Project, incidents: readonly IncidentRow[]): readonly IncidentRow[] {
  const open = incidents.filter(({ state, parent }) => parent === undefined && openStates.has(state));
  if (open.length === 0) return open;
  const names = namesOf(project);
  let byId: Map<string, IncidentRow> | undefined;
  const isHere = ({ workload, children }: IncidentRow): boolean =>
    names.has(workload.name) ||
    children.some((id) => {
      byId ??= new Map(incidents.map((row) => [row.id, row]));
      const child = byId.get(id);
      return child !== undefined && isHere(child);
    });
  return open.filter(isHere);
}

const openStates: ReadonlySet<string> = new Set(['detected', 'healing', 'verifying']);

const knownNames = new WeakMap<Project, ReadonlySet<string>>();

/** Names of all resources of a project. */
function namesOf(project: Project): ReadonlySet<string> {
  const known = knownNames.get(project);
  if (known) return known;
  const names = new Set<string>();
  for (const { documents } of project.files.values())
    for (const { manifest } of documents)
      for (const { name } of manifest.resources) if (name !== undefined) names.add(name);
  knownNames.set(project, names);
  return names;
}

/** Runs a step when it is asked for, but never sooner than `interval` milliseconds after the last time. */
function paced(interval: number, step: () => void): { ask(): void; stop(): void } {
  let last = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  const run = (): void => {
    timer = undefined;
    last = performance.now();
    step();
  };
  return {
    ask() {
      const wait = last + interval - performance.now();
      if (timer !== undefined) return;
      if (wait <= 0) run();
      else timer = setTimeout(run, wait);
    },
    stop: () => clearTimeout(timer),
  };
}
