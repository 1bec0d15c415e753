/** Kubernetes timestamps (RFC 3339, `metav1.Time` and `metav1.MicroTime`) as epoch milliseconds, without a clock. */

const pattern = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Two digits at a place as a number; negative where they are none. */
function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1000;
}

/** `2006-01-02T15:04:05Z`, the form of almost all timestamps; undefined for any other, which may be valid all the same. */
function parseSeconds(text: string): number | undefined {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)];
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  const marks =
    text.charCodeAt(4) === 0x2d &&
    text.charCodeAt(7) === 0x2d &&
    text.charCodeAt(10) === 0x54 &&
    text.charCodeAt(13) === 0x3a &&
    text.charCodeAt(16) === 0x3a;
  const valid =
    marks && year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour >= 0 && hour <= 24 && minute >= 0;
  if (!valid || minute > 59 || second < 0 || second > 60) return undefined;
  return ((daysFromCivil(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000;
}

/** Epoch milliseconds of an RFC 3339 timestamp; undefined for anything else. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.length === 20 && value.charCodeAt(19) === 0x5a) {
    const time = parseSeconds(value);
    if (time !== undefined) return time;
  }
  const match = pattern.exec(value);
  if (match === null) return undefined;
  const field = (index: number): number => Number(match[index] ?? 0);
  const [month, day, hour, minute, second] = [field(2), field(3), field(4), field(5), field(6)];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return undefined;
  const offset = (match[8] === '-' ? -1 : 1) * (field(9) * 60 + field(10));
  const millis = Math.floor(Number((match[7] ?? '').padEnd(3, '0').slice(0, 3)) || 0);
  return ((daysFromCivil(field(1), month, day) * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + millis;
}

const unit: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Seconds of a Go duration such as `1m20s`, `5m0s` or `300ms`; undefined when it is none. */
export function parseGoDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, sign] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    seconds += Number(amount) * (unit[sign ?? ''] ?? 0);
  }
  return seconds;
}
