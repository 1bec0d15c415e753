/** Texts that count something: English has a form of its own for one. */
import { format, type Texts } from '../../core/src/messages.ts';

/** The text with this id, in its form `<id>.one` where there is one and `count` is 1; the id itself where it is unknown. */
export function phrase(texts: Texts, id: string, data?: Readonly<Record<string, string | number>>): string {
  const one = data?.['count'] === 1 ? texts[`${id}.one`] : undefined;
  return format(one ?? texts[id] ?? id, data);
}
