/** A thin bar of a part in a whole; the number beside it says the same, so it is hidden from screen readers. */
import type { JSX } from 'preact';

/** Nothing at all when there is no whole. */
export function Meter(props: { readonly part: number; readonly whole: number }): JSX.Element | null {
  if (props.whole <= 0) return null;
  const share = Math.max(0, Math.min(1, props.part / props.whole));
  return (
    <span class={`meter ${share < 1 ? 'meter-short' : ''}`} aria-hidden="true">
      <span style={{ width: `${Math.round(share * 100)}%` }} />
    </span>
  );
}
