import { array, assert, constantFrom, infiniteStream, integer, json, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { createItemReader } from '../../server/src/cluster/list-items.ts';

function read(text: string, size: () => number): { items: unknown[]; rest: unknown } {
  const items: unknown[] = [];
  const reader = createItemReader((item) => items.push(item));
  const whole = Buffer.from(text);
  for (let at = 0; at < whole.length;) {
    const end = at + size();
    reader.push(whole.subarray(at, end));
    at = end;
  }
  return { items, rest: reader.end() };
}

test('any chunking gives the items of the list, and the list without them', () => {
  const text = constantFrom('"items":[', 'a"b', '\\', '}]', '[{', 'ü界🩺');
  const item = record({
    metadata: record({ name: text, uid: string() }),
    spec: json().map((each): unknown => JSON.parse(each)),
  });
  const lists = record({
    kind: text,
    metadata: record({ resourceVersion: text }),
    items: array(item, { maxLength: 6 }),
    after: text,
  });
  assert(
    property(
      lists,
      integer({ min: 0, max: 2 }),
      infiniteStream(integer({ min: 1, max: 40 })),
      (list, indent, sizes) => {
        const { items, rest } = read(JSON.stringify(list, undefined, indent), () => sizes.next().value ?? 1);
        expect(items).toEqual(list.items);
        expect(rest).toEqual({ ...list, items: [] });
      },
    ),
    { numRuns: 500 },
  );
});

test('lists without items, and what is no list', () => {
  const at = (): number => 7;
  expect(read('{"metadata":{"items":[{"a":1}]},"items":null}', at).rest).toEqual({
    metadata: { items: [{ a: 1 }] },
    items: null,
  });
  expect(read('{"items":[1,"x",{"a":1},[2]]}', at).items).toEqual([{ a: 1 }, [2]]);
  for (const text of ['<html>', '{"items":[{"a":1}', '{"items":[{"a":}]}', '', '[1,2'])
    expect(() => read(text, at), text).toThrow(SyntaxError);
});
