import {
  accessSync,
  chmodSync,
  constants,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

let written = 0;

/**
 * Writes a whole file or nothing: to a file beside it, then in its place. Keeps the mode of a file that is there, and
 * writes through a link to what it points at. What is there and is no file (a device, a pipe) is written to and never
 * replaced. Throws what the file system throws.
 */
export function writeWhole(path: string, text: string): void {
  const before = statSync(path, { throwIfNoEntry: false });
  if (before && !before.isFile()) {
    writeFileSync(path, text);
    return;
  }
  if (before) accessSync(path, constants.W_OK);
  const place = before ? realpathSync(path) : path;
  const temporary = join(dirname(place), `.${basename(place)}.${process.pid}-${written++}.tmp`);
  try {
    writeFileSync(temporary, text, { flag: 'wx' });
    if (before) chmodSync(temporary, before.mode & 0o7777);
    renameSync(temporary, place);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Text of a file; `undefined` when it is no UTF-8. A byte order mark stays. Throws what the file system throws. */
export function readUtf8(path: string): string | undefined {
  const bytes = readFileSync(path);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
