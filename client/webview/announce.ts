/** What the live region says: changes worth interrupting for, and never more than one sentence at a time. */
import type { HealthView } from '../../core/src/live/view.ts';
import { format, text, type Texts } from '../../core/src/messages.ts';
import { isEnded } from './state.ts';

/** One sentence on what changed between two views; undefined when nothing did that a listener needs. */
export function announcement(previous: HealthView | undefined, next: HealthView, texts: Texts): string | undefined {
  const say = (id: string, data?: Record<string, string | number>): string => format(texts[id] ?? id, data);
  if (previous === undefined) return undefined;
  if (previous.connection.state !== next.connection.state) return say(`connection.${next.connection.state}`);
  const before = new Map(previous.incidents.map((incident) => [incident.id, incident]));
  const opened = next.incidents.filter((incident) => !isEnded(incident) && openedSince(before.get(incident.id)));
  const recovered = next.incidents.filter((incident) => {
    const old = before.get(incident.id);
    return incident.state === 'recovered' && old !== undefined && !isEnded(old);
  });
  const changed = [...opened, ...recovered];
  if (changed.length > 1) return say('ui.say.many', { count: changed.length });
  const [only] = changed;
  if (only === undefined) return undefined;
  const summary = text(texts, only.summary);
  return isEnded(only) ? say('ui.say.recovered', { summary }) : say('ui.say.opened', { summary });
}

const openedSince = (old: HealthView['incidents'][number] | undefined): boolean => old === undefined || isEnded(old);
