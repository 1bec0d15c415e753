/** A small language client: raw JSON-RPC over a server's standard streams, with the moment of each answer. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** A server, how to start it and what it asks of its client. */
export interface ServerSetup {
  readonly command: readonly string[];
  /** Answers `textDocument/diagnostic` rather than waiting for `publishDiagnostics`. */
  readonly pull: boolean;
  /** Answers to `workspace/configuration`, by dotted section. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Methods to notify once initialized. */
  readonly afterInitialized?: readonly string[];
  /** Text behind an address that the server asks its client for; undefined for none. */
  content?(address: string): string | undefined;
}

/** Diagnostics as they came, and when (milliseconds of `performance.now`). */
export interface Answer {
  readonly at: number;
  readonly diagnostics: readonly {
    readonly range: { readonly start: { readonly line: number } };
    readonly message: string;
  }[];
}

export interface LanguageClient {
  readonly pid: number;
  /** When the process was spawned, and when `initialize` was answered. */
  readonly spawned: number;
  readonly initialized: number;
  /** Opens a document and waits for its diagnostics. */
  open(uri: string, text: string): Promise<Answer>;
  /** One change of one line, and the diagnostics of that version. */
  change(uri: string, line: number, from: number, to: number, text: string): Promise<Answer>;
  request<Result>(method: string, params: unknown): Promise<Result>;
  stop(): Promise<void>;
}

interface Incoming {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Longest wait for any answer, milliseconds. */
const patience = 180_000;

/** Starts a server on a folder and initializes it. */
export async function startServer(setup: ServerSetup, folder: string): Promise<LanguageClient> {
  const spawned = performance.now();
  const child = spawn(process.execPath, [...setup.command], { cwd: folder });
  const wire = connect(child);
  const versions = new Map<string, number>();
  const published = new Map<string, { version: number; resolve(answer: Answer): void }>();
  wire.serve((method, params, at) => {
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, version, diagnostics } = params as {
        uri: string;
        version?: number;
        diagnostics: Answer['diagnostics'];
      };
      const waiting = published.get(uri);
      if (!waiting || (version !== undefined && version !== waiting.version)) return null;
      published.delete(uri);
      waiting.resolve({ at, diagnostics });
    }
    return answerOf(setup, folder, method, params);
  });
  const root = pathToFileURL(folder).href;
  const { capabilities } = await wire.request<{ capabilities: { diagnosticProvider?: unknown } }>('initialize', {
    processId: process.pid,
    rootUri: root,
    workspaceFolders: [{ uri: root, name: 'bench' }],
    initializationOptions: {},
    capabilities: capabilitiesOf(setup.pull),
  });
  const initialized = performance.now();
  if (setup.pull && !capabilities.diagnosticProvider)
    throw new Error(`${setup.command[0]} gives no diagnostics on request`);
  wire.notify('initialized', {});
  for (const method of setup.afterInitialized ?? []) wire.notify(method, {});

  const diagnosticsAfter = (uri: string, version: number, send: () => void): Promise<Answer> => {
    versions.set(uri, version);
    if (!setup.pull) {
      const answer = within(
        new Promise<Answer>((resolve) => published.set(uri, { version, resolve })),
        `diagnostics of ${uri}`,
      );
      send();
      return answer;
    }
    send();
    return wire
      .request<{ items?: Answer['diagnostics'] }>('textDocument/diagnostic', { textDocument: { uri } })
      .then(({ items = [] }) => ({ at: performance.now(), diagnostics: items }));
  };
  return {
    pid: child.pid ?? 0,
    spawned,
    initialized,
    open: (uri, text) =>
      diagnosticsAfter(uri, 1, () =>
        wire.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } }),
      ),
    change(uri, line, from, to, text) {
      const version = (versions.get(uri) ?? 1) + 1;
      const range = { start: { line, character: from }, end: { line, character: to } };
      const params = { textDocument: { uri, version }, contentChanges: [{ range, text }] };
      return diagnosticsAfter(uri, version, () => wire.notify('textDocument/didChange', params));
    },
    request: (method, params) => wire.request(method, params),
    async stop() {
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await wire.request('shutdown', null).catch(() => undefined);
      wire.notify('exit', null);
      await gone;
      clearTimeout(timer);
    },
  };
}

