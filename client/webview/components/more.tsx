/** What ends a list that is cut: how many rows are not drawn, and the way to them. */
import type { JSX } from 'preact';
import { useLanguage } from '../context.ts';

/** Absent where nothing is hidden. */
export function More(props: { readonly hidden: number; readonly onShow: () => void }): JSX.Element | null {
  const { t } = useLanguage();
  if (props.hidden <= 0) return null;
  return (
    <button class="link more" onClick={props.onShow}>
      {t('ui.incidents.more', { count: props.hidden })}
    </button>
  );
}
