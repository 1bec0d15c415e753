import type { Action, Masked } from './mask.ts';

/** Place that template output may belong to. */
interface Place {
  /** Where its lines may begin: behind the key that owns it. */
  readonly from: number;
  /** Where its own text ends. */
  readonly end: number;
  readonly column: number;
  readonly kind: 'map' | 'seq' | 'flow';
}

/** Answers what template actions do to a place; every question costs a binary search, not a pass over all actions. */
export interface ActionIndex {
  /** Whether an action stands in the text between two offsets. */
  fills(start: number, end: number): boolean;
  /**
   * Where actions that write lines into a collection end; undefined when none does. What an action writes belongs to
   * one collection, so those inside must be asked before those around.
   */
  writesInto(collection: Place): number | undefined;
  /**
   * Where actions end that write the value of a block map's key, or more lines of its block scalar.
   * @param atKey whether output at the key's own column counts too, as the items of a sequence do
   */
  writesValue(keyEnd: number, keyColumn: number, atKey: boolean): number | undefined;
  /** Column of an offset. */
  column(offset: number): number;
}

/** Index of a text that holds no actions. */
const none: ActionIndex = {
  fills: () => false,
  writesInto: () => undefined,
  writesValue: () => undefined,
  column: () => 0,
};

/** Builds the index of a text's actions, which are in order and do not overlap. */
export function indexActions(source: string, { text, actions }: Masked): ActionIndex {
  if (actions.length === 0) return none;
  const contents = actions.filter(({ role }) => role === 'content');
  const starts = lineStarts(source);
  const taken = new Set<Action>();
  /** Actions whose output may stand in a place and that no place inside it has taken. */
  const free = function* (place: Place): Generator<Action> {
    for (let i = firstEndingAfter(contents, place.from); i < contents.length; i++) {
      const action = contents[i];
      if (!action) return;
      if (
        action.start >= place.end &&
        (place.kind === 'flow' || leaves(text, starts, { ...place, from: place.end, to: action.start }))
      )
        return;
      if (!taken.has(action)) yield action;
    }
  };
  return {
    fills: (start, end) => (actions[firstEndingAfter(actions, start)]?.start ?? Infinity) < end,
    column: (offset) => offset - (starts[lineAt(starts, offset)] ?? 0),
    writesInto(place) {
      let writtenTo: number | undefined;
      for (const action of free(place)) {
        if (place.kind !== 'flow' && action.column < place.column) continue;
        taken.add(action);
        writtenTo = action.end;
      }
      return writtenTo;
    },
    writesValue(keyEnd, keyColumn, atKey) {
      let writtenTo: number | undefined;
      for (const action of free({ from: keyEnd, end: keyEnd, column: keyColumn + 1, kind: 'map' })) {
        // At the key's own column it may be a sequence, or keys beside this one: it is left to the map as well.
        if (action.column > keyColumn) taken.add(action);
        if (action.column > keyColumn || (atKey && action.column === keyColumn)) writtenTo = action.end;
      }
      return writtenTo;
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function firstEndingAfter(actions: readonly Action[], offset: number): number {
  let low = 0;
  let high = actions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((actions[middle]?.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Whether a block collection is over before a place: some line between is indented less than it, or stands at the
 * column of a sequence without being an item. Blank lines and comments end nothing. Each collection meets such a line
 * soon, because what follows it belongs to a parent.
 */
function leaves(
  text: string,
  starts: readonly number[],
  { from, to, column, kind }: Pick<Place, 'from' | 'column' | 'kind'> & { readonly to: number },
): boolean {
  // A block collection's own text may end at the start of a line, or behind its indentation; that line then follows it.
  const own = lineAt(starts, from);
  let blank = starts[own] ?? 0;
  while (blank < from && text[blank] === ' ') blank++;
  const first = blank === from ? own : own + 1;
  for (let line = first; line < starts.length; line++) {
    const start = starts[line] ?? 0;
    if (start >= to) return false;
    let at = start;
    while (text[at] === ' ') at++;
    if (at >= to) return false;
    const char = text[at];
    if (char === undefined || char === '\r' || char === '\n' || char === '#' || char === '\t') continue;
    const indent = at - start;
    if (indent < column || (indent === column && kind === 'seq' && char !== '-')) return true;
  }
  return false;
}
