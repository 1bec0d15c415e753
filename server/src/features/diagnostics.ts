import type {
  CancellationToken,
  ClientCapabilities,
  Connection,
  Diagnostic,
  ServerCapabilities,
  WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import { canonical } from '../files.ts';
import type { LiveEvidence } from './live-evidence.ts';
import { toDiagnostic } from '../lsp.ts';
import type { Change, Session } from '../session.ts';

/** Pull diagnostics where the client can, push where it cannot. */
export interface DiagnosticsFeature {
  readonly capabilities: ServerCapabilities;
  /** Something that findings depend on changed: an open document's text, or something else. */
  changed(what: Change): void;
  /** Version of an open document, at each change. */
  opened(uri: string, version: number): void;
  closed(uri: string): void;
}

/** A report as it was last sent, so that an unchanged one is not sent again. */
interface Sent {
  readonly id: string;
  readonly body: string;
}

export function registerDiagnostics(connection: Connection, session: Session, live: LiveEvidence, client: ClientCapabilities): DiagnosticsFeature {
  const pulls = client.textDocument?.diagnostic !== undefined;
  const refreshes = client.workspace?.diagnostics?.refreshSupport === true;
  const versions = new Map<string, number>();
  const sent = new Map<string, Sent>();
  let counter = 0;

  const compute = (uri: string): Diagnostic[] => [
    ...session.findings(uri).map((finding) => toDiagnostic(session, uri, finding)),
    ...live.diagnostics(uri),
  ];
  /** Result id of a file's diagnostics: the one last given while they are the same. */
  const stamp = (uri: string, items: readonly Diagnostic[]): string => {
    const body = JSON.stringify(items);
    const known = sent.get(uri);
    if (known?.body === body) return known.id;
    const id = String(++counter);
    sent.set(uri, { id, body });
    return id;
  };

  connection.languages.diagnostics.on(({ textDocument, previousResultId }) => {
    const uri = canonical(textDocument.uri);
    const items = compute(uri);
    const resultId = stamp(uri, items);
    if (resultId === previousResultId) return { kind: 'unchanged', resultId };
    return { kind: 'full', resultId, items };
  });

  const waiting = new Set<() => void>();
  const answered = { version: -1 };
  connection.languages.diagnostics.onWorkspace(async ({ previousResultIds }, token) => {
    // The client asks again at once: hold the question until there is something new to tell.
    while (!token.isCancellationRequested && (!session.scanned || answered.version === session.version)) await changedOrCancelled(waiting, token);
    answered.version = session.version;
    const previous = new Map(previousResultIds.map(({ uri, value }) => [canonical(uri), value]));
    const items: WorkspaceDocumentDiagnosticReport[] = [];
    for (const uri of new Set([...session.project.files.keys(), ...previous.keys()])) {
      const diagnostics = session.project.files.has(uri) ? compute(uri) : [];
      if (diagnostics.length === 0 && !previous.has(uri)) continue;
      const resultId = stamp(uri, diagnostics);
      const version = versions.get(uri) ?? null;
      if (previous.get(uri) === resultId) items.push({ kind: 'unchanged', uri, version, resultId });
      else items.push({ kind: 'full', uri, version, resultId, items: diagnostics });
      if (token.isCancellationRequested) break;
    }
    return { items };
  });

  const pushed = new Map<string, { readonly id: string; readonly version: number | undefined }>();
  let scheduled: NodeJS.Immediate | undefined;
  const push = (): void => {
    scheduled = undefined;
    const wanted = session.scanned ? session.project.files.keys() : versions.keys();
    for (const uri of new Set([...wanted, ...pushed.keys()])) {
      const diagnostics = session.project.files.has(uri) ? compute(uri) : [];
      const id = stamp(uri, diagnostics);
      const version = versions.get(uri);
      const last = pushed.get(uri);
      const silent = last === undefined && diagnostics.length === 0 && version === undefined;
      if (silent || (last?.id === id && last.version === version)) continue;
      pushed.set(uri, { id, version });
      void connection.sendDiagnostics({ uri, diagnostics, ...(version !== undefined && { version }) });
    }
  };

  return {
    capabilities: {
      ...(pulls && { diagnosticProvider: { identifier: 'selfheal', interFileDependencies: true, workspaceDiagnostics: true } }),
    },
    opened: (uri, version) => versions.set(canonical(uri), version),
    closed: (uri) => versions.delete(canonical(uri)),
    changed(what) {
      for (const wake of waiting) wake();
      if (!pulls) scheduled ??= setImmediate(push);
      else if (refreshes && what === 'workspace') void connection.languages.diagnostics.refresh();
    },
  };
}

function changedOrCancelled(waiting: Set<() => void>, token: CancellationToken): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      waiting.delete(done);
      subscription.dispose();
      resolve();
    };
    const subscription = token.onCancellationRequested(done);
    waiting.add(done);
  });
}
