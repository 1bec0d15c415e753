/** Reads the lines of a recording, compressed or plain, whole or torn, and never more than it was allowed to. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { constants, createGunzip } from 'node:zlib';

/** How the file ended. */
export interface LinesRead {
  /** The last line has no end: whoever wrote it was cut short. It is left out. */
  readonly torn: boolean;
  /** What was read before this is good; what follows it cannot be read. */
  readonly damage?: string;
  /** There was more than was allowed to be read. */
  readonly cut: boolean;
}

/** False: nothing more is wanted. */
type Verdict = boolean | void;

/** Longest line, in characters; lists are split long before. */
const longest = 16 * 1024 * 1024;

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/**
 * Hands every whole line of a file to `onLine`, until that returns false.
 * @param limit most bytes of text to read
 * @throws when the file cannot be opened
 */
export async function readLines(
  path: string,
  limit: number,
  onLine: (line: string) => Verdict | Promise<Verdict>,
): Promise<LinesRead> {
  const compressed = await isGzip(path);
  const file = createReadStream(path);
  let body: Readable = file;
  if (compressed) {
    // A file that is still written, or whose writer died, has no end: what is there is given all the same.
    const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
    file.on('error', (error) => gunzip.destroy(error));
    body = file.pipe(gunzip);
  }
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let size = 0;
  let skipping = false;
  try {
    for await (const chunk of body) {
      const bytes: Buffer = chunk;
      size += bytes.length;
      const lines = (rest + decoder.write(bytes)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const wanted = !skipping && line.length <= longest && line !== '';
        skipping = false;
        if (!wanted) continue;
        const verdict = onLine(line);
        // Most lines need no waiting, and waiting for each would take longer than reading them.
        if ((verdict instanceof Promise ? await verdict : verdict) === false) return { torn: false, cut: false };
      }
      if (rest.length > longest) {
        rest = '';
        skipping = true;
      }
      if (size > limit) return { torn: false, cut: true };
    }
  } catch (error) {
    return { torn: false, cut: false, damage: error instanceof Error ? error.message : String(error) };
  } finally {
    body.destroy();
    file.destroy();
  }
  return { torn: rest !== '' || skipping, cut: false };
}
