/** Messages between the host of the cluster session and its worker thread. Both ends import them from here. */
import type {
  ConnectParams,
  ConnectResult,
  ContextList,
  ExportResult,
  RightsParams,
  RightsReport,
} from '../../../core/src/protocol.ts';
import type { HealthUpdate } from '../../../core/src/live/view.ts';
import type { LogLevel } from './link.ts';

/** What the host asks. */
export type ToWorker =
  | { readonly type: 'contexts'; readonly id: number; readonly kubeconfig?: string }
  | { readonly type: 'connect'; readonly id: number; readonly params: ConnectParams }
  | { readonly type: 'disconnect'; readonly id: number }
  | { readonly type: 'openRecording'; readonly id: number; readonly path: string }
  | { readonly type: 'exportRecording'; readonly id: number; readonly file: string }
  | { readonly type: 'rights'; readonly id: number; readonly params: RightsParams }
  | { readonly type: 'dispose'; readonly id: number };

/** Tells that an update was taken, and that the next may come. */
export interface UpdateTaken {
  readonly type: 'taken';
}

/** What a question is answered with. */
export interface WorkerResults {
  readonly contexts: ContextList;
  readonly connect: ConnectResult;
  readonly disconnect: null;
  readonly openRecording: ConnectResult;
  readonly exportRecording: ExportResult;
  readonly rights: RightsReport;
  readonly dispose: null;
}

/** What the worker tells. */
export type FromWorker =
  | { readonly type: 'result'; readonly id: number; readonly value: WorkerResults[keyof WorkerResults] }
  | { readonly type: 'error'; readonly id: number; readonly reason: string }
  | { readonly type: 'update'; readonly update: HealthUpdate }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string };
