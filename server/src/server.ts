import type { ClientCapabilities, Connection, InitializeParams, ServerCapabilities } from 'vscode-languageserver';
import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  TextDocuments,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { InitializationOptions } from '../../core/src/protocol.ts';
import { method } from '../../core/src/protocol.ts';
import type { LintSettings } from '../../core/src/settings.ts';
import type { Templates } from '../../core/src/lint/findings.ts';
import { registerAssist } from './features/assist.ts';
import { registerCodeActions } from './features/code-actions.ts';
import type { DiagnosticsFeature } from './features/diagnostics.ts';
import { registerDiagnostics } from './features/diagnostics.ts';
import { editSupport } from './features/fix-actions.ts';
import { registerFixWorkspace } from './features/fix-workspace.ts';
import type { Rendering } from './features/rendering.ts';
import { registerRendering } from './features/rendering.ts';
import type { LiveEvidence, OpenCluster } from './features/live-evidence.ts';
import { registerLive } from './features/live-evidence.ts';
import { helpersGlob, yamlGlob } from './files.ts';
import type { Log } from './session.ts';
import { Session } from './session.ts';
import { serverMessages } from './ui-text.ts';

/** What the shell around the server provides. */
export interface ServerHost {
  /** Templates for a locale such as `zh-cn`. */
  templates(locale: string | undefined): Templates;
  /** Address of a rule's page; undefined where the pages are not installed. */
  readonly pageOf: (rule: string) => string | undefined;
  /** Texts of what a cluster session says, by message id. */
  liveTexts(locale: string | undefined): Readonly<Record<string, string>>;
  /** Makes a cluster session; called on the first request that needs one. */
  openCluster(log: Log): OpenCluster;
}

/** Serves a connection until it ends. */
export function serve(connection: Connection, host: ServerHost): void {
  const log: Log = (level, message) => connection.console[level](message);
  const documents = new TextDocuments(TextDocument);
  let session: Session;
  let diagnostics: DiagnosticsFeature;
  let live: LiveEvidence;
  let rendering: Rendering;
  let client: ClientCapabilities = {};
  let folders: string[] = [];
  let given: LintSettings = {};

  connection.onInitialize((params: InitializeParams) => {
    client = params.capabilities;
    const options = (params.initializationOptions ?? {}) as InitializationOptions & { settings?: LintSettings };
    given = options.settings ?? {};
    folders = workspaceFolders(params);
    session = new Session({ templates: host.templates(params.locale), pageOf: host.pageOf }, log, (what) => {
      diagnostics?.changed(what);
      if (what === 'workspace') tellStatus();
    });
    const trusted = options.trusted !== false;
    live = registerLive(connection, session, host.openCluster(log), trusted, editSupport(client));
    registerFixWorkspace(connection, session);
    diagnostics = registerDiagnostics(connection, session, live, client);
    rendering = registerRendering(session, log, trusted, diagnostics.told);
    connection.onRequest(method.texts, () => ({ ...serverMessages, ...host.liveTexts(params.locale) }));
    const capabilities: ServerCapabilities = {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      ...diagnostics.capabilities,
      ...registerCodeActions(connection, session, client),
      ...registerAssist(connection, session),
    };
    return { capabilities, serverInfo: { name: 'selfheal' } };
  });

  let told = '';
  /** Tells what the linter does, when it changed. */
  const tellStatus = (): void => {
    const missingTools = rendering?.missing() ?? [];
    const status = { ...session.status(), ...(missingTools.length > 0 && { missingTools }) };
    const text = JSON.stringify(status);
    if (text === told) return;
    told = text;
    void connection.sendNotification(method.status, status);
  };

  const settingsOf = async (): Promise<Map<string, LintSettings>> => {
    if (!client.workspace?.configuration || folders.length === 0) return new Map(folders.map((uri) => [uri, given]));
    const asked = await connection.workspace.getConfiguration(
      folders.map((scopeUri) => ({ scopeUri, section: 'selfheal' })),
    );
    return new Map(folders.map((uri, index) => [uri, (asked as (LintSettings | null)[])[index] ?? given]));
  };

  connection.onInitialized(async () => {
    if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration)
      await connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: yamlGlob }, { globPattern: '**/Kustomization' }, { globPattern: helpersGlob }],
      });
    if (client.workspace?.didChangeConfiguration?.dynamicRegistration)
      await connection.client.register(DidChangeConfigurationNotification.type, { section: 'selfheal' });
    if (client.workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(async ({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => uri));
        folders = [...folders.filter((uri) => !gone.has(uri)), ...added.map(({ uri }) => uri)];
        await session.setFolders(folders, await settingsOf());
        rendering.begin();
      });
    }
    await session.setFolders(folders, await settingsOf());
    rendering.begin();
  });

  connection.onDidChangeConfiguration(async ({ settings }) => {
    const sent = (settings as { selfheal?: LintSettings } | null)?.selfheal;
    if (sent) given = sent;
    session.setSettings(await settingsOf());
    if (session.scanned) rendering.begin();
  });
  connection.onDidChangeWatchedFiles(async ({ changes }) => {
    for (const { uri } of changes) if (!uri.endsWith('.tpl')) await session.reread(uri);
    // Those that are open tell when they are saved.
    rendering.saved(changes.map(({ uri }) => uri).filter((uri) => !documents.get(uri)));
  });
  documents.onDidChangeContent(({ document }) => {
    diagnostics.opened(document.uri, document.version);
    session.update(document.uri, document.getText());
  });
  documents.onDidSave(({ document }) => rendering.saved([document.uri]));
  documents.onDidClose(({ document }) => {
    diagnostics.closed(document.uri);
    void session.close(document.uri);
  });
  connection.onShutdown(() => {
    rendering?.dispose();
    return live?.dispose();
  });
  documents.listen(connection);
  connection.listen();
}

function workspaceFolders({ workspaceFolders: listed, rootUri }: InitializeParams): string[] {
  const uris = listed?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
  return uris.filter((uri) => uri.startsWith('file:'));
}
