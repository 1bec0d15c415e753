import type { Connection, Diagnostic } from 'vscode-languageserver';
import { DiagnosticSeverity } from 'vscode-languageserver';
import type { HealthState } from '../../../core/src/health-stream.ts';
import { emptyView, reduceHealth } from '../../../core/src/health-stream.ts';
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
import type { Session } from '../session.ts';
import { text } from '../ui-text.ts';
import type { EditSupport } from './fix-actions.ts';
import { originOf, remedyFor } from './remedy.ts';

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
  let state: HealthState | undefined;
  let shownIncidents = '';
  /** Rules that incidents were blamed on: where their finding is gone, it was fixed. */
  const blamed = new Map<string, string>();

  const ensure = (): ClusterSession =>
    (cluster ??= open((update) => {
      const next = reduceHealth(state, update);
      if (next === 'gap') {
        const whole = reduceHealth(undefined, snapshot());
        if (whole !== 'gap') state = whole;
      } else state = next;
      refreshDiagnostics();
      // Settles when the client's end of the pipe has taken it: until then no further update is made.
      return connection.sendNotification(method.health, update);
    }));
  /** Diagnostics change with which incidents are open and how often they happened, not with every tick. */
  const refreshDiagnostics = (): void => {
    const shown = openIncidents()
      .map(({ id, count, state: phase }) => `${id}:${count}:${phase}`)
      .join();
    if (shown === shownIncidents) return;
    shownIncidents = shown;
    for (const id of blamed.keys()) if (!find(id)) blamed.delete(id);
    session.touch('workspace');
  };
  const openIncidents = (): readonly IncidentRow[] =>
    state?.view.incidents.filter(
      ({ state: phase, parent }) => parent === undefined && ['detected', 'healing', 'verifying'].includes(phase),
    ) ?? [];
  const remedyOf = (row: IncidentRow, view: HealthView): ReturnType<typeof remedyFor> => {
    const found = remedyFor(session, view, row, blamed.get(row.id), support);
    if (found.remedy.rule !== undefined) blamed.set(row.id, found.remedy.rule);
    return found;
  };
  const find = (id: string): IncidentRow | undefined => state?.view.incidents.find((incident) => incident.id === id);

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
    const row = find(incident);
    return row && state ? remedyOf(row, state.view).remedy : { incident, fixes: [] };
  });
  connection.onRequest(method.applyRemedy, async ({ incident, fix }: ApplyRemedyParams): Promise<ApplyRemedyResult> => {
    const row = find(incident);
    const prepared = row && state && remedyOf(row, state.view).fixes[fix];
    if (!prepared) return { applied: false, problem: { id: 'remedy.gone' } };
    const { applied } = await connection.workspace.applyEdit({ label: prepared.title, edit: prepared.edit });
    return { applied };
  });

  /** One diagnostic for incidents of one workload with one cause, the most urgent of them first. */
  const diagnosticFor = (
    incidents: readonly [IncidentRow, ...IncidentRow[]],
  ): { readonly uri: string; readonly diagnostic: Diagnostic } | undefined => {
    const [incident] = incidents;
    const origin = state && originOf(session, state.view, incident, blamed.get(incident.id));
    if (!state || !origin) return undefined;
    const { uri } = origin;
    const fixed = !origin.finding && blamed.has(incident.id);
    if (origin.finding) for (const { id } of incidents) blamed.set(id, origin.finding.rule);
    const range = toRange(session.indexOf(uri), origin.range);
    const summary = format(session.templates.get(incident.summary.id) ?? incident.summary.id, incident.summary.data);
    const count = incidents.reduce((sum, { count: times }) => sum + times, 0);
    const pods = new Set(incidents.map(({ subject }) => subject.name)).size;
    const { name } = incident.workload;
    const workload = pods > 1 ? format(text(session, 'live.pods'), { pods, workload: name }) : name;
    const data = { summary, workload, context: state.view.connection.context ?? '', count };
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
  const evidence: { version: number; project?: object; byFile: ReadonlyMap<string, readonly Diagnostic[]> } = {
    version: -1,
    byFile: new Map(),
  };
  const evidenceNow = (): ReadonlyMap<string, readonly Diagnostic[]> => {
    if (evidence.version === session.version && evidence.project === session.project) return evidence.byFile;
    const byFile = new Map<string, Diagnostic[]>();
    const alike = Map.groupBy(openIncidents(), ({ workload: { kind, namespace, name }, container, cause }) =>
      JSON.stringify([kind, namespace, name, container, cause]),
    );
    for (const [first, ...rest] of alike.values()) {
      const found = first && diagnosticFor([first, ...rest]);
      if (!found) continue;
      const list = byFile.get(found.uri);
      if (list) list.push(found.diagnostic);
      else byFile.set(found.uri, [found.diagnostic]);
    }
    Object.assign(evidence, { version: session.version, project: session.project, byFile });
    return byFile;
  };

  return {
    diagnostics: (uri) => evidenceNow().get(uri) ?? none,
    async dispose() {
      await cluster?.dispose();
    },
  };
}
