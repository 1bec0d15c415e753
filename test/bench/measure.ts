/** Time, processor time and memory, of this process and of others. */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './suite.ts';

/** What some work took, in milliseconds. */
export interface Cost {
  readonly wall: number;
  /** Of all threads, those of the garbage collector and the compiler included. */
  readonly cpu: number;
}

/** Value below which this share of the values lies; undefined for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Runs work in this process. */
export function costOf(work: () => void): Cost {
  const before = process.cpuUsage();
  const start = performance.now();
  work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 };
}

/** What a process took from its start to its end. */
export interface ProcessCost extends Cost {
  /** Largest resident memory, megabytes. */
  readonly rss: number;
  readonly stdout: string;
}

/** Written into the scratch folder; told by `--require`, it leaves a note of what the process took. */
export const reporter = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require('node:fs').writeFileSync(process.env.BENCH_REPORT, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, rss: maxRSS / 1024 }));
});
`;

/** Runs a script in a fresh Node; exit codes above 1 are failures. */
export async function runNode(bench: Bench, args: readonly string[]): Promise<ProcessCost> {
  const report = join(bench.scratch, `report-${process.pid}.json`);
  const start = performance.now();
  const child = spawn(process.execPath, ['--require', join(bench.scratch, 'reporter.cjs'), ...args], {
    cwd: bench.scratch,
    env: { ...process.env, BENCH_REPORT: report },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => collect(stream));
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const wall = performance.now() - start;
  if (code === null || code > 1) throw new Error(`${args[0]} ended with ${code}: ${stderr?.text() ?? ''}`);
  const { cpu, rss } = JSON.parse(readFileSync(report, 'utf8')) as { cpu: number; rss: number };
  return { wall, cpu, rss, stdout: stdout?.text() ?? '' };
}

function collect(stream: NodeJS.ReadableStream): { text(): string } {
  const parts: Buffer[] = [];
  stream.on('data', (part: Buffer) => parts.push(part));
  return { text: () => Buffer.concat(parts).toString('utf8') };
}

/** Whether memory and processor time of running processes can be read (Linux). */
export const hasProc = process.platform === 'linux';

/** A process and its descendants. */
function family(pid: number): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const children = tasks.flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' '),
    );
    return [pid, ...children.filter((child) => child !== '').flatMap((child) => family(Number(child)))];
  } catch {
    return [];
  }
}

/** Resident memory of a process and its descendants now, megabytes. */
export function residentMemory(pid: number): number {
  let kilobytes = 0;
  for (const member of family(pid)) {
    const status = readFileSync(`/proc/${member}/status`, 'utf8');
    kilobytes += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }
  return kilobytes / 1024;
}

/** Processor time of all threads of a process and its descendants until now, milliseconds. */
export function processorTime(pid: number): number {
  let nanoseconds = 0;
  for (const member of family(pid)) {
    for (const task of readdirSync(`/proc/${member}/task`)) {
      try {
        nanoseconds += Number(readFileSync(`/proc/${member}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
      } catch {
        // The thread ended meanwhile.
      }
    }
  }
  return nanoseconds / 1e6;
}

/** Values by name, for medians over rounds. */
export class Samples {
  private readonly values = new Map<string, number[]>();

  add(name: string, value: number): void {
    const known = this.values.get(name);
    if (known) known.push(value);
    else this.values.set(name, [value]);
  }

  /** Median over the rounds; undefined where nothing was measured. */
  median(name: string): number | undefined {
    const known = this.values.get(name);
    return known && median(known);
  }
}
