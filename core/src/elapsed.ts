/** Durations as people read them. Unit signs come from the caller, since they differ by language. */

/** Signs behind the numbers, e.g. `s` or `秒`. */
export interface UnitSigns {
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

export const englishUnits: UnitSigns = { day: 'd', hour: 'h', minute: 'm', second: 's' };

/**
 * The two largest units of a duration in seconds: `8s`, `2m 05s`, `1h 12m`, `3d 4h`.
 * Seconds below a minute and minutes below an hour are padded, so that a running timer does not jump in width.
 */
export function formatDuration(seconds: number, units: UnitSigns = englishUnits): string {
  const total = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (total < 60) return `${total}${units.second}`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return `${minutes}${units.minute} ${pad(total % 60)}${units.second}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}${units.hour} ${pad(minutes % 60)}${units.minute}`;
  return `${Math.floor(hours / 24)}${units.day} ${hours % 24}${units.hour}`;
}

/** A running clock, `m:ss` or `h:mm:ss`, for countdowns; never negative. */
export function formatClock(seconds: number): string {
  const total = Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : 0;
  const pad = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}
