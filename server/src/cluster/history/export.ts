/** Writes the recording of a cluster into one file that can be sent to somebody else. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ExportResult } from '../../../../core/src/protocol.ts';
import { createRecordingReader } from '../../../../core/src/live/history.ts';
import { message } from '../problem.ts';
import { segmentsOf, type Segment } from './files.ts';
import { readLines } from './lines.ts';

const textLimit = 1024 * 1024 * 1024;

/** Every line that a reader understands, in batches. */
async function* linesOf(segments: readonly Segment[], seen: (at: number) => void): AsyncGenerator<string> {
  for (const { path } of segments) {
    const reader = createRecordingReader();
    const batches: string[] = [''];
    await readLines(path, textLimit, (line) => {
      const entry = reader.read(line);
      if (entry === 'unreadable') return;
      if (entry !== 'part') seen(entry.at);
      const last = batches.length - 1;
      if ((batches[last]?.length ?? 0) > 1024 * 1024) batches.push(`${line}\n`);
      else batches[last] += `${line}\n`;
    }).catch(() => undefined);
    yield* batches;
  }
}

/** Exports a folder; a name that ends in `.gz` asks for compression. The file is there whole or not at all. */
export async function exportRecording(folder: string, file: string): Promise<ExportResult> {
  const segments = await segmentsOf(folder);
  let from = Infinity;
  let to = 0;
  const seen = (at: number): void => {
    from = Math.min(from, at);
    to = Math.max(to, at);
  };
  const part = `${file}.part`;
  try {
    const target = createWriteStream(part, { mode: 0o600 });
    if (file.endsWith('.gz')) await pipeline(linesOf(segments, seen), createGzip(), target);
    else await pipeline(linesOf(segments, seen), target);
    if (to === 0) {
      await rm(part, { force: true });
      return { problem: message('cluster.history/nothing') };
    }
    await rename(part, file);
    return { from, to };
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: message('cluster.recording/unwritable', { file, reason }) };
  }
}
