import type { Shell } from './shell.ts';

/** Shows how far a long run is, in one line that is written over. */
export interface Progress {
  /** `phase` is one of the ids `cli/progress.*`; `total` is 0 where it is not known yet. */
  step(phase: string, done: number, total: number): void;
  /** Takes the line away, before anything else is printed. */
  clear(): void;
}

/** Short runs show nothing; then the line is renewed this often. Milliseconds. */
const interval = 150;

/** Progress for a shell; silent where nobody watches. */
export function createProgress(
  { status, say }: Pick<Shell, 'status' | 'say'>,
  quiet: boolean,
  now: () => number = Date.now,
): Progress {
  if (!status || quiet) return { step: () => undefined, clear: () => undefined };
  let last = now();
  let shown = false;
  return {
    step(phase, done, total) {
      const time = now();
      if (time - last < interval) return;
      last = time;
      shown = true;
      const line = say(`cli/progress.${phase}`, { done, total });
      status.write(`\r\u001b[K${line.slice(0, Math.max(20, (status.columns || 80) - 1))}`);
    },
    clear() {
      if (shown) status.write('\r\u001b[K');
      shown = false;
    },
  };
}
