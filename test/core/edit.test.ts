import { describe, expect, test } from 'vitest';
import { applyEdits } from '../../core/src/text/text.ts';
import type { Operation } from '../../core/src/yaml/edit.ts';
import { lower } from '../../core/src/yaml/edit.ts';
import { asSnippet, tabStop, withoutStops } from '../../core/src/yaml/plain.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';

/** Text after operations; undefined when they are refused. */
function edited(text: string, ...operations: Operation[]): string | undefined {
  const { root } = parseDocument(text);
  const edits = root && lower(text, root, operations);
  return edits && applyEdits(text, edits);
}

describe('edits by example', () => {
  const examples: readonly (readonly [string, string, Operation, string])[] = [
    [
      'a comment behind the key stays there',
      'a: # why\nb: 1\n',
      { op: 'set', path: ['a', 'c'], value: 2 },
      'a: # why\n  c: 2\nb: 1\n',
    ],
    ['a comment behind a value stays', 'a: 1 # why\n', { op: 'set', path: ['a'], value: 2 }, 'a: 2 # why\n'],
    ['quotes stay', `a: '1'\nb: "x"\n`, { op: 'set', path: ['b'], value: 'y' }, `a: '1'\nb: "y"\n`],
    [
      'a new key stands behind the last, before trailing comments',
      'a:\n  b: 1\n# end\nc: 2\n',
      { op: 'set', path: ['a', 'd'], value: 3 },
      'a:\n  b: 1\n  d: 3\n# end\nc: 2\n',
    ],
    [
      'or behind the key asked for',
      'a: 1\nb: 2\n',
      { op: 'set', path: ['c'], value: 3, after: 'a' },
      'a: 1\nc: 3\nb: 2\n',
    ],
    [
      'behind a block scalar',
      'a:\n  b: |\n    text\n\nc: 1\n',
      { op: 'set', path: ['a', 'd'], value: 2 },
      'a:\n  b: |\n    text\n  d: 2\n\nc: 1\n',
    ],
    [
      'behind a block scalar that keeps its blank lines',
      'a:\n  b: |+\n    text\n\nc: 1\n',
      { op: 'set', path: ['a', 'd'], value: 2 },
      'a:\n  b: |+\n    text\n\n  d: 2\nc: 1\n',
    ],
    [
      'behind a block scalar that ends in blanks',
      'a:\n  b: |\n    text\n       \nc: 1\n',
      { op: 'set', path: ['a', 'd'], value: 2 },
      'a:\n  b: |\n    text\n       \n  d: 2\nc: 1\n',
    ],
    [
      'a block scalar gives way to a value',
      'a: |\n  text\nb: 1\n',
      { op: 'set', path: ['a'], value: 'x' },
      'a: x\nb: 1\n',
    ],
    [
      'sequences without indentation',
      'a:\n- b: 1\nc: 2\n',
      { op: 'append', path: ['a'], value: { b: 2 } },
      'a:\n- b: 1\n- b: 2\nc: 2\n',
    ],
    [
      'sequences with indentation',
      'a:\n    - b: 1\nc: 2\n',
      { op: 'append', path: ['a'], value: 5 },
      'a:\n    - b: 1\n    - 5\nc: 2\n',
    ],
    [
      'a first item that begins with a minus',
      'a:\n  - -1\n',
      { op: 'append', path: ['a'], value: 2 },
      'a:\n  - -1\n  - 2\n',
    ],
    ['an item that is null', 'a:\n  - 1\n  -\n', { op: 'append', path: ['a'], value: 2 }, 'a:\n  - 1\n  -\n  - 2\n'],
    ['flow sequences', 'a: [1, 2]\n', { op: 'append', path: ['a'], value: 'on' }, 'a: [1, 2, "on"]\n'],
    [
      'a key on the line of its dash',
      'a:\n  - b: 1\n    c: 2\n',
      { op: 'set', path: ['a', 0, 'd'], value: 3 },
      'a:\n  - b: 1\n    c: 2\n    d: 3\n',
    ],
    [
      'removing that key moves the next up',
      'a:\n  - b: 1\n    c: 2\n',
      { op: 'remove', path: ['a', 0, 'b'] },
      'a:\n  - c: 2\n',
    ],
    [
      'removing a key takes its lines',
      'a: 1\nb:\n  c: 2\n  d: 3\ne: 4\n',
      { op: 'remove', path: ['b'] },
      'a: 1\ne: 4\n',
    ],
    ['removing the only key leaves an empty map', 'a:\n  b: 1\n', { op: 'remove', path: ['a', 'b'] }, 'a:\n  {}\n'],
    [
      'removing a key leaves the comment behind it',
      'a: 1\n# above\nb: 2 # why\nc: 3\n',
      { op: 'remove', path: ['b'] },
      'a: 1\n# above\n# why\nc: 3\n',
    ],
    [
      'removing an item takes its lines',
      'a:\n  - b: 1\n    c: 2\n  # d\n  - d: 3\ne: 4\n',
      { op: 'remove', path: ['a', 0] },
      'a:\n  # d\n  - d: 3\ne: 4\n',
    ],
    ['removing the last item', 'a:\n- b\n- c: 1', { op: 'remove', path: ['a', 1] }, 'a:\n- b'],
    ['removing an item in flow style', 'a: [1, {b: 2}, 3]\n', { op: 'remove', path: ['a', 1] }, 'a: [1, 3]\n'],
    ['removing the last item in flow style', 'a: [1, 2]\n', { op: 'remove', path: ['a', 1] }, 'a: [1]\n'],
    [
      'removing beside a merge key',
      'x: &x {a: 1}\ny: { <<: *x, b: 2, c: 3 }\n',
      { op: 'remove', path: ['y', 'b'] },
      'x: &x {a: 1}\ny: { <<: *x, c: 3 }\n',
    ],
    ['renaming keeps quotes', '{"a": 1}', { op: 'rename', path: ['a'], key: 'b' }, '{"b": 1}'],
    [
      'JSON',
      '{\n  "a": 1\n}\n',
      { op: 'set', path: ['b'], value: { c: true } },
      '{\n  "a": 1,\n  "b": {"c":true}\n}\n',
    ],
    [
      'CRLF',
      'a:\r\n  b: 1\r\n',
      { op: 'set', path: ['a', 'c'], value: { d: 2 } },
      'a:\r\n  b: 1\r\n  c:\r\n    d: 2\r\n',
    ],
    ['no line break at the end', 'a: 1', { op: 'set', path: ['b'], value: 2 }, 'a: 1\nb: 2'],
    [
      'beside template output of the same map',
      'a:\n  b: 1\n  {{- include "x" . | nindent 2 }}\nc: 2\n',
      { op: 'set', path: ['d'], value: 3, after: 'a' },
      'a:\n  b: 1\n  {{- include "x" . | nindent 2 }}\nd: 3\nc: 2\n',
    ],
    [
      'outside of a conditional block',
      'a: 1\n{{- if .x }}\nb: 2\n{{- end }}\n',
      { op: 'set', path: ['c'], value: 3 },
      'a: 1\nc: 3\n{{- if .x }}\nb: 2\n{{- end }}\n',
    ],
  ];
  test.each(examples)('%s', (_name, text, operation, expected) => {
    expect(edited(text, operation)).toBe(expected);
  });

  const refused: readonly (readonly [string, string, Operation])[] = [
    ['through an alias', 'x: &x {a: 1}\ny: *x\n', { op: 'set', path: ['y', 'a'], value: 2 }],
    ['of what an alias repeats', 'x: &x {a: 1}\ny: *x\n', { op: 'set', path: ['x', 'a'], value: 2 }],
    ['of a merged key', 'x: &x {a: 1}\ny:\n  <<: *x\n', { op: 'set', path: ['y', 'a'], value: 2 }],
    ['of template text', 'a: {{ .x }}\n', { op: 'set', path: ['a'], value: 2 }],
    [
      'of a value that template text writes',
      'a:\n  {{- toYaml .x | nindent 2 }}\n',
      { op: 'set', path: ['a', 'b'], value: 2 },
    ],
    ['behind an announced key', '? a\n: 1\n', { op: 'set', path: ['b'], value: 2 }],
    ['of an announced key without a colon', '? a\nb: 1\n', { op: 'set', path: ['a'], value: 2 }],
    ['of a nothing that has an anchor', 'a: &x\nb: 1\n', { op: 'set', path: ['a'], value: 2 }],
    ['to remove what an alias repeats', 'a: { b: &x 1 }\nc: *x\n', { op: 'remove', path: ['a'] }],
    ['to remove the only item', 'a:\n  - 1\n', { op: 'remove', path: ['a', 0] }],
    ['to remove an item behind the dash of another', 'a:\n  - - 1\n    - 2\n', { op: 'remove', path: ['a', 0, 0] }],
    ['into a scalar', 'a: 1\n', { op: 'set', path: ['a', 'b'], value: 2 }],
    ['of an item that is not there', 'a: [1]\n', { op: 'set', path: ['a', 5], value: 2 }],
  ];
  test.each(refused)('none is offered %s', (_name, text, operation) => {
    expect(edited(text, operation)).toBeUndefined();
  });

  test('several insertions at one place all arrive, the deeper ones first', () => {
    expect(
      edited('a:\n  b: 1\n', { op: 'set', path: ['c'], value: 2 }, { op: 'set', path: ['a', 'd'], value: 3 }),
    ).toBe('a:\n  b: 1\n  d: 3\nc: 2\n');
  });

  test('tab stops become snippets or their proposed text, with everything else escaped', () => {
    const text = edited('a: 1\n', {
      op: 'set',
      path: ['b'],
      value: { c: tabStop(1, '/healthz'), d: tabStop(2, 8080), e: '$x}' },
    });
    expect(withoutStops(text ?? '')).toBe('a: 1\nb:\n  c: /healthz\n  d: 8080\n  e: $x}\n');
    expect(asSnippet(text ?? '')).toBe('a: 1\nb:\n  c: ${1:/healthz}\n  d: ${2:8080}\n  e: \\$x\\}\n');
  });
});