const capabilitiesOf = (pull: boolean): object => ({
  workspace: {
    configuration: true,
    workspaceFolders: true,
    didChangeConfiguration: { dynamicRegistration: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    diagnostics: { refreshSupport: true },
  },
  textDocument: {
    synchronization: { didSave: true },
    publishDiagnostics: { relatedInformation: true, versionSupport: true, codeDescriptionSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll'] } } },
    ...(pull && { diagnostic: { dynamicRegistration: false } }),
  },
});

function answerOf(setup: ServerSetup, folder: string, method: string, params: unknown): unknown {
  if (method === 'workspace/configuration') {
    const { items } = params as { items: readonly { section?: string }[] };
    return items.map(({ section = '' }) => section.split('.').reduce(step, setup.settings) ?? null);
  }
  if (method === 'workspace/workspaceFolders') return [{ uri: pathToFileURL(folder).href, name: 'bench' }];
  if (method === 'vscode/content') {
    const address = String(Array.isArray(params) ? params[0] : params);
    const text = setup.content?.(address);
    if (text === undefined) throw new Error(`404 ${address}`);
    return text;
  }
  return null;
}

const step = (value: unknown, key: string): unknown => (value as Readonly<Record<string, unknown>> | undefined)?.[key];

/** Waits, but not for ever. */
function within<Result>(promise: Promise<Result>, what: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${patience / 1000} s for ${what}`)), patience);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

interface Wire {
  request<Result>(method: string, params: unknown): Promise<Result>;
  notify(method: string, params: unknown): void;
  /** Handles what the server asks and tells. */
  serve(handler: (method: string, params: unknown, at: number) => unknown): void;
}

function connect(child: ChildProcessWithoutNullStreams): Wire {
  const pending = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let handler: (method: string, params: unknown, at: number) => unknown = () => null;
  let lastId = 0;
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => (stderr = (stderr + part.toString()).slice(-1000)));
  child.stdin.on('error', () => undefined);
  child.on('exit', (code) => {
    for (const { reject } of pending.values()) reject(new Error(`The server ended with ${code}: ${stderr}`));
    pending.clear();
  });
  const send = (message: object): void => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  };
  const receive = (message: Incoming, at: number): void => {
    const { id, method, params, result, error } = message;
    if (method === undefined) {
      const waiting = pending.get(id ?? -1);
      pending.delete(id ?? -1);
      if (error) waiting?.reject(new Error(error.message));
      else waiting?.resolve(result);
      return;
    }
    try {
      const answer = handler(method, params, at);
      if (id !== undefined) send({ id, result: answer });
    } catch (failure) {
      if (id !== undefined) send({ id, error: { code: -32000, message: String(failure) } });
    }
  };
  child.stdout.on(
    'data',
    splitter((body) => receive(JSON.parse(body) as Incoming, performance.now())),
  );
  return {
    request<Result>(method: string, params: unknown) {
      const id = ++lastId;
      send({ id, method, params });
      return within(
        new Promise<unknown>((resolve, reject) => pending.set(id, { resolve, reject })),
        method,
      ) as Promise<Result>;
    },
    notify: (method, params) => send({ method, params }),
    serve: (given) => (handler = given),
  };
}

/** Cuts a stream into the messages it carries. */
function splitter(take: (body: string) => void): (part: Buffer) => void {
  let parts: Buffer[] = [];
  let have = 0;
  let need = 0;
  return (part) => {
    parts.push(part);
    have += part.length;
    while (have >= need) {
      const buffer = Buffer.concat(parts);
      const head = buffer.indexOf('\r\n\r\n');
      const length =
        head < 0 ? Number.NaN : Number(/content-length: *(\d+)/i.exec(buffer.toString('latin1', 0, head))?.[1]);
      need = head < 0 ? have + 1 : head + 4 + length;
      parts = [buffer];
      if (have < need) return;
      take(buffer.toString('utf8', head + 4, need));
      parts = [buffer.subarray(need)];
      have -= need;
      need = have === 0 ? 1 : 0;
    }
  };
}
