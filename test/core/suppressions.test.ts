import { describe, expect, test } from 'vitest';
import { deployment } from './manifests.ts';
import { lintText, probeRule } from './support.ts';

const setup = { rules: [probeRule] };

/** What is left, as `rule/message @ text`. */
function left(text: string): string[] {
  return lintText(text, setup).map(({ rule, document, range }) => {
    const [start, end] = [document.start + range.start, document.start + range.end];
    return `${rule} @ ${text.slice(start, end)}`;
  });
}

const finding = 'test-probe @ web';
const onLine = (comment: string): string => deployment('web').replace('- name: web\n', `- name: web ${comment}\n`);
const above = (comment: string): string =>
  deployment('web').replace('        - name: web\n', `        ${comment}\n        - name: web\n`);
const on = (comment: string): string => `${comment}\n${deployment('web')}`;

describe('suppressions', () => {
  test('without one the finding is there', () => {
    expect(left(deployment('web'))).toEqual([finding]);
  });

  test.each([
    ['on the line', onLine('# selfheal-ignore test-probe')],
    ['with a reason', onLine('# selfheal-ignore test-probe -- it is watched from outside')],
    ['among several ids', above('# selfheal-ignore test-probe')],
    ['for the next line', above('# selfheal-ignore test-probe')],
    ['for the next line with content', above('# selfheal-ignore test-probe\n\n        # another comment')],
    ['above the resource', on('# selfheal-ignore test-probe')],
    ['above the resource behind the marker', on('# c\n---\n# selfheal-ignore test-probe\n# d')],
    ['on the first line', deployment('web').replace('apps/v1', 'apps/v1 # selfheal-ignore test-probe')],
    ['for the file', `${deployment('web')}# selfheal-ignore-file test-probe\n`],
    ['for the file, from another document', `${deployment('web')}---\n# selfheal-ignore-file test-probe\n`],
    ['without blanks', onLine('#selfheal-ignore: test-probe')],
    ['with CRLF', above('# selfheal-ignore test-probe').replaceAll('\n', '\r\n')],
    [
      'by annotation of the object',
      deployment('web').replace('metadata:\n', 'metadata:\n  annotations:\n    selfheal.dev/ignore: "test-probe"\n'),
    ],
    [
      'by annotation of the pod template',
      deployment('web').replace(
        '    metadata:\n',
        '    metadata:\n      annotations: {selfheal.dev/ignore: "test-probe"}\n',
      ),
    ],
    [
      'by annotation for the container',
      deployment('web').replace('metadata:\n', 'metadata:\n  annotations:\n    selfheal.dev/ignore.web: test-probe\n'),
    ],
  ])('%s', (_name, text) => {
    expect(left(text)).toEqual([]);
  });

  test.each([
    ['another line', deployment('web').replace('spec:\n', 'spec: # selfheal-ignore test-probe\n')],
    ['the next document only', `${deployment('web')}---\n# selfheal-ignore test-probe\nkind: X\napiVersion: v1\n`],
    [
      'another container',
      deployment('web').replace(
        'metadata:\n',
        'metadata:\n  annotations:\n    selfheal.dev/ignore.web: ""\n    selfheal.dev/ignore.other: test-probe\n',
      ),
    ],
  ])('%s does not silence it', (_name, text) => {
    expect(left(text)).toContain(finding);
  });

  test('a comment inside text is text', () => {
    const text = deployment(
      'web',
      '          args:\n            - |\n              # selfheal-ignore-file test-probe\n            - "x # selfheal-ignore-file test-probe"\n',
    );
    expect(left(text)).toEqual([finding]);
  });

  test('one that silences nothing is told, at its id', () => {
    expect(left(`# selfheal-ignore-file test-probe\nkind: X\napiVersion: v1\n`)).toEqual([
      'suppression-unused @ test-probe',
    ]);
    expect(
      left(
        onLine('# selfheal-ignore test-probe').replace('registry.example/web:1.0', 'x # selfheal-ignore test-probe'),
      ),
    ).toEqual(['suppression-unused @ test-probe']);
  });

  test('an id that no rule has is told with what may be meant; the others on the line still count', () => {
    const text = onLine('# selfheal-ignore test-prob, test-probe');
    expect(left(text)).toEqual(['suppression-unknown @ test-prob']);
    expect(lintText(text, setup)[0]?.data).toEqual({ rule: 'test-prob', suggestion: 'test-probe' });
    const annotated = deployment('web').replace(
      'metadata:\n',
      'metadata:\n  annotations:\n    selfheal.dev/ignore: "test-probe, xyzzy"\n',
    );
    expect(left(annotated)).toEqual(['suppression-unknown @ "test-probe, xyzzy"']);
  });

  test('each container has its own', () => {
    const two = deployment('web', '        - name: side\n          image: x\n');
    expect(left(two)).toEqual([finding, 'test-probe @ side']);
    expect(left(two.replace('- name: web\n', '- name: web # selfheal-ignore test-probe\n'))).toEqual([
      'test-probe @ side',
    ]);
    expect(
      left(two.replace('metadata:\n', 'metadata:\n  annotations:\n    selfheal.dev/ignore.side: test-probe\n')),
    ).toEqual([finding]);
  });

  test('thousands of both pair up one to one', () => {
    const containers = Array.from(
      { length: 500 },
      (_, index) => `        - name: c${index}${index % 2 === 0 ? ' # selfheal-ignore test-probe' : ''}\n`,
    ).join('');
    const names = left(deployment('web', containers)).filter((each) => each !== finding);
    expect(names).toHaveLength(250);
    expect(names.every((each) => /^test-probe @ c\d*[13579]$/.test(each))).toBe(true);
  });
});
