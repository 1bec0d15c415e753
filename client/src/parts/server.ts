/** The language server's process: started on first need, restarted after a crash, never noisy. */
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  TransportKind,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import { isHealthUpdate } from '../../../core/src/dashboard-messages.ts';
import type { HealthUpdate } from '../../../core/src/live/view.ts';
import { method, type InitializationOptions, type LintStatus } from '../../../core/src/protocol.ts';

/** The language server as the other parts use it. */
export interface Server extends vscode.Disposable {
  readonly start: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly running: () => boolean;
  /** Sends a request, after starting the server if need be. */
  readonly request: <Result>(name: string, params?: object) => Promise<Result>;
  readonly onStarted: vscode.Event<void>;
  /** The process ended, by itself or on request. */
  readonly onStopped: vscode.Event<void>;
  readonly onHealth: vscode.Event<HealthUpdate>;
  readonly onStatus: vscode.Event<LintStatus>;
}

/** Crashes within `crashWindow` milliseconds after which the server stays down until a person restarts it. */
const crashLimit = 4;
const crashWindow = 3 * 60_000;

/** No process is started before `start` or `request`. */
export function createServer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Server {
  const started = new vscode.EventEmitter<void>();
  const stopped = new vscode.EventEmitter<void>();
  const health = new vscode.EventEmitter<HealthUpdate>();
  const status = new vscode.EventEmitter<LintStatus>();
  let current: Promise<LanguageClient> | undefined;
  let running = false;

  const launch = async (): Promise<LanguageClient> => {
    const client = newClient(context, log);
    client.onDidChangeState(({ newState }) => {
      const was = running;
      running = newState === State.Running;
      if (running && !was) started.fire();
      if (was && newState === State.Stopped) stopped.fire();
    });
    client.onNotification(method.health, (update: unknown) => {
      if (isHealthUpdate(update)) health.fire(update);
      else log.warn('A health update of the server was not understood and was dropped.');
    });
    client.onNotification(method.status, (value: LintStatus) => status.fire(value));
    await client.start();
    return client;
  };
  const start = (): Promise<LanguageClient> => {
    if (current === undefined) {
      const attempt = launch();
      current = attempt;
      attempt.catch((error: unknown) => {
        log.error(`The language server did not start: ${String(error)}`);
        if (current === attempt) current = undefined;
        stopped.fire();
      });
    }
    return current;
  };
  const stop = async (): Promise<void> => {
    const old = current;
    current = undefined;
    const client = await old?.catch(() => undefined);
    await client?.dispose(2000).catch((error: unknown) => log.debug(`Stopping the server: ${String(error)}`));
    if (running) stopped.fire();
    running = false;
  };
  return {
    start: async () => void (await start()),
    restart: async () => {
      await stop();
      await start();
    },
    stop,
    running: () => running,
    request: async <Result>(name: string, params?: object) => {
      const client = await start();
      return params === undefined ? client.sendRequest<Result>(name) : client.sendRequest<Result>(name, params);
    },
    onStarted: started.event,
    onStopped: stopped.event,
    onHealth: health.event,
    onStatus: status.event,
    dispose: () => {
      void stop();
      vscode.Disposable.from(started, stopped, health, status).dispose();
    },
  };
}

function newClient(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): LanguageClient {
  const module = context.asAbsolutePath('dist/server.cjs');
  const node = { module, transport: TransportKind.ipc };
  const initializationOptions: InitializationOptions = { trusted: vscode.workspace.isTrusted };
  const crashes: number[] = [];
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: 'file', language: 'yaml' },
      { scheme: 'untitled', language: 'yaml' },
    ],
    initializationOptions,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationFailedHandler: (error) => {
      log.error(`The language server refused to start: ${String(error)}`);
      return false;
    },
    errorHandler: {
      error: (error, _message, count) => {
        log.error(`Talking to the language server failed: ${error.message}`);
        return { action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown, handled: true };
      },
      closed: () => {
        const now = Date.now();
        crashes.push(now);
        const recent = crashes.filter((at) => now - at < crashWindow).length;
        const again = recent <= crashLimit;
        log.error(`The language server ended unexpectedly${again ? ' and is started again' : '; it stays down'}.`);
        return { action: again ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
      },
    },
  };
  return new LanguageClient('selfheal', 'Selfheal', { run: node, debug: node }, options);
}
