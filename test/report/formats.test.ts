import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { codeFrame } from '../../core/src/report/frame.ts';
import { github } from '../../core/src/report/github.ts';
import { json } from '../../core/src/report/json.ts';
import { junit } from '../../core/src/report/junit.ts';
import type { FileReport } from '../../core/src/report/report.ts';
import { stylish } from '../../core/src/report/stylish.ts';
import { displayWidth } from '../../core/src/report/terminal.ts';
import { lineIndex } from '../../core/src/text/text.ts';
import { daemonSet, reportOf, templates } from './reports.ts';

const plain = { paint: (_style: string, text: string): string => text, templates, frames: true, summary: true };

/** A report with one finding whose texts are what a hostile or unlucky manifest makes of them. */
function oddReport(text: string, path: string): FileReport[] {
  const [file] = reportOf({ 'a.yaml': daemonSet('agent') });
  const [finding] = file?.findings ?? [];
  if (!file || !finding) throw new Error('the example has no finding');
  return [{ ...file, path, findings: [{ ...finding, text }] }];
}

describe('stylish', () => {
  test('shows place, level, text, rule, fix and the line between its neighbours, then sums up', () => {
    expect(stylish(reportOf({ 'k8s/a.yaml': daemonSet('agent') }), plain)).toBe(
      [
        'k8s/a.yaml',
        '  9:22  error    A DaemonSet only accepts restartPolicy Always. The API server rejects "OnFailure", so this DaemonSet is never created or updated.  restart-policy-not-always',
        '        safe fix: Set restartPolicy to Always',
        '         8 |     spec:',
        '         9 |       restartPolicy: OnFailure',
        '           |                      ^^^^^^^^^',
        '        10 |       containers:',
        '',
        '1 error, 0 warnings in 1 file.',
        'Fixes: 1 safe (--fix writes them), 0 to review, 0 to fill in.',
        '',
      ].join('\n'),
    );
  });

  test('shows one frame for findings at one place', () => {
    const bare = daemonSet('agent', 'Always').replace(/ +livenessProbe:[\s\S]*$/, '');
    const shown = stylish(reportOf({ 'a.yaml': bare }), plain);
    expect(shown).toContain('liveness-probe-missing');
    expect(shown).toContain('memory-limit-missing');
    expect(shown.match(/\^+/g)).toHaveLength(1);
  });

  test('lets no text of a manifest steer the terminal', () => {
    const shown = stylish(oddReport('red \u001b[31m, bell \u0007, back \u202e', 'a\u001b]0;title\u0007.yaml'), plain);
    expect(shown).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    expect(shown).toContain('red \ufffd[31m');
  });

  test('without frames and summary: a line a finding, and nothing when there is none', () => {
    const brief = { ...plain, frames: false, summary: false };
    expect(stylish(reportOf({ 'a.yaml': daemonSet('agent') }), brief).split('\n')).toHaveLength(3);
    expect(stylish(reportOf({ 'a.yaml': daemonSet('agent', 'Always') }), brief)).toBe('');
  });
});

