import { describe, expect, it } from 'vitest';
import { isDnsLabel, isDnsSubdomain, isPortName, isPortNumber, repairPortName } from '../../core/src/kube/names.ts';

describe('names of ports of containers', () => {
  it.each([
    ['http', true],
    ['1a', true],
    ['a-1-b', true],
    ['abcdefghijklmno', true],
    ['abcdefghijklmnop', false],
    ['8080', false],
    ['Http', false],
    ['a_b', false],
    ['a--b', false],
    ['-a', false],
    ['a-', false],
    ['', false],
  ])('%j: %j', (name, valid) => expect(isPortName(name)).toBe(valid));
});

describe('a port name that may stand in for another', () => {
  it.each([
    ['Management_Port', 'management-port'],
    ['thumbnails_and_previews', 'thumbnails-and'],
    ['http--api', 'http-api'],
    ['_web_', 'web'],
    ['8080', undefined],
    ['___', undefined],
  ])('%j: %j', (name, repaired) => {
    expect(repairPortName(name)).toBe(repaired);
    if (repaired !== undefined) expect(isPortName(repaired)).toBe(true);
  });
});

it.each([
  [0, false],
  [1, true],
  [65_535, true],
  [65_536, false],
  [80.5, false],
])('port %j: %j', (number, valid) => expect(isPortNumber(number)).toBe(valid));

describe('labels and subdomains of DNS', () => {
  it.each([
    ['db', true, true],
    ['1a', true, true],
    ['a.b', false, true],
    ['My_Svc', false, false],
    ['Fast', false, false],
    ['a..b', false, false],
    ['-a', false, false],
    ['a'.repeat(63), true, true],
    ['a'.repeat(64), false, true],
    ['', false, false],
  ])('%j', (name, label, subdomain) => {
    expect(isDnsLabel(name)).toBe(label);
    expect(isDnsSubdomain(name)).toBe(subdomain);
  });
});
