/** A line of a comparison: kept, only in the old text, or only in the new one. */
interface Step {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** Lines of context around a change. */
const context = 3;
/** Changed lines above which a block is shown as replaced as a whole, to bound time and memory. */
const maxChanges = 2000;

/** Unified diff from one text to another, as `git apply` and `patch -p1` read it; empty when they are equal. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const steps = compare(splitLines(before), splitLines(after));
  const lines = [`--- ${quote(`a/${path}`)}`, `+++ ${quote(`b/${path}`)}`];
  for (const { from, to } of hunks(steps)) lines.push(header(steps, from, to), ...steps.slice(from, to).map(shown));
  return `${lines.join('\n')}\n`;
}

/** Lines with their line breaks, so that a missing or changed one is a difference. */
const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const shown = ({ sign, line }: Step): string =>
  line.endsWith('\n') ? sign + line.slice(0, -1) : `${sign}${line}\n\\ No newline at end of file`;

/** A path as git writes it: in quotes where it holds what would end it early. */
const quote = (path: string): string =>
  /["\\\p{Cc}]/u.test(path) ? JSON.stringify(path) : path.includes(' ') ? `${path}\t` : path;

function compare(before: readonly string[], after: readonly string[]): Step[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const keep = (line: string): Step => ({ sign: ' ', line });
  return [
    ...before.slice(0, start).map(keep),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(keep),
  ];
}

/** How far each diagonal (old line minus new line) was reached; counts from the lowest diagonal that has been. */
interface Reached {
  readonly lowest: number;
  readonly x: Int32Array;
}

const reachedX = ({ lowest, x }: Reached, diagonal: number): number => x[diagonal - lowest] ?? -1;

/** Shortest edit script (Myers, "An O(ND) Difference Algorithm and Its Variations"). */
function middle(before: readonly string[], after: readonly string[]): Step[] {
  const trace: Reached[] = [{ lowest: 1, x: Int32Array.of(0) }];
  for (let changes = 0; changes <= maxChanges; changes++) {
    const previous = trace.at(-1) ?? { lowest: 0, x: new Int32Array() };
    const next: Reached = { lowest: -changes, x: new Int32Array(2 * changes + 1).fill(-1) };
    trace.push(next);
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      let x = comesFromAbove(previous, diagonal)
        ? reachedX(previous, diagonal + 1)
        : reachedX(previous, diagonal - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      next.x[diagonal + changes] = x;
      if (x >= before.length && x - diagonal >= after.length) return walkBack(before, after, trace);
    }
  }
  return [...before.map((line): Step => ({ sign: '-', line })), ...after.map((line): Step => ({ sign: '+', line }))];
}

/** Whether the best way to a diagonal comes from above (an insertion) rather than from the left (a deletion). */
const comesFromAbove = (previous: Reached, diagonal: number): boolean =>
  reachedX(previous, diagonal - 1) < reachedX(previous, diagonal + 1);

function walkBack(before: readonly string[], after: readonly string[], trace: readonly Reached[]): Step[] {
  const steps: Step[] = [];
  let x = before.length;
  let y = after.length;
  for (let changes = trace.length - 2; changes >= 0; changes--) {
    const previous = trace[changes];
    if (!previous) break;
    const above = comesFromAbove(previous, x - y);
    const diagonal = above ? x - y + 1 : x - y - 1;
    const fromX = reachedX(previous, diagonal);
    const changedX = above ? fromX : fromX + 1;
    const changedY = above ? fromX - diagonal + 1 : fromX - diagonal;
    while (x > changedX) {
      steps.push({ sign: ' ', line: before[--x] ?? '' });
      y--;
    }
    y = changedY;
    if (changes === 0) break;
    if (above) steps.push({ sign: '+', line: after[--y] ?? '' });
    else steps.push({ sign: '-', line: before[--x] ?? '' });
  }
  return steps.reverse();
}

function hunks(steps: readonly Step[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [index, { sign }] of steps.entries()) {
    if (sign === ' ') continue;
    const last = found.at(-1);
    const to = Math.min(steps.length, index + 1 + context);
    if (last && index - context <= last.to) last.to = to;
    else found.push({ from: Math.max(0, index - context), to });
  }
  return found;
}

function header(steps: readonly Step[], from: number, to: number): string {
  const count = (sign: '-' | '+', start: number, end: number): number =>
    steps.slice(start, end).filter((step) => step.sign === ' ' || step.sign === sign).length;
  const span = (sign: '-' | '+'): string => {
    const length = count(sign, from, to);
    // An empty side is named by the line before it.
    return `${count(sign, 0, from) + (length === 0 ? 0 : 1)},${length}`;
  };
  return `@@ -${span('-')} +${span('+')} @@`;
}
