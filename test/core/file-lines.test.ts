import { array, assert, constantFrom, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { lineIndex } from '../../core/src/text/text.ts';
import { fileLines } from '../../core/src/workspace/file-lines.ts';
import { readFile } from '../../core/src/workspace/project.ts';

const text = array(
  constantFrom('a: 1\n', '---\n', '--- # x\r\n', '...\n', '\n', 'b: |\r', '\r\n', '# c', 'd: é\n'),
).map((parts) => parts.join(''));

test('the lines of a file are those of its whole text', () => {
  assert(
    property(text, text, nat({ max: 120 }), nat({ max: 20 }), (before, after, offset, character) => {
      const file = readFile('file:///a.yaml', after, readFile('file:///a.yaml', before));
      const [whole, parts] = [lineIndex(after), fileLines(file)];
      expect(parts.lineCount).toBe(whole.lineCount);
      expect(parts.position(offset)).toEqual(whole.position(offset));
      const line = offset % (whole.lineCount + 2);
      expect(parts.lineStart(line)).toBe(whole.lineStart(line));
      expect(parts.offset({ line, character })).toBe(whole.offset({ line, character }));
    }),
    { numRuns: 2000 },
  );
});
