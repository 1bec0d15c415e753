/** Templates with `{{name}}` placeholders: how every text of the product is filled in. */
import type { Message } from './live/view.ts';

/** Texts of one language by message id. */
export type Texts = Readonly<Record<string, string>>;

const placeholder = /\{\{\s*([\w.-]+)\s*\}\}/g;

/**
 * Fills a template. A placeholder without a value becomes `?`: the sentence stays readable and the gap stays visible.
 * Values are inserted as they are, and placeholders inside them are not expanded.
 */
export function format(template: string, data: Readonly<Record<string, string | number>> = {}): string {
  return template.replace(placeholder, (_match, name: string) =>
    Object.hasOwn(data, name) ? String(data[name]) : '?',
  );
}

/** Looks a message up and fills it in; an unknown id is shown as it is, so that a missing text is seen and never hidden. */
export function text(texts: Texts, message: Message): string {
  const template = Object.hasOwn(texts, message.id) ? texts[message.id] : undefined;
  return template === undefined ? message.id : format(template, message.data);
}
