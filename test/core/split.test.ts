import { describe, expect, test } from 'vitest';
import { splitDocuments } from '../../core/src/yaml/split.ts';

const parts = (text: string): string[] => splitDocuments(text).map(({ start, end }) => text.slice(start, end));

/** Streams with the documents they fall into, by hand. */
const table: readonly (readonly [string, string, readonly string[]])[] = [
  ['nothing', '', ['']],
  ['one document', 'a: 1\n', ['a: 1\n']],
  ['marker at the top', '---\na: 1\n', ['---\na: 1\n']],
  ['two documents', 'a: 1\n---\nb: 2\n', ['a: 1\n', '---\nb: 2\n']],
  ['comments before the first marker belong to its document', '# c\n\n---\na: 1\n', ['# c\n\n---\na: 1\n']],
  ['directives too', '%YAML 1.2\n# c\n---\na: 1\n', ['%YAML 1.2\n# c\n---\na: 1\n']],
  [
    'comments before a later marker stay with the document above',
    'a: 1\n# c\n---\nb: 2\n',
    ['a: 1\n# c\n', '---\nb: 2\n'],
  ],
  ['an end marker belongs to the document it ends', 'a: 1\n...\nb: 2\n', ['a: 1\n...\n', 'b: 2\n']],
  ['end marker, then directive', 'a: 1\n...\n%YAML 1.2\n---\nb: 2\n', ['a: 1\n...\n', '%YAML 1.2\n---\nb: 2\n']],
  ['empty documents between markers', '---\n---\n---\na: 1', ['---\n', '---\n', '---\na: 1']],
  ['content behind the marker', '--- {a: 1}\n--- |\n text\n', ['--- {a: 1}\n', '--- |\n text\n']],
  ['a marker followed by text is text', 'a: |\n  x\n---x\nb: 1\n', ['a: |\n  x\n---x\nb: 1\n']],
  ['an indented marker is text', 'a: |\n  ---\n  ...\nb: 1\n', ['a: |\n  ---\n  ...\nb: 1\n']],
  ['a marker ends a document even inside quotes', 'a: "x\n---\ny"\n', ['a: "x\n', '---\ny"\n']],
  ['CRLF', 'a: 1\r\n---\r\nb: 2\r\n', ['a: 1\r\n', '---\r\nb: 2\r\n']],
  ['lone CR', 'a: 1\r---\rb: 2\r', ['a: 1\r', '---\rb: 2\r']],
  ['marker at the end of the text', 'a: 1\n---', ['a: 1\n', '---']],
  ['marker followed by a tab', 'a: 1\n---\tb\n', ['a: 1\n', '---\tb\n']],
];

describe('splitting a stream', () => {
  test.each(table)('%s', (_name, text, expected) => {
    expect(parts(text)).toEqual(expected);
  });
});
