import type { LineIndex, Position } from '../text/text.ts';
import { lineIndex } from '../text/text.ts';
import type { Manifest } from './manifest.ts';
import type { SourceFile } from './project.ts';

const ofManifest = new WeakMap<Manifest, LineIndex>();

function linesOf(manifest: Manifest): LineIndex {
  let index = ofManifest.get(manifest);
  if (!index) ofManifest.set(manifest, (index = lineIndex(manifest.text)));
  return index;
}

/** A document's first offset and line in its file. */
interface Part {
  readonly start: number;
  readonly line: number;
  readonly index: LineIndex;
}

/**
 * Line index of a file, put together from those of its documents: each begins with a line of its own, so after a change
 * only the changed one is read again.
 */
export function fileLines({ documents }: SourceFile): LineIndex {
  const parts: Part[] = [];
  let line = 0;
  for (const { start, manifest } of documents) {
    const index = linesOf(manifest);
    parts.push({ start, line, index });
    // Behind the line break that ends a document, the next one's first line begins.
    line += index.lineCount - 1;
  }
  const lineCount = line + 1;
  const find = (by: 'start' | 'line', value: number): Part => {
    let low = 0;
    let high = parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((parts[middle]?.[by] ?? 0) <= value) low = middle;
      else high = middle - 1;
    }
    return parts[low] ?? empty;
  };
  return {
    lineCount,
    position(offset) {
      const part = find('start', offset);
      const { line: local, character } = part.index.position(offset - part.start);
      return { line: part.line + local, character };
    },
    lineStart(wanted) {
      const part = find('line', Math.max(0, Math.min(wanted, lineCount - 1)));
      return part.start + part.index.lineStart(wanted - part.line);
    },
    offset({ line: wanted, character }: Position) {
      const part = find('line', wanted);
      return part.start + part.index.offset({ line: wanted - part.line, character });
    },
  };
}

const empty: Part = { start: 0, line: 0, index: lineIndex('') };
