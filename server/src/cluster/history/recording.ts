/** Reads recordings for whoever wants to look at them: a file, a folder of ours, or watches recorded kind by kind. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createRecordingReader, type Entry } from '../../../../core/src/live/history.ts';
import { parseRecordedLine, relist, type Recorded } from '../../../../core/src/live/recording.ts';
import type { Message } from '../../../../core/src/live/view.ts';
import { ClusterError, failed, message } from '../problem.ts';
import { segmentsOf, type Segment } from './files.ts';
import { readLines } from './lines.ts';

/** Most bytes of text in one file. */
const textLimit = 1024 * 1024 * 1024;
/** Most bytes of a file that is read whole. */
const wholeLimit = 256 * 1024 * 1024;

/** The files of a recording: itself, the segments of a folder, or of the only folder in it that has some. */
async function filesOf(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isFile()) return [path];
  const own = await segmentsOf(path);
  if (own.length > 0) return own.map((segment) => segment.path);
  const inner: (readonly Segment[])[] = [];
  for (const each of await readdir(path, { withFileTypes: true }))
    if (each.isDirectory()) inner.push(await segmentsOf(join(path, each.name)));
  const filled = inner.filter((segments) => segments.length > 0);
  if (filled.length > 1) {
    const folders = filled.map(([first]) => basename(dirname(first?.path ?? ''))).join(', ');
    throw failed(message('cluster.recording/several', { path, folders }), message('cluster.remedy/choose-recording'));
  }
  return filled.flat().map((segment) => segment.path);
}

/** Is given every entry, in order; the next one waits for it. */
type OnEntry = (entry: Entry) => void | Promise<void>;

/**
 * Reads a recording entry by entry: a file, a folder of segments, or a folder of watches kind by kind
 * (`pods.list-start.json`, `pods.watch.jsonl`).
 * @throws ClusterError where there is nothing that can be played
 */
export async function readRecording(path: string, onEntry: OnEntry): Promise<readonly Message[]> {
  const none = (reason: string): Error =>
    failed(message('cluster.recording/none', { path, reason }), message('cluster.remedy/choose-recording'));
  let files: readonly string[];
  try {
    files = await filesOf(path);
  } catch (error) {
    if (error instanceof ClusterError) throw error;
    throw none(error instanceof Error ? error.message : String(error));
  }
  const notes: Message[] = [];
  let entries = 0;
  for (const file of files) {
    const found = await readFileOf(file, async (entry) => {
      entries += 1;
      await onEntry(entry);
    });
    notes.push(...found);
  }
  if (entries === 0) {
    for (const entry of await kindByKind(path)) {
      entries += 1;
      await onEntry(entry);
    }
  }
  if (entries === 0)
    throw none(files.length === 0 ? '' : notes.map(({ data }) => String(data?.['reason'] ?? '')).join());
  return notes;
}

async function readFileOf(file: string, onEntry: OnEntry): Promise<Message[]> {
  const reader = createRecordingReader();
  const data = { file: basename(file) };
  let unreadable = 0;
  const result = await readLines(file, textLimit, (line) => {
    const entry = reader.read(line);
    if (entry === 'unreadable') unreadable += 1;
    else if (entry !== 'part') return onEntry(entry);
    return undefined;
  });
  return [
    ...(result.damage === undefined ? [] : [message('cluster.recording/damaged', { ...data, reason: result.damage })]),
    ...(result.torn ? [message('cluster.history/torn', data)] : []),
    ...(result.cut ? [message('cluster.recording/cut', data)] : []),
    ...(unreadable > 0 ? [message('cluster.history/unreadable-lines', { ...data, count: unreadable })] : []),
  ];
}

/** Names that recordings of single kinds use beside the resource's own. */
const otherNames: Readonly<Record<string, string>> = {
  'nodes-events': 'events',
  pvcs: 'persistentvolumeclaims',
  pvs: 'persistentvolumes',
};

/** Watches that were recorded kind by kind, as one recording in order of time. */
async function kindByKind(path: string): Promise<readonly Entry[]> {
  const names = await readdir(path).catch(() => []);
  const lists: Recorded['observation'][] = [];
  const events: Recorded[] = [];
  for (const name of names.sort((a, b) => (a < b ? -1 : 1))) {
    const [prefix = '', form] = name.split('.');
    const resource = otherNames[prefix] ?? prefix;
    if (form !== 'list-start' && form !== 'watch') continue;
    const file = join(path, name);
    if ((await stat(file)).size > wholeLimit) continue;
    const text = await readFile(file, 'utf8');
    if (form === 'list-start') lists.push(relist(resource, parse(text)));
    else for (const line of text.split('\n')) events.push(...asArray(parseRecordedLine(resource, line)));
  }
  if (events.length === 0) return [];
  events.sort((a, b) => a.at - b.at);
  const start = (events[0]?.at ?? 0) - 1;
  return [
    { type: 'header', at: start, context: basename(path), server: '' },
    ...lists.map((observation): Entry => ({ type: 'observation', at: start, observation })),
    ...events.map(({ at, observation }): Entry => ({ type: 'observation', at, observation })),
  ];
}

const asArray = <Item>(item: Item | undefined): readonly Item[] => (item === undefined ? [] : [item]);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
