/**
 * The cluster session as the rest of the server sees it: the same calls, carried out in a worker thread, so that a
 * flood of events never delays a diagnostic. The thread exists from the first use to `disconnect`.
 */
import { Worker } from 'node:worker_threads';
import { applyPatch } from '../../../core/src/live/patch.ts';
import type { HealthUpdate, HealthView, Message } from '../../../core/src/live/view.ts';
import type { LogLevel } from './link.ts';
import { message } from './problem.ts';
import type { UpdateReceiver } from './publisher.ts';
import { createRedactor, plainText } from './redact.ts';
import type { ClusterSession } from './session.ts';
import type { FromWorker, ToWorker, UpdateTaken, WorkerResults } from './worker-protocol.ts';

export interface ClusterHostOptions {
  /** File of the worker thread: the bundle of worker.ts. */
  readonly workerPath: string | URL;
  /** What it returns settles when the update has left. */
  readonly onUpdate: UpdateReceiver;
  readonly log: (level: LogLevel, message: string) => void;
  /** Environment of the worker; that of the process where absent. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A session in a worker thread, and whether that exists. */
export interface ClusterHost extends ClusterSession {
  readonly running: boolean;
}

type Kind = keyof WorkerResults;
type Question = ToWorker extends infer Each ? (Each extends ToWorker ? Omit<Each, 'id'> : never) : never;

interface Pending {
  readonly resolve: (value: WorkerResults[Kind]) => void;
  readonly reject: (error: Error) => void;
}

/** More than any cluster within the supported size needs; beyond it the thread ends, and the server lives on. In MB. */
const heapLimit = 1024;

const emptyView = (): HealthView => ({
  now: Date.now(),
  connection: { state: 'disconnected', since: Date.now(), kinds: [] },
  totals: { open: 0, healing: 0, needsHuman: 0, recovered24h: 0, restarts24h: 0, pods: 0, readyPods: 0, workloads: 0 },
  incidents: [],
  workloads: [],
  nodes: [],
  problems: [],
  services: [],
  actions: [],
});

/** Thrown into calls that a crash left unanswered. */
class WorkerCrash extends Error {
  readonly problem: Message;

