/** What healers and autoscalers did: a list beside the incidents, since most of it is no one's trouble. */
import type { ActionRow, Actor } from './view.ts';
import type { SlimEvent } from './slim-types.ts';
import type { World } from './world.ts';
import { compareActions } from './patch.ts';
import { meaningOf } from './event-patterns.ts';
import { apiVersionOf, watchedKinds } from './kinds.ts';

const rowLimit = 200;
const day = 24 * 3600_000;

/** Adds an action, or replaces what was said about it before. */
export function act(world: World, action: ActionRow): void {
  const known = world.actions.get(action.id);
  if (known !== undefined && known.at === action.at && known.summary.id === action.summary.id) return;
  world.actions.set(action.id, action);
  world.actionsChanged = true;
}

/** Events that tell of an action worth a line: who acted, and the parts of the text that its sentence needs. */
const told: Readonly<Record<string, { readonly actor: Actor; readonly id: string }>> = {
  SuccessfulRescale: { actor: 'autoscaler', id: 'action.rescaled' },
  TriggeredScaleUp: { actor: 'autoscaler', id: 'action.scale-up' },
  NotTriggerScaleUp: { actor: 'autoscaler', id: 'action.no-scale-up' },
  ScaledUpGroup: { actor: 'autoscaler', id: 'action.group-scaled' },
  Nominated: { actor: 'autoscaler', id: 'action.nominated' },
  EvictedByVPA: { actor: 'autoscaler', id: 'action.vpa-evicted' },
  InPlaceResizedByVPA: { actor: 'autoscaler', id: 'action.vpa-resized' },
  ScaleDown: { actor: 'autoscaler', id: 'action.scale-down' },
};

const textLimit = 200;

/** Takes an event that tells of an action. */
export function onActionEvent(world: World, event: SlimEvent): void {
  const known = told[event.reason];
  if (known === undefined || event.last === undefined) return;
  const meaning = meaningOf(event);
  if (meaning === undefined) return;
  const { kind, name, namespace, uid } = event.involved;
  const { parts } = meaning;
  // An object of the Event is patched for each repetition: one line for each time.
  act(world, {
    id: `${event.uid}/${event.last}`,
    at: event.last,
    actor: known.actor,
    subject: {
      apiVersion: apiVersions.get(kind) ?? 'v1',
      kind,
      ...(namespace !== undefined && kind !== 'Node' && { namespace }),
      name,
      ...(uid !== undefined && { uid }),
    },
    summary: {
      id: kind === 'Node' && event.reason === 'ScaleDown' ? 'action.node-scale-down' : known.id,
      data: {
        name,
        size: parts['size'] ?? parts['to'] ?? parts['to2'] ?? '',
        detail: (parts['why'] ?? parts['groups'] ?? parts['target'] ?? parts['group'] ?? parts['group2'] ?? '').slice(
          0,
          textLimit,
        ),
      },
    },
  });
}

const apiVersions = new Map(watchedKinds.map((kind) => [kind.kind, apiVersionOf(kind)]));

/** The newest actions of the last day, the same array as before where nothing changed. */
export function actionRows(world: World, before: readonly ActionRow[], now: number): readonly ActionRow[] {
  const oldest = before.at(-1);
  if (!world.actionsChanged && (oldest === undefined || now - oldest.at < day)) return before;
  world.actionsChanged = false;
  const rows = [...world.actions.values()].filter((row) => now - row.at < day).sort(compareActions);
  const kept = rows.slice(0, rowLimit);
  world.actions.clear();
  for (const row of kept) world.actions.set(row.id, row);
  return kept;
}
