import type {
  CancellationToken,
  ClientCapabilities,
  Connection,
  Diagnostic,
  ServerCapabilities,
  WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import type { Finding } from '../../../core/src/lint/findings.ts';
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
  /** Resolves once something was told after all files had been read. */
  readonly told: Promise<void>;
}

/** A file's diagnostics, with the id that stands for them while they are the same. */
interface Report {
  readonly id: string;
  readonly items: readonly Diagnostic[];
  /** What they were made from: while both are the same arrays, so are the diagnostics. */
  readonly findings: readonly Finding[];
  readonly evidence: readonly Diagnostic[];
}

/** Longest time that reporting on files nobody looks at keeps what is asked meanwhile waiting, milliseconds. */
const slice = 10;

export function registerDiagnostics(
  connection: Connection,
  session: Session,
  live: LiveEvidence,
  client: ClientCapabilities,
): DiagnosticsFeature {
  const pulls = client.textDocument?.diagnostic !== undefined;
  const refreshes = client.workspace?.diagnostics?.refreshSupport === true;
  const versions = new Map<string, number>();
  const reports = new Map<string, Report>();
  let counter = 0;
  let wasTold = (): void => {};
  const told = new Promise<void>((resolve) => (wasTold = resolve));
  const telling = (): void => {
    if (session.scanned) wasTold();
  };

  /** Diagnostics of a file; the same report as before while they are the same. */
  const report = (uri: string): Report => {
    const known = reports.get(uri);
    const findings = session.project.files.has(uri) ? session.findings(uri) : nothing;
    const evidence = session.project.files.has(uri) ? live.diagnostics(uri) : nothing;
    if (known?.findings === findings && known.evidence === evidence) return known;
    const items = [...findings.map((finding) => toDiagnostic(session, uri, finding)), ...evidence];
    const same = known?.items.length === items.length && items.every((item, index) => isSame(item, known.items[index]));
    const id = same ? known.id : String(++counter);
    const made = { id, items, findings, evidence };
    reports.set(uri, made);
    return made;
  };

  connection.languages.diagnostics.on(({ textDocument, previousResultId }) => {
    const { id: resultId, items } = report(canonical(textDocument.uri));
    telling();
    if (resultId === previousResultId) return { kind: 'unchanged', resultId };
    return { kind: 'full', resultId, items: [...items] };
  });

  const waiting = new Set<() => void>();
  const answered = { version: -1 };
  connection.languages.diagnostics.onWorkspace(async ({ previousResultIds }, token) => {
    // The client asks again at once: hold the question until there is something new to tell.
    while (!token.isCancellationRequested && (!session.scanned || answered.version === session.version))
      await changedOrCancelled(waiting, token);
    answered.version = session.version;
    const previous = new Map(previousResultIds.map(({ uri, value }) => [canonical(uri), value]));
    const items: WorkspaceDocumentDiagnosticReport[] = [];
    let since = performance.now();
    for (const uri of new Set([...session.project.files.keys(), ...previous.keys()])) {
      const { id: resultId, items: diagnostics } = report(uri);
      if (diagnostics.length === 0 && !previous.has(uri)) continue;
      const version = versions.get(uri) ?? null;
      if (previous.get(uri) === resultId) items.push({ kind: 'unchanged', uri, version, resultId });
      else items.push({ kind: 'full', uri, version, resultId, items: [...diagnostics] });
      if (performance.now() - since < slice) continue;
      await new Promise((resolve) => setImmediate(resolve));
      if (token.isCancellationRequested) break;
      since = performance.now();
    }
    telling();
    return { items };
  });

  const pushed = new Map<string, { readonly id: string; readonly version: number | undefined }>();
  const queue = new Set<string>();
  let scheduled: NodeJS.Immediate | undefined;
  const pushOne = (uri: string): void => {
    queue.delete(uri);
    const { id, items } = report(uri);
    const version = versions.get(uri);
    const last = pushed.get(uri);
    const silent = last === undefined && items.length === 0 && version === undefined;
    if (silent || (last?.id === id && last.version === version)) return;
    pushed.set(uri, { id, version });
    void connection.sendDiagnostics({ uri, diagnostics: [...items], ...(version !== undefined && { version }) });
  };
  /** Open documents at once, the last changed first; the rest of the workspace when nothing else is to do. */
  const push = (): void => {
    for (const uri of [...versions.keys()].reverse()) pushOne(uri);
    if (session.scanned) for (const uri of session.project.files.keys()) queue.add(uri);
    for (const uri of pushed.keys()) queue.add(uri);
    for (const uri of versions.keys()) queue.delete(uri);
    scheduled = setImmediate(pushRest);
  };
  const pushRest = (): void => {
    scheduled = undefined;
    const start = performance.now();
    for (const uri of queue) {
      pushOne(uri);
      if (performance.now() - start < slice) continue;
      scheduled = setImmediate(pushRest);
      return;
    }
    telling();
  };

  return {
    told,
    capabilities: {
      ...(pulls && {
        diagnosticProvider: { identifier: 'selfheal', interFileDependencies: true, workspaceDiagnostics: true },
      }),
    },
    opened(uri, version) {
      const key = canonical(uri);
      versions.delete(key);
      versions.set(key, version);
    },
    closed: (uri) => versions.delete(canonical(uri)),
    changed(what) {
      for (const wake of waiting) wake();
      if (!pulls) {
        if (scheduled) clearImmediate(scheduled);
        scheduled = setImmediate(push);
      } else if (refreshes && what === 'workspace') void connection.languages.diagnostics.refresh();
    },
  };
}

const nothing: readonly never[] = [];

/** Whether two diagnostics tell the client the same; most that do are the same object. */
const isSame = (one: Diagnostic, other: Diagnostic | undefined): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

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
