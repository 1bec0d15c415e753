/** `10s`, `1m20s`, `2.5s`: a Go duration. */
export function goDuration(seconds: number): string {
  const rounded = Math.round(seconds * 1000) / 1000;
  const minutes = Math.floor(rounded / 60);
  const rest = Math.round((rounded - minutes * 60) * 1000) / 1000;
  return minutes === 0 ? `${rest}s` : `${minutes}m${rest}s`;
}
