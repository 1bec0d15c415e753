import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TextEdit } from '../../core/src/text/text.ts';
import { applyEdits, conflicts, lineBreak, lineEnd, lineIndex, lineStart, nextLine } from '../../core/src/text/text.ts';
import { editDistance, nearest } from '../../core/src/text/nearest.ts';

const texts = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '\r\n', '😀', 'é'), maxLength: 40 });

/** Lines by the definition of LSP: `\r\n`, `\n` and `\r` each end one. */
const naiveLines = (text: string): string[] =>
  text.split(/(?<=\r\n|\n|\r(?!\n))/u).concat(/[\r\n]$/.test(text) ? [''] : []);

describe('line index', () => {
  test('agrees with splitting at line breaks', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const index = lineIndex(text);
        const lines = text === '' ? [''] : naiveLines(text);
        expect(index.lineCount).toBe(lines.length);
        let offset = 0;
        for (const [line, content] of lines.entries()) {
          expect(index.lineStart(line)).toBe(offset);
          for (let character = 0; character < content.length; character++) {
            expect(index.position(offset + character)).toEqual({ line, character });
            expect(index.offset({ line, character })).toBe(offset + character);
          }
          offset += content.length;
        }
      }),
    );
  });

  test('clamps what lies outside', () => {
    const index = lineIndex('ab\ncd');
    expect(index.position(-5)).toEqual({ line: 0, character: 0 });
    expect(index.position(99)).toEqual({ line: 1, character: 2 });
    expect(index.offset({ line: 0, character: 99 })).toBe(3);
    expect(index.offset({ line: 99, character: 0 })).toBe(5);
    expect(index.offset({ line: -1, character: 1 })).toBe(1);
  });

  test('line helpers find the ends of a line', () => {
    const text = 'ab\r\ncd\ne';
    expect([lineStart(text, 5), lineEnd(text, 4), nextLine(text, 0), nextLine(text, 5), nextLine(text, 7)]).toEqual([
      4, 6, 4, 7, 8,
    ]);
    expect([lineBreak(text), lineBreak('a\nb\r\n'), lineBreak('')]).toEqual(['\r\n', '\n', '\n']);
  });
});

describe('edits', () => {
  const edits = (length: number): fc.Arbitrary<TextEdit[]> =>
    fc.array(fc.tuple(fc.nat(length), fc.nat(3), fc.string({ maxLength: 3 })), { maxLength: 6 }).map((raw) => {
      const chosen: TextEdit[] = [];
      for (const [start, size, newText] of raw) {
        const edit = { range: { start, end: Math.min(length, start + size) }, newText };
        if (!chosen.some((other) => conflicts(edit, other))) chosen.push(edit);
      }
      return chosen;
    });

  test('applied in any order give what applying from the end gives', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 30 }).chain((text) => fc.tuple(fc.constant(text), edits(text.length))),
        ([text, list]) => {
          const expected = [...list]
            .sort((a, b) => b.range.start - a.range.start)
            .reduce(
              (current, { range, newText }) => current.slice(0, range.start) + newText + current.slice(range.end),
              text,
            );
          expect(applyEdits(text, list)).toBe(expected);
          expect(applyEdits(text, [...list].reverse())).toBe(expected);
        },
      ),
    );
  });

  test('conflict when they share a start or overlap, not when they touch', () => {
    const edit = (start: number, end: number): TextEdit => ({ range: { start, end }, newText: '' });
    expect(conflicts(edit(1, 1), edit(1, 1))).toBe(true);
    expect(conflicts(edit(0, 3), edit(2, 5))).toBe(true);
    expect(conflicts(edit(0, 3), edit(3, 5))).toBe(false);
    expect(conflicts(edit(0, 5), edit(2, 2))).toBe(true);
  });
});

describe('nearest word', () => {
  test('edit distance counts single-character edits up to its limit', () => {
    const slow = (a: string, b: string): number =>
      a === '' || b === ''
        ? a.length + b.length
        : Math.min(
            slow(a.slice(1), b) + 1,
            slow(a, b.slice(1)) + 1,
            slow(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
          );
    const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
    fc.assert(
      fc.property(words, words, fc.nat(4), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(slow(a, b), limit + 1));
      }),
      { numRuns: 3000 },
    );
  });

  test('suggests only what can be meant', () => {
    expect(nearest('liveness-prob-missing', ['liveness-probe-missing', 'single-replica'])).toBe(
      'liveness-probe-missing',
    );
    expect(nearest('zzz', ['liveness-probe-missing'])).toBeUndefined();
  });
});
