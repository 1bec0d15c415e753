import type { Arbitrary } from 'fast-check';
import { array, constant, constantFrom, integer, nat, oneof, record } from 'fast-check';

/** Values that no field expects. */
const oddities = [
  '',
  'null',
  '~',
  '{}',
  '[]',
  '-1',
  '0',
  '1e999',
  '.nan',
  'on',
  '"8080"',
  '"%"',
  '[[]]',
  '{a: {b: c}}',
  '{{ .Values.x }}',
  '${X}',
  '*missing',
  '&a',
  '!!int x',
  '"\\uD800"',
  '|',
  '>-',
  '\t',
  '? x',
  '- - -',
  '<<: *a',
  '\u0000',
  '😀',
];

type Change =
  | { readonly type: 'value'; readonly at: number; readonly with: string }
  | { readonly type: 'cut'; readonly at: number; readonly length: number }
  | {
      readonly type: 'line';
      readonly at: number;
      readonly to: number;
      readonly do: 'drop' | 'double' | 'move' | 'indent' | 'outdent';
    };

const change: Arbitrary<Change> = oneof(
  { weight: 4, arbitrary: record({ type: constant('value' as const), at: nat(), with: constantFrom(...oddities) }) },
  { weight: 1, arbitrary: record({ type: constant('cut' as const), at: nat(), length: integer({ min: 1, max: 40 }) }) },
  {
    weight: 3,
    arbitrary: record({
      type: constant('line' as const),
      at: nat(),
      to: nat(),
      do: constantFrom('drop' as const, 'double' as const, 'move' as const, 'indent' as const, 'outdent' as const),
    }),
  },
);

/** Texts that a few careless changes make of a manifest: values, lines and characters that go, come or move. */
export const mutate = (text: string): Arbitrary<string> =>
  array(change, { minLength: 1, maxLength: 4 }).map((changes) => changes.reduce(apply, text));

function apply(text: string, made: Change): string {
  if (made.type === 'cut') {
    const at = made.at % (text.length + 1);
    return text.slice(0, at) + text.slice(at + made.length);
  }
  const lines = text.split('\n');
  const index = made.at % lines.length;
  const line = lines[index] ?? '';
  if (made.type === 'value')
    return lines.with(index, line.replace(/(:|-)(?: .*)?$/, `$1 ${made.with.replaceAll('$', '$$$$')}`)).join('\n');
  switch (made.do) {
    case 'drop':
      return lines.toSpliced(index, 1).join('\n');
    case 'double':
      return lines.toSpliced(index, 0, line).join('\n');
    case 'move':
      return lines
        .toSpliced(index, 1)
        .toSpliced(made.to % lines.length, 0, line)
        .join('\n');
    case 'indent':
      return lines.with(index, `  ${line}`).join('\n');
    case 'outdent':
      return lines.with(index, line.replace(/^ {2}/, '')).join('\n');
  }
}
