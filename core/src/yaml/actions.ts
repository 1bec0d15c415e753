import type { Action } from './mask.ts';

/** Answers what template actions do to a place; every question costs a binary search, not a pass over all actions. */
export interface ActionIndex {
  /** Whether an action fills in part of the text between two offsets. */
  fills(start: number, end: number): boolean;
  /**
   * Whether an action writes lines into a collection.
   * @param from where its lines may begin: behind the key that owns it
   * @param end where its own text ends
   */
  writesInto(collection: { readonly from: number; readonly end: number; readonly column: number; readonly kind: 'map' | 'seq' | 'flow' }): boolean;
  /** Column of an offset. */
  column(offset: number): number;
}

/** Index of a text that holds no actions. */
const none: ActionIndex = { fills: () => false, writesInto: () => false, column: () => 0 };

/** Builds the index of a masked text's actions, which are in order and do not overlap. */
export function indexActions(text: string, actions: readonly Action[]): ActionIndex {
  if (actions.length === 0) return none;
  const values = actions.filter(({ role }) => role === 'value');
  const contents = actions.filter(({ role }) => role === 'content');
  const starts = lineStarts(text);
  return {
    fills: (start, end) => (values[firstEndingAfter(values, start)]?.start ?? Infinity) < end,
    column: (offset) => offset - (starts[lineAt(starts, offset)] ?? 0),
    writesInto({ from, end, column, kind }) {
      for (let i = firstEndingAfter(contents, from); i < contents.length; i++) {
        const action = contents[i];
        if (!action) break;
        if (action.start >= end && (kind === 'flow' || leaves(text, starts, { from: end, to: action.start, column, kind }))) break;
        if (kind === 'flow' || action.column >= column) return true;
      }
      return false;
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
  { from, to, column, kind }: { from: number; to: number; column: number; kind: 'map' | 'seq' | 'flow' },
): boolean {
  // A block collection's own text may end at the start of a line, which then follows it.
  const first = starts[lineAt(starts, from)] === from ? lineAt(starts, from) : lineAt(starts, from) + 1;
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
