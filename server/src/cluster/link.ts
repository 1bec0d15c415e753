/** One connection to one cluster: first contact, then a watcher for every kind, until it is closed. */
import type { ConnectParams } from '../../../core/src/protocol.ts';
import type { Observation } from '../../../core/src/live/engine.ts';
import { apiVersionOf, polledKinds, watchedKinds, type WatchedKind } from '../../../core/src/live/kinds.ts';
import { slim } from '../../../core/src/live/slim.ts';
import type { ConnectionState, ConnectionView, Message } from '../../../core/src/live/view.ts';
import { connectionWarnings } from './agent.ts';
import { createBackoff } from './backoff.ts';
import { judge, kindView, type KindSituation } from './connection-state.ts';
import { createCredentialSource, readMaterial, type CredentialSource } from './credentials.ts';
import { readGroups, readVersion } from './discovery.ts';
import { loadKubeconfig } from './kubeconfig.ts';
import { createLeaseReader, type LeaseReader } from './leases.ts';
import { ClusterError, message, networkProblem } from './problem.ts';
import { bareAddress, redactMessage, type Redactor } from './redact.ts';
import { sleep } from './sleep.ts';
import { chooseTarget, inNamespace, type Target } from './target.ts';
import type { Timings } from './timings.ts';
import { createTransport, type Transport } from './transport.ts';
import { startWatcher } from './watcher.ts';
import type { KindStatus, SharedPace, Watcher } from './watcher-types.ts';

/** Everything that is read for as long as there is a connection. */
const readKinds: readonly WatchedKind[] = [...watchedKinds, ...polledKinds];

/** Severity of a log line. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LinkOptions {
  readonly params: ConnectParams;
  /** What the parameters meant when the person asked. */
  readonly target: Target;
  readonly env: NodeJS.ProcessEnv;
  readonly timings: Timings;
  readonly redactor: Redactor;
  /** A picture of this cluster is already there. */
  readonly hadPicture: boolean;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: (level: LogLevel, text: string) => void;
  readonly onObservation: (observation: Observation) => void;
  /** The connection view changed. */
  readonly onChange: () => void;
}

export interface Link {
  view(): ConnectionView;
  /** The server's clock, epoch ms. */
  clock(): number;
  readonly hasPicture: boolean;
  /** Resumes every watch, as after a machine's sleep. */
  reopen(): void;
  /** Open sockets. */
  sockets(): number;
  /** Ends everything; settles when no socket, timer or child is left. */
  close(): Promise<void>;
}

interface Phase {
  readonly state: ConnectionState;
  readonly problem?: Message;
  readonly remedy?: Message;
  readonly retryAt?: number;
}

