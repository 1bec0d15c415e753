/**
 * Checks of the messages between the dashboard and its host. Both ends run in different trust domains, so neither
 * believes the other's types: what is not exactly one of the agreed messages is dropped.
 */
import type { HealthUpdate } from './live/view.ts';
import type { FromDashboard, Remedy, ToDashboard } from './protocol.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Longest incident id that is accepted. */
const maxId = 1000;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= maxId;
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isArrayOf = (value: unknown, test: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every((item) => test(item));
const isOptional = (value: unknown, test: (item: unknown) => boolean): boolean => value === undefined || test(value);

/** A message of the webview to its host, rebuilt from its known fields; undefined for anything else. */
export function parseFromDashboard(value: unknown): FromDashboard | undefined {
  if (!isObject(value)) return undefined;
  switch (value['type']) {
    case 'ready':
    case 'resync':
    case 'connect':
    case 'disconnect':
    case 'showLog':
    case 'trust':
      return { type: value['type'] };
    case 'remedy':
    case 'openManifest':
      return isId(value['incident']) ? { type: value['type'], incident: value['incident'] } : undefined;
    case 'applyFix': {
      const { incident, fix } = value;
      if (!isId(incident) || typeof fix !== 'number' || !Number.isInteger(fix) || fix < 0) return undefined;
      return { type: 'applyFix', incident, fix };
    }
    default:
      return undefined;
  }
}

/** A message of the host to the webview; undefined for anything else. */
export function parseToDashboard(value: unknown): ToDashboard | undefined {
  if (!isObject(value)) return undefined;
  switch (value['type']) {
    case 'init':
      return isStrings(value['strings']) &&
        typeof value['locale'] === 'string' &&
        isOptional(value['restricted'], isFlag)
        ? (value as unknown as ToDashboard)
        : undefined;
    case 'health':
      return isHealthUpdate(value['update']) ? { type: 'health', update: value['update'] } : undefined;
    case 'remedy':
      return isRemedy(value['remedy']) ? { type: 'remedy', remedy: value['remedy'] } : undefined;
    case 'reveal':
      return isId(value['incident']) ? { type: 'reveal', incident: value['incident'] } : undefined;
    default:
      return undefined;
  }
}

/** Whether a value has the outline of a health update: what drawing relies on without asking. */
export function isHealthUpdate(value: unknown): value is HealthUpdate {
  if (!isObject(value)) return false;
  if (value['type'] === 'snapshot') return isTime(value['version']) && isView(value['view']);
  if (value['type'] !== 'patch' || !isTime(value['from']) || !isTime(value['to'])) return false;
  const patch = value['patch'];
  return (
    isObject(patch) &&
    isTime(patch['now']) &&
    isOptional(patch['connection'], isConnection) &&
    isOptional(patch['totals'], isTotals) &&
    isOptional(patch['incidents'], (changes) => isChanges(changes, isIncident)) &&
    isOptional(patch['incidentOrder'], (order) => isArrayOf(order, isId)) &&
    isOptional(patch['workloads'], (changes) => isChanges(changes, isWorkload)) &&
    isOptional(patch['nodes'], (changes) => isChanges(changes, isNode)) &&
    isOptional(patch['problems'], (changes) => isChanges(changes, isProblem)) &&
    isOptional(patch['services'], (changes) => isChanges(changes, isService)) &&
    isOptional(patch['actions'], (changes) => isChanges(changes, isAction))
  );
}

/** Whether a value has the outline of a remedy. */
export function isRemedy(value: unknown): value is Remedy {
  return (
    isObject(value) &&
    isId(value['incident']) &&
    isOptional(value['location'], (at) => isObject(at) && typeof at['uri'] === 'string' && isRange(at['range'])) &&
    isOptional(value['fixed'], isFlag) &&
    isOptional(value['unsaved'], isFlag) &&
    isArrayOf(value['fixes'], (fix) => isObject(fix) && typeof fix['title'] === 'string')
  );
}

const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isRange = (value: unknown): boolean =>
  isObject(value) && [value['start'], value['end']].every((end) => isObject(end) && isTime(end['line']));
const isStrings = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((item) => typeof item === 'string');
const isMessage = (value: unknown): boolean => isObject(value) && isId(value['id']);
const isRef = (value: unknown): boolean =>
  isObject(value) && typeof value['kind'] === 'string' && typeof value['name'] === 'string';

const isView = (value: unknown): boolean =>
  isObject(value) &&
  isTime(value['now']) &&
  isConnection(value['connection']) &&
  isTotals(value['totals']) &&
  isArrayOf(value['incidents'], isIncident) &&
  isArrayOf(value['workloads'], isWorkload) &&
  isArrayOf(value['nodes'], isNode) &&
  isArrayOf(value['problems'], isProblem) &&
  isArrayOf(value['services'], isService) &&
  isArrayOf(value['actions'], isAction);

const isConnection = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['state'] === 'string' &&
  isTime(value['since']) &&
  isArrayOf(value['kinds'], (kind) => isObject(kind) && typeof kind['resource'] === 'string') &&
  isOptional(value['problem'], isMessage) &&
  isOptional(value['remedy'], isMessage);

const isTotals = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(value).every(([name, total]) =>
    name === 'recovery' ? isObject(total) && Object.values(total).every(isObject) : isTime(total),
  );

const isChanges = (value: unknown, row: (item: unknown) => boolean): boolean =>
  isObject(value) && isArrayOf(value['upsert'], row) && isArrayOf(value['remove'], isId);

const isIncident = (value: unknown): boolean =>
  isObject(value) &&
  isId(value['id']) &&
  typeof value['cause'] === 'string' &&
  typeof value['state'] === 'string' &&
  isRef(value['subject']) &&
  isRef(value['workload']) &&
  isObject(value['phases']) &&
  Object.values(value['phases']).every(isTime) &&
  isMessage(value['summary']) &&
  isArrayOf(value['evidence'], (item) => isObject(item) && isRef(item['object']));

const isWorkload = (value: unknown): boolean =>
  isObject(value) && isRef(value['ref']) && isTime(value['ready']) && isTime(value['desired']);

const isNode = (value: unknown): boolean =>
  isObject(value) &&
  typeof value['name'] === 'string' &&
  isArrayOf(value['pressures'], (item) => typeof item === 'string');

const isProblem = (value: unknown): boolean =>
  isObject(value) &&
  isId(value['key']) &&
  isRef(value['workload']) &&
  isTime(value['count']) &&
  isTime(value['lastAt']) &&
  isMessage(value['summary']) &&
  isArrayOf(value['incidents'], isId);

const isService = (value: unknown): boolean =>
  isObject(value) &&
  isRef(value['ref']) &&
  isTime(value['ready']) &&
  isTime(value['total']) &&
  ['healthy', 'degraded', 'down', 'empty'].includes(String(value['state']));

const isAction = (value: unknown): boolean =>
  isObject(value) &&
  isId(value['id']) &&
  isTime(value['at']) &&
  typeof value['actor'] === 'string' &&
  isRef(value['subject']) &&
  isMessage(value['summary']);
