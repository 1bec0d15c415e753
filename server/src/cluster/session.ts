/**
 * The cluster session: connects on a person's word, feeds the live engine, publishes its view.
 * It reads (GET only), never lists Secrets, and contacts nothing before `connect`.
 */
import type {
  ConnectParams,
  ConnectResult,
  ContextList,
  ExportResult,
  RightsParams,
  RightsReport,
} from '../../../core/src/protocol.ts';
import { createEngine, type LiveEngine } from '../../../core/src/live/engine.ts';
import { watchedKind } from '../../../core/src/live/kinds.ts';
import { createRowLimit } from '../../../core/src/live/limit.ts';
import type { ConnectionView, HealthUpdate, HealthView } from '../../../core/src/live/view.ts';
import { exportRecording } from './history/export.ts';
import { createKeeper, type Keeper } from './history/keeper.ts';
import { readPicture } from './history/picture.ts';
import { createIntake, type Intake } from './intake.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { openLink, type Link, type LogLevel } from './link.ts';
import { ClusterError, message } from './problem.ts';
import { createPublisher, type UpdateReceiver } from './publisher.ts';
import { bareAddress, createRedactor } from './redact.ts';
import { askRights } from './rights.ts';
import { chooseTarget, contextList, inNamespace, type Target } from './target.ts';
import { defaultTimings, type Timings } from './timings.ts';

export interface SessionOptions {
  /** What it returns settles when the next update may come. */
  readonly onUpdate: UpdateReceiver;
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
  /** Shows a recording instead of a cluster. What is shown stays where it cannot be read. */
  openRecording(path: string): Promise<ConnectResult>;
  /** Writes what was recorded of the connected cluster into one file. */
  exportRecording(file: string): Promise<ExportResult>;
  /** Which rights the user of a context lacks. Asks the API server, on a person's word alone. */
  rights(params: RightsParams): Promise<RightsReport>;
  /** The view as it stands, with the version that the next patch continues from. */
  snapshot(): HealthUpdate;
  dispose(): Promise<void>;
}