  constructor(reason: string) {
    super(reason);
    this.name = 'WorkerCrash';
    this.problem = message('cluster.worker/crashed', { reason });
  }
}

/** Creates the host. No thread is started before the first `contexts` or `connect`. */
export function createClusterHost(options: ClusterHostOptions): ClusterHost {
  const { onUpdate, log } = options;
  const redactor = createRedactor();
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let lastId = 0;
  // Versions are counted here: those of a second thread would begin anew.
  let version = 1;
  let view = emptyView();

  const show = (next: HealthView): void | Promise<void> => {
    view = next;
    version += 1;
    return onUpdate({ type: 'snapshot', version, view });
  };
  const receive = (update: HealthUpdate): void | Promise<void> => {
    if (update.type === 'snapshot') return show(update.view);
    view = applyPatch(view, update.patch);
    version += 1;
    return onUpdate({ type: 'patch', from: version - 1, to: version, patch: update.patch });
  };
  /** The thread sends no more before this update has left: a slow client must not fill the memory. */
  const passOn = async (from: Worker, update: HealthUpdate): Promise<void> => {
    try {
      await receive(update);
    } catch (error) {
      log('debug', `an update could not be sent: ${error instanceof Error ? error.message : String(error)}`);
    }
    const taken: UpdateTaken = { type: 'taken' };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    if (worker === from) from.postMessage(taken);
  };

  const crashed = (from: Worker, reason: string): void => {
    if (worker !== from) return;
    worker = undefined;
    log('error', `cluster worker: ${reason}`);
    const crash = new WorkerCrash(reason);
    for (const { reject } of pending.values()) reject(crash);
    pending.clear();
    const now = Date.now();
    const remedy = message('cluster.remedy/reconnect');
    const { kinds, retryAt: _, ...connection } = view.connection;
    const stale = kinds.map((kind) => (kind.state === 'synced' ? { ...kind, state: 'stale' as const } : kind));
    // The picture stays: what was known is still the best that is known.
    void show({
      ...view,
      connection: { ...connection, kinds: stale, state: 'failed', since: now, problem: crash.problem, remedy },
    });
  };

  const start = (): Worker => {
    const thread = new Worker(options.workerPath, {
      name: 'selfheal-cluster',
      ...(options.env === undefined ? {} : { env: options.env }),
      resourceLimits: { maxOldGenerationSizeMb: heapLimit },
      // The server's own stdout carries its protocol: not a byte of the thread may get there.
      stdout: true,
      stderr: true,
    });
    for (const stream of [thread.stdout, thread.stderr]) {
      stream.on('data', (chunk: Buffer) =>
        log('debug', `cluster worker: ${redactor.redact(plainText(chunk.toString()))}`),
      );
    }
    thread.on('message', (incoming: FromWorker) => {
      if (worker !== thread) return;
      if (incoming.type === 'update') void passOn(thread, incoming.update);
      else if (incoming.type === 'log') log(incoming.level, incoming.text);
      else {
        const waiting = pending.get(incoming.id);
        pending.delete(incoming.id);
        if (incoming.type === 'result') waiting?.resolve(incoming.value);
        else waiting?.reject(new Error(incoming.reason));
      }
    });
    thread.on('error', (error) => crashed(thread, error instanceof Error ? error.message : String(error)));
    thread.on('exit', (code) => crashed(thread, `exit code ${code}`));
    worker = thread;
    return thread;
  };

  const ask = <K extends Kind>(question: Question & { readonly type: K }): Promise<WorkerResults[K]> => {
    const thread = worker ?? start();
    lastId += 1;
    const id = lastId;
    return new Promise((resolve, reject) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the answer is of the question's kind
      pending.set(id, { resolve: (value) => resolve(value as WorkerResults[K]), reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      thread.postMessage({ ...question, id });
    });
  };

  /** Ends the thread in good order; what it leaves open, the end of the thread closes. */
  const end = async (type: 'disconnect' | 'dispose'): Promise<void> => {
    const thread = worker;
    if (thread === undefined) return;
    try {
      await ask({ type });
    } catch (error) {
      if (!(error instanceof WorkerCrash)) throw error;
    }
    // Another call may have come in between, which needs the thread.
    if (worker !== thread || pending.size > 0) return;
    worker = undefined;
    await thread.terminate();
  };

  return {
    get running() {
      return worker !== undefined;
    },
    async contexts(kubeconfig) {
      try {
        return await ask(kubeconfig === undefined ? { type: 'contexts' } : { type: 'contexts', kubeconfig });
      } catch (error) {
        if (!(error instanceof WorkerCrash)) throw error;
        return { files: [], contexts: [], problem: error.problem };
      }
    },
    async connect(params) {
      try {
        return await ask({ type: 'connect', params });
      } catch (error) {
        if (!(error instanceof WorkerCrash)) throw error;
        return { started: false, problem: error.problem };
      }
    },
    disconnect: async () => {
      const had = worker !== undefined;
      await end('disconnect');
      // After a crash there is no thread to say so.
      if (!had && view.connection.state !== 'disconnected') await show(emptyView());
    },
    async openRecording(path) {
      try {
        return await ask({ type: 'openRecording', path });
      } catch (error) {
        if (!(error instanceof WorkerCrash)) throw error;
        return { started: false, problem: error.problem };
      }
    },
    async exportRecording(file) {
      // Without a thread nothing is connected, so nothing is recorded.
      if (worker === undefined) return { problem: message('cluster.history/nothing') };
      try {
        return await ask({ type: 'exportRecording', file });
      } catch (error) {
        if (!(error instanceof WorkerCrash)) throw error;
        return { problem: error.problem };
      }
    },
    async rights(params) {
      try {
        return await ask({ type: 'rights', params });
      } catch (error) {
        if (!(error instanceof WorkerCrash)) throw error;
        return { context: params.context ?? '', missing: [], yaml: '', problem: error.problem };
      }
    },
    snapshot: () => ({ type: 'snapshot', version, view }),
    dispose: () => end('dispose'),
  };
}
