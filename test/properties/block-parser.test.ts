/** The fast reader against the `yaml` package: the same tree with the same offsets, or no answer. */
import * as fc from 'fast-check';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { describe, expect, test } from 'vitest';
import { parseBlocks } from '../../core/src/yaml/block-parser.ts';
import { parseWithAuthority } from '../../core/src/yaml/parse.ts';
import { splitDocuments } from '../../core/src/yaml/split.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Documents of the samples and fixtures, as people write them. */
function documents(): string[] {
  return ['samples', 'test/fixtures/rules', 'test/fixtures/helm'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => join(root, folder, path))
      .filter((path) => /\.ya?ml$/.test(path) && statSync(path).isFile())
      .flatMap((path) => {
        const text = readFileSync(path, 'utf8');
        return splitDocuments(text).map(({ start, end }) => text.slice(start, end));
      })
      .filter((text) => !text.includes('{{')),
  );
}

/** Fails when both give an answer and the answers differ. */
function agree(text: string): boolean {
  // Template text never comes here: it is masked for the other parser.
  if (text.includes('{{')) return false;
  const fast = parseBlocks(text);
  if (!fast) return false;
  const { root: slow, problem } = parseWithAuthority(text);
  expect({ text, problem, root: fast }).toEqual({ text, problem: undefined, root: slow });
  return true;
}

describe('the fast reader agrees with the authority', () => {
  const all = documents();

  test('on what people write, nearly all of which it reads', () => {
    const read = all.filter(agree).length;
    expect(all.length).toBeGreaterThan(300);
    expect(read / all.length).toBeGreaterThan(0.9);
  });

  test('on what people write with characters removed, doubled and put in', () => {
    const noise = fc.constantFrom(
      '',
      ' ',
      '  ',
      '\n',
      ':',
      ': ',
      '- ',
      '#',
      ' #',
      '"',
      "'",
      '|',
      '{',
      '}',
      '[',
      ']',
      ',',
      '&a ',
      '*a',
      '!x ',
      '? ',
      '\t',
      '...\n',
      '---\n',
      '\\',
      '%',
    );
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(3), noise), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...all.filter((text) => text.length < 1500)), edits, (text, changes) => {
        agree(
          changes.reduce((current, [at, removed, added]) => {
            const place = at % (current.length + 1);
            return current.slice(0, place) + added + current.slice(place + removed);
          }, text),
        );
      }),
      { numRuns: 3000 },
    );
  });

  test('on small texts of indicators', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      '1',
      ' ',
      '  ',
      '\n',
      '\n  ',
      ':',
      ': ',
      ':\n',
      '- ',
      '-',
      '#',
      ' # c',
      '"',
      "'",
      '"x"',
      "'y'",
      '|\n',
      '|-\n',
      '>',
      '{',
      '}',
      '[',
      ']',
      ', ',
      ',',
      '~',
      'null',
      '<<',
      '@',
      '`',
      '%',
      '&',
      '*',
      '!',
      '?',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        agree(pieces.join(''));
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    'a: 1\na: 2\n',
    'a: { b: 1, b: 2 }\n',
    `${Array.from({ length: 40 }, (_, index) => `k${index}: 1\n`).join('')}k20: 2\n`,
    `{ ${Array.from({ length: 40 }, (_, index) => `k${index}: 1`).join(', ')}, k3: 2 }\n`,
    'a: [psql, -, x]\n',
    'a: &x 1\nb: *x\n',
    'a: "x\\ny"\n',
    "a: 'it''s'\n",
    'a: b\n  c\n',
    'a: >\n  b\n',
    'a: |2\n   b\n',
    'a:\tb\n',
    '<<: { a: 1 }\n',
    '? a\n: b\n',
    'a: 1\n...\nb\n',
    '- a\nb: 1\n',
    'a: [\n  1 ]\n',
    '!!map { a: 1 }\n',
    'a: b: c\n',
  ])('and leaves %j to it', (text) => {
    expect(parseBlocks(text)).toBeUndefined();
  });

  test('on what the package itself prints', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.constantFrom(2, 4), fc.boolean(), (value, indent, indentSeq) => {
        agree(stringify(value, { indent, indentSeq, lineWidth: 0 }));
      }),
      { numRuns: 2000 },
    );
  });
});
