/** Renders messages of the cluster session in English, as a shell would; a gap in a text fails the test. */
import { messages } from '../../server/src/cluster/messages.en.ts';
import type { Message } from '../../core/src/live/view.ts';

/** The English text of a message. @throws when the id is unknown or a placeholder has no value */
export function render(message: Message | undefined): string {
  if (message === undefined) throw new Error('there is no message');
  const template = Object.entries(messages).find(([id]) => id === message.id)?.[1];
  if (template === undefined) throw new Error(`no text for ${message.id}`);
  return template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = message.data?.[name];
    if (value === undefined) throw new Error(`${message.id} has no value for ${name}`);
    return String(value);
  });
}
