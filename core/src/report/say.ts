import type { Templates } from '../lint/findings.ts';
import { format } from '../messages.ts';
import { reportMessages } from './messages.en.ts';

/** Text of a report in the language of the templates; English where they lack it. */
export const say = (templates: Templates, id: string, data: Readonly<Record<string, string | number>> = {}): string =>
  format(templates.get(id) ?? reportMessages[id] ?? id, data);

/** A counted thing, as in "1 file" and "2 files". */
export const counted = (templates: Templates, thing: string, count: number): string =>
  say(templates, `cli/count.${thing}.${count === 1 ? 'one' : 'other'}`, { count });
