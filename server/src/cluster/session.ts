/**
 * The cluster session: connects on a person's word, feeds the live engine, publishes its view.
 * It reads (GET only), never lists Secrets, and contacts nothing before `connect`.
 */
import type { ConnectParams, ConnectResult, ContextList } from '../../../core/src/protocol.ts';
import { createEngine } from '../../../core/src/live/engine.ts';
import type { ConnectionView, HealthUpdate, HealthView } from '../../../core/src/live/view.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { openLink, type Link, type LogLevel } from './link.ts';
import { ClusterError } from './problem.ts';
import { createPublisher } from './publisher.ts';
import { createRedactor } from './redact.ts';
import { chooseTarget, contextList, type Target } from './target.ts';
import { defaultTimings, type Timings } from './timings.ts';

export interface SessionOptions {
  readonly onUpdate: (update: HealthUpdate) => void;
  /** Receives lines without credentials. */
  readonly log: (level: LogLevel, message: string) => void;
  /** Environment for KUBECONFIG, proxies and login commands; that of the process where absent. */
  readonly env?: NodeJS.ProcessEnv;
  /** Epoch ms. */
  readonly now?: () => number;
  readonly timings?: Partial<Timings>;
}

export interface ClusterSession {
  /** Contexts to choose from; reads files only. */
  contexts(kubeconfig?: string): Promise<ContextList>;
  /** Begins to connect; what becomes of it arrives as updates. */
  connect(params: ConnectParams): Promise<ConnectResult>;
  disconnect(): Promise<void>;
  /** The view as it stands, with the version that the next patch continues from. */
  snapshot(): HealthUpdate;
  dispose(): Promise<void>;
}

/** A tick that comes this much too late, in ms, means that the machine slept: open streams may be dead. */
const sleptFor = 15_000;

/** Creates a session; it does nothing until it is asked. */
export function createSession(options: SessionOptions): ClusterSession {
  const now = options.now ?? Date.now;
  const env = options.env ?? process.env;
  const timings: Timings = { ...defaultTimings, ...options.timings };
  const redactor = createRedactor();
  const log = (level: LogLevel, text: string): void => options.log(level, redactor.redact(text));

  let engine = createEngine();
  let link: Link | undefined;
  let linkKey = '';
  let idle: ConnectionView = { state: 'disconnected', since: now(), kinds: [] };
  let ticker: NodeJS.Timeout | undefined;
  let generation = 0;

  const clock = (): number => link?.clock() ?? now();
  const view = (): HealthView => engine.view(clock(), link?.view() ?? idle);
  const publisher = createPublisher(timings.update, view, (update) => options.onUpdate(update));

  const guard = (what: string, run: () => void): void => {
    try {
      run();
    } catch (error) {
      // A fault in judging one object must not end the stream that brings the next.
      log('error', `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  };

  let ticked = now();
  const tick = (): void => {
    const late = now() - ticked - timings.tick;
    ticked = now();
    if (late > sleptFor) {
      log('info', `no tick for ${Math.round(late / 1000)} s, resuming all watches`);
      link?.reopen();
    }
    guard('tick', () => engine.tick(clock()));
    publisher.touch();
  };

  const close = async (): Promise<void> => {
    clearInterval(ticker);
    const closing = link;
    link = undefined;
    await closing?.close();
  };

  const open = (params: ConnectParams, target: Target, hadPicture: boolean): void => {
    // A superseded connection may still deliver a line while it closes; it must not reach the new picture.
    const mine = generation;
    const current = (): boolean => mine === generation;
    link = openLink({
      params,
      target,
      env,
      timings,
      redactor,
      hadPicture,
      now,
      random: Math.random,
      log,
      onObservation(observation) {
        if (!current()) return;
        guard(observation.resource, () => engine.observe(observation, clock()));
        publisher.touch();
      },
      onChange() {
        if (current()) publisher.touch();
      },
    });
    ticked = now();
    ticker = setInterval(tick, timings.tick);
  };

  return {
    async contexts(kubeconfig) {
      return contextList(await loadKubeconfig(kubeconfig, env));
    },
    async connect(params) {
      generation += 1;
      const mine = generation;
      let target: Target;
      try {
        target = chooseTarget(await loadKubeconfig(params.kubeconfig, env), params.context);
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        const { state, problem, remedy } = error.detail;
        log('warn', `cannot connect: ${problem.id} ${JSON.stringify(problem.data ?? {})}`);
        if (mine !== generation) return { started: false, problem };
        await close();
        engine = createEngine();
        linkKey = '';
        const context = params.context === undefined ? {} : { context: params.context };
        idle = { state, since: now(), problem, remedy, kinds: [], ...context };
        publisher.restart();
        return { started: false, problem };
      }
      const hadPicture = link?.hasPicture ?? false;
      await close();
      if (mine !== generation) return { started: false };
      // Connecting again to the same cluster keeps its picture until the new one is there.
      const key = JSON.stringify([target.file, target.context, target.cluster.server]);
      const same = key === linkKey;
      linkKey = key;
      if (!same) engine = createEngine();
      open(params, target, same && hadPicture);
      publisher.restart();
      return { started: true };
    },
    async disconnect() {
      generation += 1;
      await close();
      linkKey = '';
      engine = createEngine();
      idle = { state: 'disconnected', since: now(), kinds: [] };
      publisher.restart();
    },
    snapshot: () => publisher.snapshot(),
    async dispose() {
      generation += 1;
      await close();
      publisher.stop();
    },
  };
}
