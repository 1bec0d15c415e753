/** The account that every reader keeps of itself. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ReaderCommand, ReaderReport, ThreadReport } from './protocol.ts';

export type Told = Pick<ReaderReport, 'events' | 'pods' | 'readyPods' | 'restarts' | 'updates' | 'largest' | 'counted'>;

export interface Account {
  /** Milliseconds of CPU since the mark. */
  cpu(): number;
  /** Tells the parent that everything is read. */
  synced(): void;
}

declare const gc: (() => void) | undefined;

/** Starts the account; answers the parent's commands with it. */
export function keepAccount(tell: () => Told, reset: () => void, thread?: () => Promise<ThreadReport>): Account {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let before = process.cpuUsage();
  let start = performance.now();
  const cpu = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const report = async (): Promise<ReaderReport> => {
    const own = { cpu: cpu(), wall: performance.now() - start, pause: delay.max / 1e6 };
    const other = await thread?.();
    gc?.();
    gc?.();
    return {
      ...own,
      heap: process.memoryUsage().heapUsed / 2 ** 20,
      rss: process.resourceUsage().maxRSS / 1024,
      ...tell(),
      ...other,
    };
  };
  const tellParent = (): void => {
    void report().then((told) => process.send?.(told));
  };
  const mark = (): void => {
    before = process.cpuUsage();
    start = performance.now();
    delay.reset();
    reset();
  };
  process.on('message', (command: ReaderCommand) => {
    if (command === 'report') tellParent();
    else mark();
  });
  process.on('disconnect', () => process.exit());
  delay.enable();
  mark();
  return { cpu, synced: tellParent };
}
