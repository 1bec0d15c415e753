/** A language client over the real protocol: spawns the bundled server and speaks LSP on its standard streams. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type {
  ClientCapabilities,
  CodeAction,
  Diagnostic,
  InitializeResult,
  PublishDiagnosticsParams,
  Range,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { createProtocolConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';

const serverPath = fileURLToPath(new URL('../../dist/server.cjs', import.meta.url));

/** What a modern editor can. */
export const fullClient: ClientCapabilities = {
  textDocument: {
    diagnostic: { dynamicRegistration: false, relatedDocumentSupport: false },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } } },
  },
  workspace: {
    configuration: true,
    workspaceFolders: true,
    applyEdit: true,
    diagnostics: { refreshSupport: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceEdit: { documentChanges: true, resourceOperations: ['create'], snippetEditSupport: true },
  },
};

/** One that shows an edit and asks, where the server wants that. */
export const previewClient: ClientCapabilities = {
  ...fullClient,
  workspace: {
    ...fullClient.workspace,
    workspaceEdit: { ...fullClient.workspace?.workspaceEdit, changeAnnotationSupport: { groupsOnLabel: true } },
  },
};

/** What the protocol's first version could. */
export const bareClient: ClientCapabilities = {};

export interface TestClient {
  readonly root: string;
  readonly initialized: InitializeResult;
  /** Address of a file of the workspace. */
  uri(path: string): string;
  /** Writes a file to disk and, for clients that watch files, says so. */
  write(path: string, text: string): Promise<void>;
  open(path: string, text: string): Promise<void>;
  /** Replaces the whole text of an open document. */
  change(path: string, text: string): Promise<void>;
  close(path: string): Promise<void>;
  pull(path: string, previousResultId?: string): Promise<{ kind: string; resultId?: string; items: Diagnostic[] }>;
  /** Asks once for the diagnostics of the whole workspace. */
  pullWorkspace(): Promise<Map<string, Diagnostic[]>>;
  actions(path: string, range: Range, only?: string[]): Promise<CodeAction[]>;
  request<Result>(method: string, params?: unknown): Promise<Result>;
  notify(method: string, params: unknown): Promise<void>;
  /** Settings that the client answers workspace/configuration with. */
  settings: object;
  /** Latest pushed diagnostics by address. */
  readonly pushed: Map<string, PublishDiagnosticsParams>;
  /** Notifications of other methods, in order. */
  readonly notifications: { readonly method: string; readonly params: unknown }[];
  readonly refreshes: () => number;
  readonly applied: WorkspaceEdit[];
  stop(): Promise<void>;
}

/** Starts a server on a new workspace with these files. */
export async function startClient(
  capabilities: ClientCapabilities,
  files: Readonly<Record<string, string>>,
  options: {
    readonly locale?: string;
    readonly initializationOptions?: object;
    readonly settings?: object;
    readonly env?: NodeJS.ProcessEnv;
  } = {},
): Promise<TestClient> {
  const root = mkdtempSync(join(tmpdir(), 'selfheal-lsp-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [serverPath, '--stdio'], {
    env: { ...process.env, ...options.env },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const uri = (path: string): string => pathToFileURL(join(root, path)).href;
  const pushed = new Map<string, PublishDiagnosticsParams>();
  const notifications: TestClient['notifications'] = [];
  const applied: WorkspaceEdit[] = [];
  const versions = new Map<string, number>();
  let refreshes = 0;

  connection.onNotification(
    'textDocument/publishDiagnostics',
    (params: PublishDiagnosticsParams) => void pushed.set(params.uri, params),
  );
  connection.onUnhandledNotification(
    (message) => void notifications.push({ method: message.method, params: message.params }),
  );
  connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) =>
    items.map(() => client.settings),
  );
  connection.onRequest('workspace/diagnostic/refresh', () => (refreshes++, null));
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest(
    'workspace/applyEdit',
    ({ edit }: { edit: WorkspaceEdit }) => (applied.push(edit), { applied: true }),
  );
  connection.listen();

  const folder = pathToFileURL(root).href;
  const initialized: InitializeResult = await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: folder,
    capabilities,
    locale: options.locale ?? 'en',
    initializationOptions: options.initializationOptions ?? {},
    ...(capabilities.workspace?.workspaceFolders && { workspaceFolders: [{ uri: folder, name: 'test' }] }),
  });

  const client: TestClient = {
    root,
    initialized,
    uri,
    pushed,
    notifications,
    applied,
    settings: options.settings ?? {},
    refreshes: () => refreshes,
    async write(path, text) {
      writeFileSync(join(root, path), text);
      await connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: uri(path), type: 2 }] });
    },
    async open(path, text) {
      versions.set(path, 1);
      await connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri: uri(path), languageId: 'yaml', version: 1, text },
      });
    },
    async change(path, text) {
      const version = (versions.get(path) ?? 0) + 1;
      versions.set(path, version);
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri: uri(path), version },
        contentChanges: [{ text }],
      });
    },
    close: (path) => connection.sendNotification('textDocument/didClose', { textDocument: { uri: uri(path) } }),
    pull: (path, previousResultId) =>
      connection.sendRequest('textDocument/diagnostic', { textDocument: { uri: uri(path) }, previousResultId }),
    async pullWorkspace() {
      const { items }: { items: { uri: string; items?: Diagnostic[] }[] } = await connection.sendRequest(
        'workspace/diagnostic',
        { previousResultIds: [] },
      );
      return new Map(items.map((report) => [report.uri, report.items ?? []]));
    },
    async actions(path, range, only) {
      const diagnostics = client.initialized.capabilities.diagnosticProvider
        ? (await client.pull(path)).items
        : (pushed.get(uri(path))?.diagnostics ?? []);
      const result: CodeAction[] | null = await connection.sendRequest('textDocument/codeAction', {
        textDocument: { uri: uri(path) },
        range,
        context: { diagnostics, ...(only && { only }) },
      });
      return result ?? [];
    },
    request: (method, params) => connection.sendRequest(method, params ?? null),
    notify: (method, params) => connection.sendNotification(method, params as object),
    async stop() {
      await connection.sendRequest('shutdown');
      const exited = new Promise((resolve) => child.once('exit', resolve));
      await connection.sendNotification('exit');
      await exited;
      connection.dispose();
      rmSync(root, { recursive: true, force: true });
      if (stderr !== '') throw new Error(`The server wrote to its error stream:\n${stderr}`);
    },
  };
  await connection.sendNotification('initialized', {});
  return client;
}

/** Waits until a condition holds; fails with its description when it never does. */
export async function until<Value>(
  what: string,
  get: () => Value | undefined | false | Promise<Value | undefined | false>,
): Promise<Value> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await get();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Text edits of an action for one file; those with snippets as their snippet text. */
export function editsOf(action: CodeAction, uri: string): TextEdit[] {
  const { changes, documentChanges = [] } = action.edit ?? {};
  const fromDocuments = documentChanges.flatMap((change) =>
    'edits' in change && change.textDocument.uri === uri ? change.edits : [],
  );
  return [...(changes?.[uri] ?? []), ...fromDocuments].map((edit) => ({
    range: edit.range,
    newText: 'snippet' in edit ? edit.snippet.value : edit.newText,
  }));
}

/** Applies edits to a text as an editor does. */
export function applyTo(text: string, edits: readonly TextEdit[]): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: { line: number; character: number }): number =>
    lines.slice(0, line).reduce((sum, current) => sum + current.length + 1, 0) + character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (result, { range, newText }) => result.slice(0, offset(range.start)) + newText + result.slice(offset(range.end)),
      text,
    );
}
