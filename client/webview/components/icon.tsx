/** Line icons on a 16-pixel grid; they take the colour of the text around them and say nothing to a screen reader. */
import type { JSX } from 'preact';

const paths = {
  pulse: 'M1.5 8.5h3l1.6-4.7 3.1 8.9 1.9-5 .9 1.8h2.5',
  alert: 'M8 2.2 14.6 13.6H1.4zM8 6.4v3.4M8 11.7v.1',
  healing: 'M13.5 8A5.5 5.5 0 1 1 11.6 3.8M13.6 1.9v2.9h-2.9',
  check: 'M3 8.6 6.4 12 13.2 4.4',
  stop: 'M4 4h8v8H4z',
  planned: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8zM8 4.8V8l2.3 1.6',
  plug: 'M5.5 2v3M10.5 2v3M3.8 5h8.4v2.6a4.2 4.2 0 0 1-8.4 0zM8 11.8V14.4',
  lock: 'M3.8 7.2h8.4v6.4H3.8zM5.4 7.2V5a2.6 2.6 0 0 1 5.2 0v2.2',
  file: 'M9.3 1.8H3.8v12.4h8.4V4.7zM9.3 1.8v2.9h2.9M6 8h4M6 10.6h4',
  wand: 'M2.4 13.6 9.8 6.2M11.6 1.8v2.6M14.2 4.4h-2.6M10.4 3.2l.8.8M12.6 5.4l.8.8M5 2.6v2M6 3.6H4M12.8 9.6v2M13.8 10.6h-2',
  restart: 'M2.5 8a5.5 5.5 0 1 0 1.9-4.2M2.4 1.9v2.9h2.9',
  server: 'M2.4 2.6h11.2v4.2H2.4zM2.4 9.2h11.2v4.2H2.4zM4.8 4.7h.1M4.8 11.3h.1',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 2.4a4.6 4.6 0 1 1 0 9.2 4.6 4.6 0 0 1 0-9.2zM10.4 10.4l3.4 3.4',
} as const;

export type IconName = keyof typeof paths;

/** One icon. */
export function Icon(props: { readonly name: IconName; readonly size?: number; readonly class?: string }): JSX.Element {
  const size = props.size ?? 16;
  return (
    <svg class={`icon ${props.class ?? ''}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[props.name]} />
    </svg>
  );
}
