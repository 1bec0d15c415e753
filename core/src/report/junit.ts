import type { Severity } from '../lint/rule.ts';
import type { FileReport, ReportedFinding } from './report.ts';

/**
 * Report as JUnit XML: a suite per file, in it a test case per rule that found something, or one that passed.
 * @param fails whether a finding of a level is a failure; the others are told in the case's output
 */
export function junit(files: readonly FileReport[], fails: (severity: Severity) => boolean): string {
  const suites = files.map((file) => suite(file, fails));
  const total = (pick: (suite: Suite) => number): number => suites.reduce((sum, each) => sum + pick(each), 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="selfheal" tests="${total(({ tests }) => tests)}" failures="${total(({ failures }) => failures)}" errors="0">`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Suite {
  readonly lines: readonly string[];
  readonly tests: number;
  readonly failures: number;
}

function suite({ path, findings }: FileReport, fails: (severity: Severity) => boolean): Suite {
  const byRule = new Map<string, ReportedFinding[]>();
  for (const finding of findings) byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding]);
  const cases: string[] = [];
  let failures = 0;
  for (const [rule, found] of byRule) {
    const failing = found.filter(({ severity }) => fails(severity));
    const told = found.filter(({ severity }) => !fails(severity));
    if (failing.length > 0) failures++;
    cases.push(
      `    <testcase classname="${escape(path)}" name="${escape(rule)}" file="${escape(path)}" line="${found[0]?.line ?? 1}">`,
    );
    if (failing[0])
      cases.push(
        `      <failure type="${failing[0].severity}" message="${escape(failing[0].text)}">${escape(listing(path, failing))}</failure>`,
      );
    if (told.length > 0) cases.push(`      <system-out>${escape(listing(path, told))}</system-out>`);
    cases.push('    </testcase>');
  }
  if (cases.length === 0)
    cases.push(`    <testcase classname="${escape(path)}" name="selfheal" file="${escape(path)}"/>`);
  const tests = Math.max(1, byRule.size);
  return {
    tests,
    failures,
    lines: [
      `  <testsuite name="${escape(path)}" tests="${tests}" failures="${failures}" errors="0" skipped="0">`,
      ...cases,
      '  </testsuite>',
    ],
  };
}

const listing = (path: string, findings: readonly ReportedFinding[]): string =>
  findings.map(({ line, column, severity, text }) => `${path}:${line}:${column}: ${severity}: ${text}`).join('\n');

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Text for XML 1.0, which has no place for most control characters and two more; halves of surrogate pairs end with the encoding. */
const escape = (text: string): string =>
  text.replace(/[\ufffe\uffff]|(?![\n\t])\p{Cc}/gu, '\ufffd').replace(/[&<>"\n\t]/g, (char) => entities[char] ?? char);
