import { displayWidth, padTo } from '../../core/src/report/terminal.ts';
import type { Paint } from '../../core/src/report/stylish.ts';

/** Markdown of a rule's page as text for a terminal: headings, paragraphs, lists, tables and code. */
export function terminalText(markdown: string, paint: Paint, columns: number): string {
  const width = Math.max(40, Math.min(columns, 100));
  const blocks: string[] = [];
  for (const block of splitBlocks(markdown)) blocks.push(renderBlock(block, paint, width));
  return `${blocks.join('\n\n')}\n`;
}

/** Runs of lines between blank lines; fenced code is one block whatever it holds. */
function splitBlocks(markdown: string): string[][] {
  const blocks: string[][] = [];
  let block: string[] = [];
  let fence = false;
  const close = (): void => {
    if (block.length > 0) blocks.push(block);
    block = [];
  };
  for (const line of markdown.split(/\r?\n/)) {
    if (line.startsWith('```')) {
      if (!fence) close();
      block.push(line);
      if (fence) close();
      fence = !fence;
    } else if (fence) block.push(line);
    else if (line.trim() === '' || /^<[!/a-z]/.test(line)) close();
    else if (/^#{1,6} /.test(line)) {
      close();
      blocks.push([line]);
    } else block.push(line);
  }
  close();
  return blocks;
}

function renderBlock(block: readonly string[], paint: Paint, width: number): string {
  const [first = ''] = block;
  if (first.startsWith('```'))
    return codeBlock(
      block.slice(1).filter((line) => !line.startsWith('```')),
      paint,
    );
  const heading = /^#{1,6} (.*)$/.exec(first);
  if (heading) return paint('bold', inline(heading[1] ?? ''));
  if (first.startsWith('|')) return table(block, paint);
  if (/^[-*] /.test(first))
    return listItems(block)
      .map((item) => wrap(inline(item), width, '  - ', '    '))
      .join('\n');
  return wrap(inline(block.join(' ')), width, '', '');
}

/** Manifest lines; comments step back, so that the marks under what is found stand out from the text. */
const codeBlock = (lines: readonly string[], paint: Paint): string =>
  lines
    .map((line) =>
      /^\s*#.*\^/.test(line)
        ? `    ${paint('red', line)}`
        : line.startsWith('#')
          ? `    ${paint('gray', line)}`
          : `    ${line}`.trimEnd(),
    )
    .join('\n');

function listItems(block: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of block) {
    if (/^[-*] /.test(line)) items.push(line.slice(2));
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  return items;
}

function table(block: readonly string[], paint: Paint): string {
  const rows = block
    .filter((line) => !/^\|[\s:|-]+\|?$/.test(line))
    .map((line) =>
      line
        .replace(/^\||\|\s*$/g, '')
        .split('|')
        .map((cell) => inline(cell.trim())),
    );
  return columnsOf(rows)
    .map((line, index) => (index === 0 ? paint('bold', line) : line))
    .join('\n');
}

/** Rows of cells as lines with aligned columns. */
export function columnsOf(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell));
  return rows.map((row) =>
    row
      .map((cell, index) => padTo(cell, widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Text without its marks; links keep their address. */
const inline = (text: string): string =>
  text
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, label: string, address: string) =>
      /^https?:/.test(address) ? `${label} (${address})` : label,
    )
    .replace(/<(https?:[^>]+)>/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/(`+)([^`]+)\1/g, '$2')
    .replace(/\\([\\|*_<>[\]`])/g, '$1');

function wrap(text: string, width: number, firstIndent: string, indent: string): string {
  const lines: string[] = [];
  let line = firstIndent;
  let empty = true;
  for (const word of text.split(/\s+/)) {
    if (!empty && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      [line, empty] = [indent, true];
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line].join('\n');
}
