/**
 * Writes what is observed to segments on disk: append-only, compressed as it goes, on disk within a second.
 * Nothing here ever throws: a recording that cannot be written ends, and says why.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { join } from 'node:path';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { Observation } from '../../../../core/src/live/engine.ts';
import { aliveLine, cleanLine, gapLine, createRecorder } from '../../../../core/src/live/history.ts';
import type { Message } from '../../../../core/src/live/view.ts';
import { message } from '../problem.ts';
import { prune, segmentName, totalLimit } from './files.ts';
import { lockEvery, takeLock, type Lock } from './lock.ts';

export interface WriterOptions {
  /** Folder of all recordings, and the one of this cluster and context. */
  readonly root: string;
  readonly folder: string;
  readonly context: string;
  readonly server: string;
  readonly days: number;
  /** Removes credentials from text. */
  readonly clean: (text: string) => string;
  /** The cluster's clock, epoch ms. */
  readonly clock: () => number;
  /** Most bytes of all segments; a segment ends at an eighth of it. */
  readonly limit?: number;
  /** A segment ends at this age, ms. */
  readonly age?: number;
}

export interface HistoryWriter {
  /** Takes an observation; it is on disk within a second. */
  observe(observation: Observation, at: number): void;
  /** A time in which nobody watched has ended: what follows is a new beginning. */
  interrupt(): void;
  /** Settles when everything taken so far is on disk. */
  flush(): Promise<void>;
  /** Why nothing is written any more. */
  readonly problem: Message | undefined;
  /** Ends the segment in good order. */
  close(): Promise<void>;
}

/** Text that may hold a credential: the message of an event or of a process that ended. */
const suspicious = /authorization|bearer|eyj|token|password|secret|private key|key-data|keydata|:\/\/[^"/]*@/i;

const flushEvery = 1000;
const maxAge = 6 * 3600_000;
/** Text that is handed to the compressor at once, in characters. */
const batchSize = 256 * 1024;
/** Observations that may wait for the disk; a disk that is slower than this is none. */
const maxWaiting = 200_000;
/** A segment begins with everything that is known, so it has to be worth its beginning. */
const worthItsBeginning = 4;

/** Lines that are yet to be made, of what was seen at a time. */
interface Waiting {
  readonly at: number;
  readonly lines: Iterable<string>;
}

interface Open {
  readonly path: string;
  readonly gzip: Gzip;
  readonly file: WriteStream;
  readonly since: number;
  /** Bytes on disk that the segment began with. */
  beginning: number;
}

/** Creates a writer; it touches the disk with the first observation. */
export function createHistoryWriter(options: WriterOptions): HistoryWriter {
  const { folder, clock } = options;
  const limit = options.limit ?? totalLimit;
  const recorder = createRecorder();
  let waiting: Waiting[] = [];
  let open: Open | undefined;
  let lock: Lock | undefined;
  let lockAsked = -Infinity;
  let written = clock();
  let broken = true;
  let problem: Message | undefined;
  let work: Promise<void> | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const put = async (to: Open, lines: Iterable<string>): Promise<void> => {
    let batch = '';
    const send = async (): Promise<void> => {
      const text = batch;
      batch = '';
      if (text !== '' && !to.gzip.write(text)) await settled(to.gzip, (done) => to.gzip.once('drain', done));
    };
    for (const line of lines) {
      batch += line.includes('"message"') && suspicious.test(line) ? cleanLine(line, options.clean) : line;
      if (batch.length >= batchSize) await send();
    }
    await send();
  };

  const sync = async ({ gzip, file }: Open): Promise<void> => {
    await settled(gzip, (done) => gzip.flush(constants.Z_SYNC_FLUSH, done));
    await settled(gzip, (done) => setImmediate(() => file.write('', done)));
  };

  const end = async (): Promise<void> => {
    const ending = open;
    open = undefined;
    if (ending === undefined) return;
    ending.gzip.end();
    await finished(ending.file);
  };

  /** A new segment, with everything that is known at its beginning. */
  const begin = async (at: number): Promise<Open> => {
    await end();
    const path = join(folder, segmentName(at));
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    const gzip = createGzip({ level: 1 });
    gzip.pipe(file);
    const next: Open = { path, gzip, file, since: at, beginning: 0 };
    file.on('error', (error) => gzip.destroy(error));
    gzip.on('error', fail);
    open = next;
    const { context, server } = options;
    await put(next, recorder.begin({ at, context, server, ...(!broken && { continues: true }) }));
    broken = false;
    await sync(next);
    next.beginning = file.bytesWritten;
    await prune(options.root, folder, options.days, at, path, limit);
    return next;
  };

  const isFull = ({ file, beginning, since }: Open): boolean =>
    file.bytesWritten > Math.max(limit / 8, beginning * worthItsBeginning) || clock() - since > (options.age ?? maxAge);

  /** Writes what waits. Lines are made here and not before, so that nothing waits as text. */
  const drain = async (): Promise<void> => {
    if (lock === undefined && !(await claim())) {
      // Somebody else records; what we see meanwhile is known, in case we have to go on.
      for (const { lines } of waiting.splice(0)) Array.from(lines);
      return;
    }
    const taken = waiting;
    waiting = [];
    let to = open;
    const [first] = taken;
    if (first !== undefined && (to === undefined || isFull(to))) to = await begin(first.at);
    if (to === undefined) return;
    for (const { lines } of taken) await put(to, lines);
    const now = clock();
    if (taken.length === 0) {
      if (now - written < lockEvery) return;
      await put(to, [aliveLine(now)]);
    }
    if (now - written >= lockEvery) await lock?.renew();
    written = now;
    await sync(to);
  };

  const claim = async (): Promise<boolean> => {
    if (clock() - lockAsked < lockEvery) return false;
    lockAsked = clock();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    lock = await takeLock(folder);
    broken = true;
    return lock !== undefined;
  };

  const fail = (error: unknown): void => {
    if (problem !== undefined) return;
    const reason = error instanceof Error ? error.message : String(error);
    problem = message('cluster.history/unwritable', { folder, reason });
    waiting = [];
    clearInterval(timer);
    open?.gzip.destroy();
    open?.file.destroy();
    open = undefined;
  };

  /** One drain after the other. */
  const run = (): Promise<void> => {
    work = (work ?? Promise.resolve()).then(async () => {
      if (problem === undefined) await drain().catch(fail);
    });
    return work;
  };
  let running = false;
  const beat = (): void => {
    if (running) return;
    running = true;
    void run().finally(() => {
      running = false;
    });
  };

  const add = (at: number, lines: Iterable<string>): void => {
    if (problem !== undefined || closed) return;
    timer ??= setInterval(beat, flushEvery);
    if (waiting.push({ at, lines }) > maxWaiting) fail(new Error('the disk is too slow'));
  };

  return {
    observe: (observation, at) => add(at, recorder.observe(observation, at)),
    interrupt() {
      const at = clock();
      add(at, [gapLine(at)]);
    },
    flush: run,
    get problem() {
      return problem;
    },
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      if (timer !== undefined) {
        // The last thing said is when the watch ended.
        const at = clock();
        waiting.push({ at, lines: [aliveLine(at)] });
        await run();
      }
      await end().catch(fail);
      await lock?.release();
    },
  };
}

/** Settles when `begin` calls back. @throws when the stream ends before that */
async function settled(stream: Gzip, begin: (done: () => void) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const closed = (): void => reject(new Error('the file was closed'));
    stream.once('close', closed);
    begin(() => {
      stream.off('close', closed);
      resolve();
    });
  });
}
