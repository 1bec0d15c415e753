import type { Range } from '../text/text.ts';
import type { Action } from '../yaml/mask.ts';
import { maskTemplates } from '../yaml/mask.ts';
import { expressionOf } from './template-values.ts';

/** A part of a template that is rendered on a condition, once for each item, or with another `.`. */
export interface Block extends Range {
  readonly word: string;
  readonly expression: string;
  /** Behind `else`. */
  readonly negated: boolean;
}

/** Template text of a chart's document. Offsets are the document's; what stands before it in its file is negative. */
export interface Template {
  readonly text: string;
  readonly actions: readonly Action[];
  readonly blocks: readonly Block[];
  /** Variables that are given a value once, and where. */
  readonly variables: ReadonlyMap<string, Assignment>;
}

interface Assignment {
  readonly at: number;
  readonly expression: string;
}

/** An action with what it says. */
interface Statement extends Range {
  readonly expression: string;
}

/** Text before a document that is read for the blocks that it leaves open. */
const longestBefore = 100_000;

/**
 * Reads what decides about the parts of a document.
 * @param before what stands before it in its file
 */
export function readTemplate(text: string, before = ''): Template {
  const { actions } = maskTemplates(text);
  const read = before.length > longestBefore ? '' : before;
  const earlier = maskTemplates(read).actions.map((action) => statementOf(read, action, -read.length));
  const statements = [...earlier, ...actions.map((action) => statementOf(text, action, 0))];
  return { text, actions, blocks: readBlocks(statements, text.length), variables: readVariables(statements) };
}

const statementOf = (text: string, { start, end }: Range, shift: number): Statement => ({
  start: start + shift,
  end: end + shift,
  expression: expressionOf(text.slice(start, end)),
});

/** The blocks of a text, each with what decides about it; one that the text does not close goes to its end. */
function readBlocks(statements: readonly Statement[], end: number): Block[] {
  const blocks: Block[] = [];
  const open: Omit<Block, 'end'>[] = [];
  const close = (at: number): void => {
    const block = open.pop();
    if (block) blocks.push({ ...block, end: at });
  };
  for (const action of statements) {
    const [, word = '', expression = ''] = /^(\w+)\s*(.*)$/s.exec(action.expression) ?? [];
    if (word === 'end') close(action.start);
    else if (word === 'else') {
      const before = open.at(-1);
      close(action.start);
      // What `else if` asks hangs on all before it: left undecided.
      open.push({
        word: expression === '' && before?.word === 'if' && !before.negated ? 'if' : 'else',
        expression: before?.expression ?? '',
        start: action.end,
        negated: true,
      });
    } else if (['if', 'with', 'range', 'define', 'block'].includes(word))
      open.push({ word, expression, start: action.end, negated: false });
  }
  while (open.length > 0) close(end);
  return blocks;
}

function readVariables(statements: readonly Statement[]): ReadonlyMap<string, Assignment> {
  const variables = new Map<string, Assignment | undefined>();
  for (const { start, expression } of statements) {
    const [, name, value] = /^(?:\w+\s+)?\$(\w+)(?:\s*,\s*\$\w+)?\s*:?=\s*(.*)$/s.exec(expression) ?? [];
    if (name === undefined || value === undefined) continue;
    const plain = expression.startsWith('$') && !variables.has(name);
    variables.set(name, plain ? { at: start, expression: value } : undefined);
  }
  return new Map([...variables].flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Blocks around a place, the outermost first. */
export const blocksAround = ({ blocks }: Pick<Template, 'blocks'>, offset: number): Block[] =>
  blocks.filter(({ start, end }) => start <= offset && offset < end).sort((a, b) => a.start - b.start);