/** Opens a connection; it goes on trying by itself until it is closed, except where only a person can help. */
export function openLink(options: LinkOptions): Link {
  const { timings, now, log } = options;
  const control = new AbortController();
  const { signal } = control;
  const shared: SharedPace = { watchList: true, quietUntil: 0 };
  const watchers = new Map<string, Watcher>();
  const absent = new Map<string, KindStatus>();
  let { target, hadPicture } = { target: options.target, hadPicture: options.hadPicture };
  let transport: Transport | undefined;
  let leases: LeaseReader | undefined;
  let source: { readonly key: string; readonly credentials: CredentialSource; readonly ca?: string } | undefined;
  let phase: Phase = { state: 'connecting' };
  let watching = false;
  let version: string | undefined;
  let skew = 0;
  let shown: ConnectionState = 'connecting';
  let since = now();

  const setPhase = (next: Phase): void => {
    phase = next;
    options.onChange();
  };

  /** Reads the kubeconfig anew before each first contact, so that a corrected file is picked up. */
  const prepare = async (): Promise<Transport> => {
    const config = await loadKubeconfig(options.params.kubeconfig, options.env);
    target = inNamespace(chooseTarget(config, options.target.context), options.params.namespace);
    const ca = await readMaterial(target.cluster.ca, target.cluster.file);
    const authority = ca === undefined ? {} : { ca };
    const key = JSON.stringify([target, ca]);
    if (source?.key !== key) {
      const credentials = createCredentialSource({
        target,
        signal,
        now,
        ...authority,
        env: options.env,
        redactor: options.redactor,
        execTimeLimit: timings.exec,
        onExec(command) {
          log('info', `running the login command ${command}`);
          if (!watching) setPhase({ state: 'authenticating' });
        },
      });
      source = { key, credentials };
    }
    transport?.close();
    transport = createTransport({ target, ...authority, env: options.env, credentials: source.credentials, timings });
    return transport;
  };

  const situations = (): readonly KindSituation[] =>
    readKinds.map(({ resource }): KindSituation => {
      const watcher = watchers.get(resource);
      const status = watcher?.status ?? absent.get(resource) ?? { state: 'connecting' };
      const seenAt = watcher?.seenAt;
      return {
        resource,
        status,
        objects: watcher?.objects ?? 0,
        ...(seenAt === undefined ? {} : { seenAt: seenAt + skew }),
      };
    });

  const onStatus = (kind: WatchedKind, before: KindStatus, status: KindStatus): void => {
    if (status.state === 'synced' && before.state !== 'synced') {
      // One kind came back: the others need not sit out their delays.
      for (const [resource, watcher] of watchers) {
        const { state } = watcher.status;
        if (resource !== kind.resource && ['stale', 'unreachable', 'unauthorised'].includes(state)) watcher.poke();
      }
    }
    hadPicture ||= judge(situations(), false).state === 'live';
    options.onChange();
  };

  const watch = (kind: WatchedKind, over: Transport): void => {
    let before: KindStatus = { state: 'connecting' };
    const { resource } = kind;
    const watcher = startWatcher({
      kind,
      namespace: target.namespace ?? 'default',
      transport: over,
      timings,
      shared,
      signal,
      random: options.random,
      now,
      log,
      project: (raw) => slim(resource, raw),
      onRelist(objects) {
        options.onObservation({ type: 'RELIST', resource, objects });
        if (resource === 'nodes') for (const node of objects) leases?.see(node);
      },
      onChange(type, object) {
        options.onObservation({ type, resource, object });
        if (resource === 'nodes' && type !== 'DELETED') leases?.see(object);
      },
      onProgress: options.onChange,
      onStatus(status) {
        onStatus(kind, before, status);
        before = status;
      },
    });
    watchers.set(resource, watcher);
  };

  /** Starts the kinds tier by tier: what matters most is read before the rest asks for its share. */
  const watchAll = async (over: Transport, groups: ReadonlySet<string> | undefined): Promise<void> => {
    for (const tier of [0, 1, 2] as const) {
      const kinds = readKinds.filter((kind) => kind.tier === tier);
      for (const kind of kinds) {
        const api = apiVersionOf(kind);
        if (groups === undefined || groups.has(api)) watch(kind, over);
        else {
          const problem = message('cluster.kind/absent', { resource: kind.resource, api });
          absent.set(kind.resource, { state: 'absent', problem });
        }
      }
      const patience = now() + timings.headers / 4;
      const unsettled = (): boolean =>
        kinds.some(({ resource }) => watchers.get(resource)?.status.state === 'connecting');
      while (unsettled() && now() < patience && !signal.aborted) await sleep(20, signal);
    }
  };

  const contact = async (): Promise<void> => {
    const over = await prepare();
    setPhase({ state: phase.state === 'authenticating' ? 'authenticating' : 'connecting' });
    const facts = await readVersion(over, signal, now);
    ({ version, skew } = facts);
    if (skew !== 0) log('info', `the server's clock differs by ${skew} ms`);
    log('info', `connected to ${over.place.server}, ${version}`);
    setPhase({ state: 'connecting' });
    const groups = await readGroups(over, signal);
    if (signal.aborted) return;
    watching = true;
    const { onObservation } = options;
    leases = createLeaseReader({ transport: over, signal, onObservation, log: (text) => log('debug', text) });
    await watchAll(over, groups);
  };

  const run = async (): Promise<void> => {
    const backoff = createBackoff(options.random, timings.backoffScale);
    let told = '';
    while (!signal.aborted) {
      try {
        await contact();
        return;
      } catch (error) {
        if (signal.aborted) return;
        const place = { server: bareAddress(target.cluster.server), file: target.file };
        const { detail } = error instanceof ClusterError ? error : networkProblem(error, place);
        const { state, problem, remedy } = detail;
        const text = `connecting failed: ${problem.id} ${JSON.stringify(problem.data ?? {})}`;
        // A server that is away for a day is worth one line, not thousands.
        log(text === told ? 'debug' : 'warn', text);
        told = text;
        if (!detail.retry) {
          setPhase({ state, problem, remedy });
          return;
        }
        const refused = state === 'unauthorised';
        const delay = refused ? backoff.nextLogin(detail.retryAfter) : backoff.next(detail.retryAfter);
        const ms = Math.round(delay * 1000);
        setPhase({ state: hadPicture ? 'stale' : state, problem, remedy, retryAt: now() + ms + skew });
        await sleep(ms, signal);
      }
    }
  };
  const running = run();

  return {
    view() {
      const rows = situations();
      const verdict = watching ? judge(rows, hadPicture) : { ...phase, warnings: [] };
      if (verdict.state !== shown) {
        shown = verdict.state;
        since = now();
      }
      const clean = <Text extends Message | undefined>(text: Text): Text => redactMessage(text, options.redactor);
      const warnings = [...connectionWarnings(target), ...verdict.warnings].map(clean);
      const retryAt = watching && verdict.retryAt !== undefined ? verdict.retryAt + skew : verdict.retryAt;
      return {
        state: verdict.state,
        context: target.context,
        server: bareAddress(target.cluster.server),
        since: since + skew,
        kinds: watching
          ? rows.map(kindView).map((row) => (row.problem ? { ...row, problem: clean(row.problem) } : row))
          : [],
        ...(version === undefined ? {} : { version }),
        ...(verdict.problem === undefined ? {} : { problem: clean(verdict.problem) }),
        ...(verdict.remedy === undefined ? {} : { remedy: clean(verdict.remedy) }),
        ...(retryAt === undefined ? {} : { retryAt }),
        ...(warnings.length === 0 ? {} : { warnings }),
      };
    },
    clock: () => now() + skew,
    get hasPicture() {
      return hadPicture;
    },
    reopen() {
      for (const watcher of watchers.values()) watcher.reopen();
    },
    sockets: () => transport?.sockets() ?? 0,
    async close() {
      control.abort();
      transport?.close();
      await running;
      await Promise.all([...watchers.values()].map(({ done }) => done));
      await leases?.idle;
      transport?.close();
    },
  };
}
