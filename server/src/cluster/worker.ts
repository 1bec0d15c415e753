/** Entry of the worker thread: a cluster session whose calls and updates are messages. */
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { createSession } from './session.ts';
import type { FromWorker, ToWorker, UpdateTaken, WorkerResults } from './worker-protocol.ts';

const port = parentPort;
if (port === null) throw new Error('cluster worker: runs as a worker thread only');

// Where both want the same processor, whoever types goes first. Linux alone gives each thread a priority of its own
// (setpriority(2)); elsewhere this would slow down the whole server.
try {
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // Not allowed here: the session works all the same.
}

const post = (message: FromWorker): void => port.postMessage(message);

let taken = (): void => undefined;

const session = createSession({
  onUpdate(update) {
    post({ type: 'update', update });
    return new Promise<void>((resolve) => (taken = resolve));
  },
  log: (level, text) => post({ type: 'log', level, text }),
});

function answer(request: ToWorker): Promise<WorkerResults[keyof WorkerResults]> {
  if (request.type === 'contexts') return session.contexts(request.kubeconfig);
  if (request.type === 'connect') return session.connect(request.params);
  if (request.type === 'openRecording') return session.openRecording(request.path);
  if (request.type === 'exportRecording') return session.exportRecording(request.file);
  if (request.type === 'rights') return session.rights(request.params);
  const ended = request.type === 'disconnect' ? session.disconnect() : session.dispose();
  return ended.then(() => null);
}

port.on('message', (request: ToWorker | UpdateTaken) => {
  if (request.type === 'taken') {
    taken();
    return;
  }
  const { id } = request;
  answer(request).then(
    (value) => {
      post({ type: 'result', id, value });
      // Nothing is left that could keep the thread alive, so it ends.
      if (request.type === 'dispose') port.close();
    },
    (error: unknown) => post({ type: 'error', id, reason: error instanceof Error ? error.message : String(error) }),
  );
});
