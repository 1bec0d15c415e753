/** The connection's own row: what state it is in, why, and the ways on. */
import { formatClock, formatDuration } from '../../../core/src/elapsed.ts';
import type { ConnectionState, ConnectionView } from '../../../core/src/live/view.ts';
import type { Row, Writing } from './tree-row.ts';

interface Look {
  readonly icon: string;
  readonly color: string;
  readonly word: string;
}

/** One row for the connection; below it the cause, the remedy and what can be done, unless all is well. */
export function connectionRows(connection: ConnectionView, writing: Writing): readonly Row[] {
  const { t } = writing;
  const look = lookOf(connection.state, t);
  const running = [retryText(connection, writing), ageText(connection, writing)].filter(Boolean);
  const description = [look.word, connection.state === 'live' ? connection.version : '', ...running]
    .filter(Boolean)
    .join(' · ');
  const label = connection.context ?? t('Cluster');
  const children = [
    ...reasons(connection, writing),
    ...progress(connection, writing),
    ...gaps(connection, writing),
    ...actions(connection, writing),
  ];
  return [
    {
      id: 'connection',
      label,
      description,
      icon: look.icon,
      color: look.color,
      spoken: `${label}: ${description}`,
      context: `connection-${connection.state}`,
      tooltip: {
        title: label,
        lines: [connection.server ?? '', look.word, ...reasons(connection, writing).map((row) => row.label)].filter(
          Boolean,
        ),
      },
      open: connection.state !== 'live' || children.length > 0,
      ...(children.length > 0 && { children }),
      ...(running.length > 0 && { runs: true }),
    },
  ];
}

function lookOf(state: ConnectionState, t: Writing['t']): Look {
  const looks: Readonly<Record<ConnectionState, Look>> = {
    disconnected: { icon: 'debug-disconnect', color: 'descriptionForeground', word: t('disconnected') },
    connecting: { icon: 'plug', color: 'charts.blue', word: t('connecting…') },
    authenticating: { icon: 'key', color: 'charts.blue', word: t('logging in…') },
    live: { icon: 'pulse', color: 'charts.green', word: t('live') },
    stale: { icon: 'watch', color: 'charts.yellow', word: t('stale') },
    forbidden: { icon: 'lock', color: 'charts.red', word: t('no access') },
    unauthorised: { icon: 'lock', color: 'charts.red', word: t('not logged in') },
    unreachable: { icon: 'warning', color: 'charts.red', word: t('unreachable') },
    failed: { icon: 'error', color: 'charts.red', word: t('failed') },
    recording: { icon: 'history', color: 'charts.purple', word: t('recording') },
  };
  return looks[state];
}

function retryText(connection: ConnectionView, { t, clock }: Writing): string {
  if (connection.retryAt === undefined || connection.state === 'live') return '';
  const left = (connection.retryAt - clock) / 1000;
  return left > 0 ? t('next attempt in {0}', formatClock(left)) : t('trying now');
}

function ageText(connection: ConnectionView, { t, clock, stale, units }: Writing): string {
  const seen = connection.kinds.flatMap((kind) => (kind.seenAt === undefined ? [] : [kind.seenAt]));
  if (!stale || seen.length === 0) return '';
  return t('last news {0} ago', formatDuration((clock - Math.max(...seen)) / 1000, units));
}

function reasons(connection: ConnectionView, { say, t }: Writing): readonly Row[] {
  const row = (id: string, label: string, icon: string, word: string): Row => ({
    id: `connection:${id}`,
    label,
    icon,
    spoken: `${word}: ${label}`,
    tooltip: { title: label, lines: [] },
  });
  return [
    ...(connection.problem === undefined
      ? []
      : [
          row(
            'problem',
            say(connection.problem),
            'info',
            connection.state === 'recording' ? t('Recording') : t('Cause'),
          ),
        ]),
    ...(connection.remedy === undefined ? [] : [row('remedy', say(connection.remedy), 'lightbulb', t('What to do'))]),
    ...(connection.warnings ?? []).map((warning, index) =>
      row(`warning${index}`, say(warning), 'warning', t('Warning')),
    ),
  ];
}

/** What is loaded so far, while connecting. */
function progress(connection: ConnectionView, { t }: Writing): readonly Row[] {
  if (connection.state !== 'connecting' || connection.kinds.length === 0) return [];
  const done = connection.kinds.filter((kind) => kind.state !== 'connecting').length;
  const label = t('{0} of {1} kinds of objects loaded', done, connection.kinds.length);
  const lines = connection.kinds.map((kind) => `${kind.resource}: ${kind.state === 'connecting' ? '…' : kind.objects}`);
  return [
    { id: 'connection:progress', label, icon: 'list-unordered', spoken: label, tooltip: { title: label, lines } },
  ];
}

/** Kinds that are missing from an otherwise live picture. */
function gaps(connection: ConnectionView, { t }: Writing): readonly Row[] {
  const named = (states: readonly string[]): string =>
    connection.kinds
      .filter((kind) => states.includes(kind.state))
      .map((kind) => kind.resource)
      .join(', ');
  const row = (id: string, label: string, icon: string): Row => ({
    id: `connection:${id}`,
    label,
    icon,
    color: 'charts.yellow',
    spoken: label,
    tooltip: { title: label, lines: [] },
  });
  const hidden = connection.state === 'live' ? named(['forbidden', 'unauthorised']) : '';
  const late = connection.state === 'live' ? named(['stale', 'unreachable']) : '';
  return [
    ...(hidden === '' ? [] : [row('hidden', t('Hidden from you: {0}', hidden), 'lock')]),
    ...(late === '' ? [] : [row('late', t('Not up to date: {0}', late), 'watch')]),
  ];
}

/** Ways on, for every state that is not well. */
function actions(connection: ConnectionView, { t }: Writing): readonly Row[] {
  const row = (command: string, label: string, icon: string): Row => ({
    id: `action:${command}`,
    label,
    icon,
    color: 'textLink.foreground',
    spoken: label,
    command: { id: command, title: label, args: [] },
  });
  if (connection.state === 'live') return [];
  if (connection.state === 'recording')
    return [
      row('selfheal.disconnect', t('Close the recording'), 'close'),
      row('selfheal.connect', t('Connect to a cluster…'), 'plug'),
    ];
  const stop = row('selfheal.disconnect', t('Disconnect'), 'debug-disconnect');
  if (connection.state === 'connecting' || connection.state === 'authenticating') return [stop];
  return [
    row('selfheal.retry', t('Connect again'), 'refresh'),
    row('selfheal.chooseContext', t('Choose another context…'), 'list-selection'),
    row('selfheal.showLog', t('Show log'), 'output'),
    ...(connection.state === 'disconnected' ? [] : [stop]),
  ];
}
