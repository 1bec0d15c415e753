import {
  array,
  assert,
  constantFrom,
  dictionary,
  infiniteStream,
  integer,
  json,
  oneof,
  property,
  string,
} from 'fast-check';
import { expect, test } from 'vitest';
import { parseLean } from '../../server/src/cluster/lean.ts';
import { createLineSplitter } from '../../server/src/cluster/lines.ts';

function split(chunks: readonly Buffer[]): { lines: string[]; pending: number } {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line.toString()));
  for (const chunk of chunks) splitter.push(chunk);
  return { lines, pending: splitter.pending };
}

test('any chunking gives the lines of the whole, also inside a character', () => {
  const text = array(oneof(string({ unit: 'binary' }), constantFrom('\n', '\n\n', 'ü', '界', '🩺', '')), {
    maxLength: 30,
  });
  assert(
    property(text, infiniteStream(integer({ min: 1, max: 9 })), (parts, sizes) => {
      const whole = Buffer.from(parts.join(''));
      const chunks: Buffer[] = [];
      for (let at = 0; at < whole.length;) {
        const size = sizes.next().value ?? 1;
        chunks.push(whole.subarray(at, at + size));
        at += size;
      }
      const expected = whole.toString().split('\n');
      const rest = expected.pop() ?? '';
      expect(split(chunks)).toEqual({
        lines: expected.filter((line) => line !== ''),
        pending: Buffer.byteLength(rest),
      });
    }),
    { numRuns: 500 },
  );
});

test('a line without an end is refused before it fills the memory', () => {
  const splitter = createLineSplitter(() => undefined, 1000);
  expect(() => {
    for (let count = 0; count < 20; count += 1) splitter.push(Buffer.alloc(100, 'x'));
  }).toThrow(RangeError);
});

test('managed fields are left out, whatever they hold, and nothing else is', () => {
  const key = oneof(string(), constantFrom('f:a]', 'v:"x]},"', 'k:{"name":"]}"}', '],', ']', '\\'));
  const fields = dictionary(key, dictionary(key, constantFrom({})));
  assert(
    property(array(fields), json(), string(), (managed, other, name) => {
      const managedFields = managed.map((fieldsV1) => ({ manager: 'kubelet', fieldsType: 'FieldsV1', fieldsV1 }));
      const object = { metadata: { name, uid: 'u', managedFields }, spec: JSON.parse(other) as unknown };
      const lean = parseLean(Buffer.from(JSON.stringify(object))) as typeof object;
      expect({ ...lean, metadata: { ...lean.metadata, managedFields } }).toEqual(object);
    }),
    { numRuns: 300 },
  );
  const text = '{"metadata":{"name":"a","managedFields":[{"fieldsV1":{"f:spec":{}}}]},"spec":{"x":[1]}}';
  expect(parseLean(Buffer.from(text))).toEqual({ metadata: { name: 'a', managedFields: [] }, spec: { x: [1] } });
  expect(() => parseLean(Buffer.from('{"metadata":{"managedFields":[{}'))).toThrow(SyntaxError);
});
