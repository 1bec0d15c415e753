/** The last known health, folded from the server's stream. */
import * as vscode from 'vscode';
import { emptyView, reduceHealth, type HealthState } from '../../../core/src/health-stream.ts';
import type { ConnectionView, HealthUpdate, HealthView } from '../../../core/src/live/view.ts';
import { method, type ConnectParams } from '../../../core/src/protocol.ts';
import type { Server } from './server.ts';

/** The health as the other parts use it. */
export interface Health extends vscode.Disposable {
  readonly view: () => HealthView | undefined;
  /** Milliseconds since the view arrived, to run its timers on. */
  readonly age: () => number;
  readonly snapshot: () => HealthUpdate;
  /** Every update, as it came or as this side made it. */
  readonly onUpdate: vscode.Event<HealthUpdate>;
  /** States the connection from this side, such as a kubeconfig that cannot be read; rows stay as they are. */
  readonly say: (connection: Partial<ConnectionView>) => void;
  /** What the last connection was made with. */
  lastConnect: ConnectParams | undefined;
}

/** A version no server uses: the next patch does not fit it, so that a snapshot is asked for. */
const ownVersion = -1;

/** Starts without a view. */
export function createHealth(server: Server, log: vscode.LogOutputChannel): Health {
  const updated = new vscode.EventEmitter<HealthUpdate>();
  let state: HealthState | undefined;
  let receivedAt = 0;
  let asking = false;

  const receive = (update: HealthUpdate): void => {
    const next = reduceHealth(state, update);
    if (next === 'gap') {
      void resync();
      return;
    }
    if (next.view.connection.state !== state?.view.connection.state) {
      log.info(`Connection: ${next.view.connection.state} ${next.view.connection.context ?? ''}`);
      void vscode.commands.executeCommand('setContext', 'selfheal.connection', next.view.connection.state);
    }
    state = next;
    receivedAt = performance.now();
    updated.fire(update);
  };
  const resync = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      receive(await server.request<HealthUpdate>(method.snapshot));
    } catch (error) {
      log.warn(`No snapshot of the cluster's health: ${String(error)}`);
    } finally {
      asking = false;
    }
  };
  const say = (connection: Partial<ConnectionView>): void => {
    const now = Date.now();
    const view = state?.view ?? emptyView(now);
    // What an earlier state said does not explain this one.
    const { problem: _problem, remedy: _remedy, retryAt: _retryAt, ...kept } = view.connection;
    receive({
      type: 'snapshot',
      version: ownVersion,
      view: { ...view, connection: { ...kept, since: now, ...connection } },
    });
  };
  const listeners = [
    server.onHealth(receive),
    server.onStopped(() => {
      if (state === undefined || state.view.connection.state === 'disconnected') return;
      say({ state: 'failed', problem: { id: 'client.server-stopped' }, remedy: { id: 'client.connect-again' } });
    }),
  ];
  return {
    view: () => state?.view,
    age: () => (state === undefined ? 0 : performance.now() - receivedAt),
    snapshot: () => ({
      type: 'snapshot',
      version: state?.version ?? ownVersion,
      view: state?.view ?? emptyView(Date.now()),
    }),
    onUpdate: updated.event,
    say,
    lastConnect: undefined,
    dispose: () => vscode.Disposable.from(...listeners, updated).dispose(),
  };
}
