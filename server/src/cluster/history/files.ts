/** Where recordings lie: one folder for each cluster and context, one file for each segment, named by its start. */
import { createHash } from 'node:crypto';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of a recording. */
export interface Segment {
  readonly path: string;
  readonly name: string;
  /** Epoch ms, from the name. */
  readonly start: number;
  /** Bytes on disk. */
  readonly size: number;
}

const day = 24 * 3600_000;
const pattern = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z(?:-\d+)*\.jsonl(?:\.gz)?$/;

/** Most bytes that all segments of one cluster and context take. */
export const totalLimit = 64 * 1024 * 1024;

/** Folder of a cluster and context below `root`: its name is readable, and differs for clusters of the same name. */
export function historyFolder(root: string, context: string, server: string): string {
  const readable = context.replace(/[^\w.-]+/g, '_').slice(0, 60);
  const id = createHash('sha256')
    .update(JSON.stringify([context, server]))
    .digest('hex')
    .slice(0, 12);
  return join(root, `${readable}-${id}`);
}

let named = 0;

/** Name of a segment that starts at this time; the order of names is that of time, and no two are the same. */
export function segmentName(at: number): string {
  named += 1;
  return `${new Date(at).toISOString().replace(/[-:.]/g, '')}-${process.pid}-${named}.jsonl.gz`;
}

/** When a segment of this name started, epoch ms; undefined for other files. */
function startOf(name: string): number | undefined {
  const match = pattern.exec(name);
  if (match === null) return undefined;
  const [, year, month, date, hour, minute, second, ms] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, date, hour, minute, second, ms);
}

/** Segments of a folder, oldest first; none where there is no folder. */
export async function segmentsOf(folder: string): Promise<readonly Segment[]> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name): Promise<Segment | undefined> => {
      const start = startOf(name);
      const path = join(folder, name);
      const about = start === undefined ? undefined : await stat(path).catch(() => undefined);
      return start === undefined || about?.isFile() !== true ? undefined : { path, name, start, size: about.size };
    }),
  );
  return found.filter((segment) => segment !== undefined).sort((a, b) => a.start - b.start);
}

const damagedSuffix = '.damaged';

/** Takes a file out of the way that cannot be read; it is kept for a person to look at, until it is too old. */
export async function setAside(segment: Segment): Promise<void> {
  await rename(segment.path, segment.path + damagedSuffix).catch(() => undefined);
}

/**
 * Removes what is older than `days` from every folder below `root`, and the oldest segments of `folder` beyond its share.
 * @param current a file that stays, whatever its size
 */
export async function prune(
  root: string,
  folder: string,
  days: number,
  now: number,
  current?: string,
  limit = totalLimit,
): Promise<void> {
  const folders = await readdir(root, { withFileTypes: true }).catch(() => []);
  for (const each of folders) {
    if (!each.isDirectory()) continue;
    const path = join(root, each.name);
    for (const name of await readdir(path).catch(() => [])) {
      const start = startOf(name.endsWith(damagedSuffix) ? name.slice(0, -damagedSuffix.length) : name);
      const file = join(path, name);
      if (start === undefined || file === current) continue;
      // A segment covers hours: its end counts, which is when it was last written.
      const written = (await stat(file).catch(() => undefined))?.mtimeMs ?? start;
      if (now - Math.max(start, written) > days * day) await rm(file, { force: true });
    }
  }
  const segments = await segmentsOf(folder);
  let total = segments.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of segments) {
    if (total <= limit) return;
    if (path === current) continue;
    await rm(path, { force: true });
    total -= size;
  }
}
