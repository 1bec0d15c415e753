import { describe, expect, test } from 'vitest';
import { resolvePlain } from '../../core/src/yaml/scalar.ts';
import { valueOf } from './support.ts';

/** Plain scalars with what go-yaml v2 (resolve.go), which kubectl and the API server read YAML with, makes of them. */
const table: readonly (readonly [string, string | number | boolean | null])[] = [
  ['', null], ['~', null], ['null', null], ['Null', null], ['NULL', null], ['nUll', 'nUll'], ['nil', 'nil'],
  ['y', true], ['Y', true], ['yes', true], ['Yes', true], ['YES', true], ['yEs', 'yEs'], ['on', true], ['On', true], ['ON', true], ['oN', 'oN'],
  ['true', true], ['True', true], ['TRUE', true], ['tRue', 'tRue'],
  ['n', false], ['N', false], ['no', false], ['No', false], ['NO', false], ['nO', 'nO'], ['off', false], ['Off', false], ['OFF', false], ['oFF', 'oFF'],
  ['false', false], ['False', false], ['FALSE', false], ['yess', 'yess'], ['truee', 'truee'],
  ['0', 0], ['-0', -0], ['7', 7], ['+7', 7], ['-7', -7], ['1_000', 1000], ['1__0', 10], ['_1', '_1'], ['8080', 8080],
  ['010', 8], ['-010', -8], ['08', 8], ['019', 19], ['0o17', 15], ['0x10', 16], ['-0x10', -16], ['0b101', 5], ['-0b11', -3], ['0b12', '0b12'],
  ['0xZZ', '0xZZ'], ['1.0', 1], ['1.5', 1.5], ['-1.5', -1.5], ['.5', 0.5], ['5.', 5], ['1e3', 1000], ['1E3', 1000], ['1e+3', 1000], ['1e-3', 0.001], ['1e', '1e'],
  ['.inf', Infinity], ['+.inf', Infinity], ['-.inf', -Infinity], ['.Inf', Infinity], ['.INF', Infinity], ['.nan', NaN], ['.NaN', NaN], ['.NAN', NaN],
  ['100m', '100m'], ['1Gi', '1Gi'], ['1.2.3', '1.2.3'], ['v1', 'v1'], ['-', '-'], ['+', '+'], ['.', '.'], ['..', '..'], ['1 2', '1 2'], ['25%', '25%'],
  ['190:20:30', '190:20:30'], ['12:30', '12:30'], ['hello', 'hello'],
];

describe('plain scalars are read as the API server reads them', () => {
  test.each(table)('%j is %j', (source, expected) => {
    expect(resolvePlain(source)).toBe(expected);
  });

  test('quotes and the string tag keep text; the view tells text from what the server decodes', () => {
    const map = valueOf('a: "yes"\nb: \'010\'\nc: !!str on\nd: 010\ne: on\nf: |\n  on\n');
    expect(['a', 'b', 'c', 'f'].map((key) => map.at(key).string())).toEqual(['yes', '010', 'on', 'on\n']);
    expect(map.at('d').number()).toBe(8);
    expect([map.at('e').boolean(), map.at('e').string(), map.at('e').text()]).toEqual([true, undefined, 'on']);
  });
});
