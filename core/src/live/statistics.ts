/**
 * Times to detect and to recover. An open incident has no time to recover yet: it is never taken for a number, only its
 * age is told (right-censored).
 */
import type { Incident } from './incident.ts';
import type { Recovery } from './view.ts';

/** Seconds of the incidents of one group, and the oldest fault that is still open. */
export interface Samples {
  readonly ttrs: number[];
  readonly ttds: number[];
  open: number;
  oldestOpen?: number;
}

export function noSamples(): Samples {
  return { ttrs: [], ttds: [], open: 0 };
}

/** Seconds from fault to recovery without the healthy time before a reopening; undefined unless it recovered. */
export function timeToRecover({ state, phases, healthy }: Incident): number | undefined {
  const { fault, recovered } = phases;
  if (state !== 'recovered' || fault === undefined || recovered === undefined) return undefined;
  return Math.max(0, (recovered - healthy - fault) / 1000);
}

/** Adds an incident; planned removals and what a wider fault tells are none of their own. */
export function addSample(samples: Samples, incident: Incident): void {
  if (incident.state === 'planned' || incident.state === 'superseded') return;
  const { fault, detected } = incident.phases;
  const ttr = timeToRecover(incident);
  if (ttr !== undefined) samples.ttrs.push(ttr);
  if (fault !== undefined && detected !== undefined) samples.ttds.push(Math.max(0, (detected - fault) / 1000));
  if (incident.endedAt !== undefined) return;
  samples.open++;
  if (fault !== undefined) samples.oldestOpen = Math.min(fault, samples.oldestOpen ?? fault);
}

export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1], sorted[middle]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

/** The value that nine of ten do not exceed (nearest rank). */
export function p90(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.9) - 1];
}

/** Median and 90th percentile of a group; absent where nothing recovered or was detected. */
export function recoveryOf({ ttrs, ttds, open, oldestOpen }: Samples): Recovery {
  const [medianTtr, p90Ttr, medianTtd, p90Ttd] = [median(ttrs), p90(ttrs), median(ttds), p90(ttds)];
  return {
    recovered: ttrs.length,
    open,
    ...(oldestOpen !== undefined && { oldestOpen }),
    ...(medianTtr !== undefined && { medianTtr }),
    ...(p90Ttr !== undefined && { p90Ttr }),
    ...(medianTtd !== undefined && { medianTtd }),
    ...(p90Ttd !== undefined && { p90Ttd }),
  };
}