describe('code frame', () => {
  const frame = (text: string, column: number, endColumn: number): (string | undefined)[] => {
    const span = { line: 1, column, endLine: 1, endColumn };
    return codeFrame({ text, lines: lineIndex(text) }, span).map((line) => line.text);
  };

  test('puts carets under characters that fill two columns', () => {
    expect(displayWidth('名: é')).toBe(5);
    expect(frame('名字: "值"', 5, 8)).toEqual(['名字: "值"', '      ^^^^']);
  });

  test('cuts a line of generated text around the finding', () => {
    const [source = '', carets = ''] = frame(`${'x'.repeat(5000)}here${'y'.repeat(5000)}`, 5001, 5005);
    expect(source.length).toBeLessThan(130);
    expect(source.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('here');
  });

  test('marks the first line of a finding that goes on', () => {
    const text = 'a: 1\nb: 2\n';
    expect(
      codeFrame({ text, lines: lineIndex(text) }, { line: 1, column: 1, endLine: 2, endColumn: 5 }).map(
        (line) => line.text,
      ),
    ).toEqual(['a: 1', '^^^^', 'b: 2']);
  });
});

describe('GitHub annotations', () => {
  test('name file, lines, columns and rule', () => {
    expect(github(reportOf({ 'k8s/a.yaml': daemonSet('agent') }))).toBe(
      '::error file=k8s/a.yaml,line=9,endLine=9,col=22,endColumn=31,title=restart-policy-not-always::A DaemonSet only accepts restartPolicy Always. The API server rejects "OnFailure", so this DaemonSet is never created or updated.\n',
    );
  });

  test('keep commands of others out: line breaks, percent signs, colons and commas are escaped', () => {
    const annotation = github(oddReport('100%\r\n::stop-commands::x', 'C:\\a,b%.yaml'));
    expect(annotation).toMatch(/^::error file=C%3A\\a%2Cb%25\.yaml,line=9,.*::100%25%0D%0A::stop-commands::x\n$/);
  });
});

describe('JUnit', () => {
  const fails = (severity: string): boolean => severity === 'error' || severity === 'warning';
  const python = spawnSync('python3', ['--version']).status === 0;
  if (!python) console.log('skipped: python3 reads the XML, and there is none');

  /** What an XML reader finds: [suite, tests, failures, [case, failure message or none, output or none]…]. */
  function readXml(xml: string): unknown {
    const script = `
import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
case = lambda c: [c.get('name'), c.find('failure').get('message') if c.find('failure') is not None else None, c.findtext('system-out')]
print(json.dumps([root.get('tests'), root.get('failures'), [[s.get('name')] + [case(c) for c in s] for s in root]]))`;
    return JSON.parse(execFileSync('python3', ['-c', script], { input: xml, encoding: 'utf8' }));
  }

  test.skipIf(!python)('a suite per file; a case per rule, that fails from the wanted level on', () => {
    const bare = daemonSet('agent')
      .replace(/ +livenessProbe:.*\n/, '')
      .replace('kind: DaemonSet', 'kind: Deployment');
    expect(readXml(junit(reportOf({ 'a.yaml': bare, 'b.yaml': daemonSet('agent', 'Always') }), fails))).toEqual([
      expect.any(String),
      '2',
      [
        [
          'a.yaml',
          ['single-replica', null, expect.stringMatching(/^a\.yaml:4:1: info: Deployment "agent" runs 1 replica/)],
          ['restart-policy-not-always', expect.stringContaining('only accepts'), null],
          ['liveness-probe-missing', expect.stringContaining('has no liveness probe'), null],
        ],
        ['b.yaml', ['selfheal', null, null]],
      ],
    ]);
  });

  test.skipIf(!python)('survives texts that XML has no place for', () => {
    const odd = 'a & b < c > d "e" \u0000\u001b\ud800\uffff\nnext ]]>';
    const [, failures, suites] = readXml(junit(oddReport(odd, '<&">.yaml'), fails)) as [
      string,
      string,
      [[string, [string, string]]],
    ];
    expect(failures).toBe('1');
    expect(suites[0][0]).toBe('<&">.yaml');
    expect(suites[0][1][1]).toBe('a & b < c > d "e" \ufffd\ufffd\ufffd\ufffd\nnext ]]>');
  });
});

test('JSON tells all that is known of a finding', () => {
  const report = JSON.parse(
    json(reportOf({ 'a.yaml': daemonSet('agent'), 'b.yaml': daemonSet('agent', 'Always') })),
  ) as object;
  expect(report).toEqual({
    version: 1,
    checked: 2,
    counts: { error: 1, warning: 0, info: 0, hint: 0 },
    fixes: { safe: 1, review: 0, template: 0 },
    files: [
      {
        path: 'a.yaml',
        findings: [
          {
            rule: 'restart-policy-not-always',
            message: 'rejected',
            text: expect.stringContaining('only accepts restartPolicy Always') as string,
            severity: 'error',
            line: 9,
            column: 22,
            endLine: 9,
            endColumn: 31,
            at: 'spec.template.spec.restartPolicy',
            object: { kind: 'DaemonSet', name: 'agent' },
            fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
            occurrence: 1,
            fix: 'safe',
            fixes: [
              {
                class: 'safe',
                title: 'Set restartPolicy to Always',
                path: 'a.yaml',
                edits: [{ line: 9, column: 22, endLine: 9, endColumn: 31, newText: 'Always' }],
              },
              expect.objectContaining({ class: 'review' }) as object,
            ],
            related: [],
          },
        ],
      },
    ],
  });
});
