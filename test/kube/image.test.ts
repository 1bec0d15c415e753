import { expect, it } from 'vitest';
import { isMutable, readImage } from '../../core/src/kube/image.ts';
import { fitsWildcard } from '../../core/src/text/wildcard.ts';

it.each([
  ['nginx', 'nginx', undefined, undefined, true],
  ['nginx:1.29', 'nginx', '1.29', undefined, false],
  ['nginx:latest', 'nginx', 'latest', undefined, true],
  ['nginx:', 'nginx', '', undefined, true],
  ['localhost:5000/web', 'localhost:5000/web', undefined, undefined, true],
  ['localhost:5000/web:1', 'localhost:5000/web', '1', undefined, false],
  ['nginx@sha256:abc', 'nginx', undefined, 'sha256:abc', false],
  ['nginx:latest@sha256:abc', 'nginx', 'latest', 'sha256:abc', false],
])('%s', (text, name, tag, digest, mutable) => {
  const image = readImage(text);
  expect(image).toEqual({ name, tag, digest });
  expect(isMutable(image)).toBe(mutable);
});

it.each([
  ['a', 'a', true],
  ['a', 'ab', false],
  ['*', '', true],
  ['a*', 'abc', true],
  ['*c', 'abc', true],
  ['a*c', 'abbc', true],
  ['a*a', 'a', false],
  ['a*b*c', 'axbxc', true],
  ['a*b*c', 'acb', false],
])('fitsWildcard(%j, %j) is %j', (pattern, text, fits) => expect(fitsWildcard(pattern, text)).toBe(fits));
