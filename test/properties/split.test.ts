import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parseAllDocuments, parseDocument } from 'yaml';
import { splitDocuments } from '../../core/src/yaml/split.ts';

// Many runs on a busy machine take their time; what hangs is still found.
vi.setConfig({ testTimeout: 180_000 });

const lines = fc.constantFrom(
  '---',
  '--- # c',
  '---\t',
  '--- {a: 1}',
  '--- |',
  '---x',
  '--',
  '...',
  '... # c',
  '...x',
  '....',
  '# comment',
  '',
  '  ',
  '   # indented comment',
  'a: 1',
  'b: |',
  '  ---x',
  '  --- ',
  '  text',
  'c: >-',
  'd: "q',
  '  r"',
  '- item',
  '  nested: 1',
  '%YAML 1.2',
  '%TAG ! tag:x,2000:',
  '%other',
  '\t',
);
const streams = fc
  .tuple(fc.array(lines, { maxLength: 14 }), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([list, eol, ends]) => list.join(eol) + (ends ? eol : ''));

/** Streams of healthy documents, where the parser's opinion about the number of documents is not a repair of errors. */
const document = fc.constantFrom(
  'a: 1',
  'b: |\n  ---x\n  ...\n  text',
  '[1, 2]',
  '"quoted"',
  'c:\n  - d\n  # inside\n  - e',
  '# only a comment',
  '',
);
const healthy = fc
  .tuple(
    fc.array(
      fc.tuple(fc.constantFrom('---', '--- # c', '# before\n---'), document, fc.constantFrom('', '...', '... # end')),
      { minLength: 1, maxLength: 6 },
    ),
    fc.boolean(),
  )
  .map(([list, crlf]) => {
    const text =
      list.map(([marker, content, end]) => [marker, content, end].filter((part) => part !== '').join('\n')).join('\n') +
      '\n';
    return crlf ? text.replaceAll('\n', '\r\n') : text;
  });

describe('split', () => {
  test('covers any text exactly, without gaps or overlaps', () => {
    fc.assert(
      fc.property(fc.oneof(streams, fc.string({ maxLength: 60 })), (text) => {
        const spans = splitDocuments(text);
        expect(spans.length).toBeGreaterThan(0);
        expect(spans[0]?.start).toBe(0);
        for (const [index, span] of spans.entries()) expect(span.end).toBe(spans[index + 1]?.start ?? text.length);
        if (text !== '') for (const span of spans) expect(span.end).toBeGreaterThan(span.start);
      }),
      { numRuns: 2000 },
    );
  });

  test('finds the documents that the parser finds, with the same content at the same places', () => {
    fc.assert(
      fc.property(healthy, (text) => {
        const parsed = [...parseAllDocuments(text)];
        const own = splitDocuments(text);
        const contents = (list: readonly { contents: unknown; errors: readonly unknown[] }[]): unknown[] =>
          list.flatMap((each) => {
            expect(each.errors).toEqual([]);
            return each.contents === null ? [] : [JSON.stringify(each.contents)];
          });
        // Comments alone make no document of their own for the parser, so what is compared are documents with content.
        expect(contents(own.map(({ start, end }) => parseDocument(text.slice(start, end))))).toEqual(contents(parsed));
        for (const each of parsed) {
          if (each.contents === null) continue;
          const [start, end] = each.contents.range;
          const holder = own.find((span) => span.start <= start && start < span.end);
          expect(holder).toBeDefined();
          expect(end).toBeLessThanOrEqual(holder?.end ?? 0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('each part is one document: the parser finds no marker left inside', () => {
    fc.assert(
      fc.property(streams, (text) => {
        for (const { start, end } of splitDocuments(text)) {
          const part = text.slice(start, end);
          const markers = part.split(/\r\n|\n|\r/).filter((line) => /^---(?:[ \t]|$)/.test(line));
          expect(markers.length).toBeLessThanOrEqual(1);
          expect(
            part
              .split(/\r\n|\n|\r/)
              .filter((line, index, all) => /^\.\.\.(?:[ \t]|$)/.test(line) && index < all.length - 2),
          ).toEqual([]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
