/** One window records a cluster at a time: others that watch the same would write the same. */
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Whoever holds a lock shows it at least this often, ms. */
export const lockEvery = 60_000;

const lockName = 'writer.lock';

/** A folder that is ours to write. */
export interface Lock {
  /** Shows that we still write. */
  renew(): Promise<void>;
  release(): Promise<void>;
}

/** Locks of this thread: one of this process that is not among them was left by a thread that crashed. */
const ours = new Set<string>();

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether somebody writes to a folder now. */
export const isLocked = (folder: string): Promise<boolean> => isHeld(join(folder, lockName));

async function isHeld(path: string): Promise<boolean> {
  const [text, about] = await Promise.all([readFile(path, 'utf8').catch(() => ''), stat(path).catch(() => undefined)]);
  if (about === undefined) return false;
  if (Number(text) === process.pid) return ours.has(path);
  // The number of a process that died may be given to another: then the age tells.
  return Date.now() - about.mtimeMs < 3 * lockEvery && lives(Number(text) || -1);
}

/** Takes the lock of a folder; undefined while somebody else holds it. @throws when the folder cannot be written */
export async function takeLock(folder: string): Promise<Lock | undefined> {
  const path = join(folder, lockName);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      ours.add(path);
      return {
        renew: () => utimes(path, new Date(), new Date()).catch(() => undefined),
        release() {
          ours.delete(path);
          return rm(path, { force: true }).catch(() => undefined);
        },
      };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      if (await isHeld(path)) return undefined;
      await rm(path, { force: true });
    }
  }
  return undefined;
}