/** The lists that follow a silence come within this time, in ms. */
const listsWithin = 60_000;
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
  let keeper: Keeper | undefined;
  let intake: Intake | undefined;
  /** Resources of which the engine has had a list. */
  let listed = new Set<string>();
  /** End of the recording that is shown, epoch ms. */
  let shownUntil: number | undefined;
  /** The picture is that of before; time goes on with the first news. */
  let holding = false;
  /** The engine knows objects of before: a first list says which of them are gone. */
  let restored = false;
  /** When there was no news, epoch ms; forgotten once its lists must have come. */
  let silence: { readonly since: number; readonly until: number } | undefined;

  const clock = (): number => link?.clock() ?? shownUntil ?? now();
  const connection = (): ConnectionView => {
    const shown = link?.view() ?? idle;
    const notes = keeper?.notes() ?? [];
    return notes.length === 0 ? shown : { ...shown, warnings: [...(shown.warnings ?? []), ...notes] };
  };
  const limit = createRowLimit();
  let picture: HealthView | undefined;
  const view = (): HealthView => {
    // Half a list is no picture: the one before stays until the list is taken.
    if (picture === undefined || intake?.busy !== true) picture = limit(engine.view(clock(), connection()));
    else picture = { ...picture, now: clock(), connection: connection() };
    return picture;
  };
  const publisher = createPublisher(timings.update, view, (update) => options.onUpdate(update));

  const renew = (next: LiveEngine): void => {
    engine = next;
    listed = new Set();
    holding = false;
    restored = false;
    picture = undefined;
  };

  const guard = <Result>(what: string, run: () => Result): Result | undefined => {
    try {
      return run();
    } catch (error) {
      // A fault in judging one object must not end the stream that brings the next.
      log('error', `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return undefined;
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
    const state = link?.view().state;
    if (state === 'live' || state === 'forbidden') holding = false;
    if (state === 'stale') silence = { since: silence?.since ?? clock(), until: clock() };
    else if (silence !== undefined && clock() - silence.until > listsWithin) silence = undefined;
    if (!holding && intake?.busy !== true) guard('tick', () => engine.tick(clock()));
    publisher.touch();
  };

  const close = async (): Promise<void> => {
    clearInterval(ticker);
    intake?.stop();
    const closing = link;
    link = undefined;
    shownUntil = undefined;
    silence = undefined;
    await closing?.close();
    const keeping = keeper;
    keeper = undefined;
    await keeping?.close();
  };

  /** A list after a long time without news: what it changes has no time of its own. */
  const afterSilence = (): void => {
    if (silence === undefined || silence.until - silence.since < timings.lost) return;
    log('info', `no news for ${Math.round((silence.until - silence.since) / 1000)} s`);
    engine.gap();
    keeper?.interrupted(silence.since);
    silence = undefined;
  };

  const open = (params: ConnectParams, target: Target, hadPicture: boolean): void => {
    // A superseded connection may still deliver a line while it closes; it must not reach the new picture.
    const mine = generation;
    const current = (): boolean => mine === generation;
    intake = createIntake({
      observe(observation) {
        guard(observation.resource, () => engine.observe(observation, clock()));
      },
      *inSteps(observation) {
        const steps = engine.observeInSteps(observation, clock());
        while (guard(observation.resource, () => steps.next())?.done !== true) yield;
      },
      // Its rows are kept by the engine; the picture itself is shown when the list is complete.
      onPart: () => guard('view', () => void engine.view(clock(), connection())),
      onComplete: () => publisher.touch(),
    });
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
        const { type, resource } = observation;
        if (type === 'RELIST') afterSilence();
        // What is measured anew twice a minute would push out what happened.
        if (watchedKind(resource)?.read !== 'poll') keeper?.observe(observation, clock());
        intake?.take(observation, type === 'RELIST' && !restored && !listed.has(resource));
        if (type === 'RELIST') listed.add(resource);
        publisher.touch();
      },
      onChange() {
        if (current()) publisher.touch();
      },
    });
    ticked = now();
    ticker = setInterval(tick, timings.tick);
  };

  /** Begins to record, and brings back what was recorded before; true when there is a picture of before. */
  const keep = async (params: ConnectParams, target: Target, same: boolean): Promise<boolean> => {
    if (params.history === undefined) return false;
    const mine = generation;
    const opened = createKeeper({
      history: params.history,
      context: target.context,
      server: bareAddress(target.cluster.server),
      clean: (text) => redactor.redact(text),
      now,
      clock,
      log,
    });
    keeper = opened;
    if (same) return false;
    const before = await opened.restore(() => mine === generation);
    if (before === undefined || mine !== generation) return false;
    renew(before);
    holding = true;
    restored = true;
    return true;
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
        target = inNamespace(
          chooseTarget(await loadKubeconfig(params.kubeconfig, env), params.context),
          params.namespace,
        );
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        const { state, problem, remedy } = error.detail;
        log('warn', `cannot connect: ${problem.id} ${JSON.stringify(problem.data ?? {})}`);
        if (mine !== generation) return { started: false, problem };
        await close();
        renew(createEngine());
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
      // Until it is complete, what is restored is nobody's picture.
      linkKey = '';
      if (!same) renew(createEngine());
      const known = await keep(params, target, same);
      if (mine !== generation) return { started: false };
      linkKey = key;
      open(params, target, (same && hadPicture) || known);
      publisher.restart();
      return { started: true };
    },
    async disconnect() {
      generation += 1;
      await close();
      linkKey = '';
      renew(createEngine());
      idle = { state: 'disconnected', since: now(), kinds: [] };
      publisher.restart();
    },
    async openRecording(path) {
      const mine = generation;
      try {
        const recording = await readPicture(path);
        if (mine !== generation) return { started: false };
        generation += 1;
        await close();
        linkKey = '';
        renew(recording.engine);
        ({ connection: idle, end: shownUntil } = recording);
        publisher.restart();
        return { started: true };
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        return { started: false, problem: error.detail.problem };
      }
    },
    async exportRecording(file) {
      await keeper?.flush();
      return keeper === undefined
        ? { problem: message('cluster.history/nothing') }
        : exportRecording(keeper.folder, file);
    },
    rights: (params) => askRights(params, { env, timings, redactor, now, log }),
    snapshot: () => publisher.snapshot(),
    async dispose() {
      generation += 1;
      await close();
      publisher.stop();
    },
  };
}
