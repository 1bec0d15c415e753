/** The state of a connection, from the states of its kinds. Pure: the picture on the screen depends on nothing else. */
import type { ConnectionState, KindView, Message } from '../../../core/src/live/view.ts';
import { message } from './problem.ts';
import type { KindStatus } from './watcher-types.ts';

/** One kind, as it stands. */
export interface KindSituation {
  readonly resource: string;
  readonly status: KindStatus;
  readonly objects: number;
  readonly seenAt?: number;
}

export interface Judgement {
  readonly state: ConnectionState;
  readonly problem?: Message;
  readonly remedy?: Message;
  readonly retryAt?: number;
  readonly warnings: readonly Message[];
}

const lost: ReadonlySet<string> = new Set(['stale', 'unreachable', 'unauthorised']);

/** While data flows, its age is told in steps, in ms: an update for every event would say nothing more. */
const ageStep = 10_000;

/** The row of one kind. */
export function kindView({ resource, status, objects, seenAt }: KindSituation): KindView {
  const flowing = status.state === 'synced';
  return {
    resource,
    state: status.state,
    objects,
    ...(seenAt === undefined ? {} : { seenAt: flowing ? Math.floor(seenAt / ageStep) * ageStep : seenAt }),
    ...(status.problem === undefined ? {} : { problem: status.problem }),
  };
}

/**
 * Judges the whole. Pods lead: without them there is no picture worth the name "live"; any other kind may be missing.
 * @param hadPicture a picture was complete before, so that losing the server makes it stale and not empty
 */
export function judge(kinds: readonly KindSituation[], hadPicture: boolean): Judgement {
  const warnings = scopeWarnings(kinds);
  const lead = kinds.find(({ resource }) => resource === 'pods') ?? kinds[0];
  if (lead === undefined) return { state: 'connecting', warnings };
  const synced = kinds.some(({ status }) => status.state === 'synced');
  const leadState = lead.status.state;
  if (synced && leadState !== 'connecting' && !lost.has(leadState)) return { state: 'live', warnings };
  const lostKind = lost.has(leadState) ? lead : kinds.find(({ status }) => lost.has(status.state));
  if (lostKind !== undefined && (lostKind === lead || !synced)) {
    const attempts = kinds.flatMap(({ status }) => (lost.has(status.state) ? (status.retryAt ?? []) : []));
    // A kind that was in step is stale by itself only while a picture exists, so 'stale' needs no translation.
    const alone = lostKind.status.state === 'unauthorised' ? 'unauthorised' : 'unreachable';
    const { problem, remedy } = lostKind.status;
    return {
      state: hadPicture || lostKind.status.state === 'stale' ? 'stale' : alone,
      warnings,
      ...(problem === undefined ? {} : { problem }),
      ...(remedy === undefined ? {} : { remedy }),
      ...(attempts.length === 0 ? {} : { retryAt: Math.min(...attempts) }),
    };
  }
  const closed = kinds.every(({ status }) => status.state === 'forbidden' || status.state === 'absent');
  if (!closed) return { state: 'connecting', warnings };
  const { problem, remedy, retryAt } = lead.status;
  return {
    state: 'forbidden',
    warnings: [],
    ...(problem === undefined ? {} : { problem }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(retryAt === undefined ? {} : { retryAt }),
  };
}

function scopeWarnings(kinds: readonly KindSituation[]): readonly Message[] {
  const names = (rows: readonly KindSituation[]): string => rows.map(({ resource }) => resource).join(', ');
  const confined = kinds.filter(({ status }) => status.namespace !== undefined && status.state === 'synced');
  const hidden = kinds.filter(({ status }) => status.state === 'forbidden');
  const namespace = confined[0]?.status.namespace ?? '';
  return [
    ...(confined.length > 0 ? [message('cluster.scope/namespace', { resource: names(confined), namespace })] : []),
    ...(hidden.length > 0 ? [message('cluster.scope/hidden', { resource: names(hidden) })] : []),
  ];
}
