import type { Templates } from '../lint/findings.ts';
import type { Rule, Severity } from '../lint/rule.ts';
import type { FileReport, ReportedFinding, ReportedFix, Span } from './report.ts';
import { say } from './say.ts';

/** What the log says of the tool. */
export interface SarifOptions {
  readonly version: string;
  readonly rules: readonly Rule[];
  readonly templates: Templates;
  /** Address of a reported path: relative to the working directory, or absolute. */
  readonly uri: (path: string) => string;
}

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
  hint: 'note',
};

/** How sure a rule is, in the words of code scanning. */
const precision: Readonly<Record<Rule['confidence'], string>> = {
  certain: 'very-high',
  likely: 'high',
  heuristic: 'medium',
};

/** Name under which the fingerprint stands; its version grows when what it is made of changes. */
const fingerprintName = 'selfheal/v1';

/** Report as a SARIF 2.1.0 log. */
export function sarif(files: readonly FileReport[], options: SarifOptions): string {
  const used = [...new Set(files.flatMap(({ findings }) => findings.map(({ rule }) => rule)))].sort();
  const indexes = new Map(used.map((id, index) => [id, index]));
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Selfheal',
            version: options.version,
            semanticVersion: options.version,
            rules: used.map((id) => descriptor(id, options)),
          },
        },
        invocations: [{ executionSuccessful: true }],
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { ROOT: { description: { text: 'The folder that the linter was started in.' } } },
        results: files.flatMap(({ path, findings }) =>
          findings.map((finding) => result(path, finding, indexes.get(finding.rule) ?? -1, options)),
        ),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function descriptor(id: string, { rules, templates }: SarifOptions): object {
  const name = id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  const rule = rules.find((candidate) => candidate.id === id);
  if (!rule) {
    const text = say(templates, `cli/rule.${id}`);
    return { id, name, shortDescription: { text }, fullDescription: { text }, help: { text } };
  }
  const { docs, capability, tier, confidence, severity } = rule;
  const pages = docs.links.map((link) => `https://kubernetes.io/docs/${link}`);
  const paragraphs = [docs.why, ...(docs.exemptions ? [docs.exemptions] : [])];
  return {
    id,
    name,
    shortDescription: { text: docs.summary },
    fullDescription: { text: `${docs.summary} ${docs.why}` },
    help: {
      text: [...paragraphs, ...pages].join('\n\n'),
      markdown: [`## ${id}`, ...paragraphs, pages.map((page) => `- <${page}>`).join('\n')].join('\n\n'),
    },
    ...(pages[0] && { helpUri: pages[0] }),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: ['kubernetes', 'self-healing', capability],
      precision: precision[confidence],
      'problem.severity': problemSeverity(severity),
      tier,
    },
  };
}

const problemSeverity = (severity: Severity): string =>
  severity === 'error' || severity === 'warning' ? severity : 'recommendation';

function result(path: string, finding: ReportedFinding, ruleIndex: number, options: SarifOptions): object {
  const { object } = finding;
  const logical = object && {
    logicalLocations: [
      {
        ...(object.name !== undefined && { name: object.name }),
        fullyQualifiedName: [object.kind, object.namespace, object.name, finding.at]
          .filter((part) => part !== undefined && part !== '')
          .join('/'),
        kind: 'object',
      },
    ],
  };
  const safe = finding.fixes.filter((fix) => fix.class === 'safe');
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: levels[finding.severity],
    message: { text: finding.text },
    locations: [{ ...location(path, finding, options), ...logical }],
    ...(finding.related.length > 0 && {
      relatedLocations: finding.related.map((place, index) => ({
        id: index + 1,
        ...location(place.path, place, options),
        message: { text: place.text },
      })),
    }),
    partialFingerprints: { [fingerprintName]: `${finding.fingerprint}:${finding.occurrence}` },
    ...(safe.length > 0 && { fixes: safe.map((fix) => change(fix, options)) }),
    properties: { messageId: `${finding.rule}/${finding.message}`, severity: finding.severity },
  };
}

const location = (path: string, span: Span, options: SarifOptions): object => ({
  physicalLocation: { artifactLocation: artifact(path, options), region: region(span) },
});

function artifact(path: string, { uri }: SarifOptions): object {
  const address = uri(path);
  return /^[a-z]+:/i.test(address) ? { uri: address } : { uri: address, uriBaseId: 'ROOT' };
}

const region = ({ line, column, endLine, endColumn }: Span): object => ({
  startLine: line,
  startColumn: column,
  endLine,
  endColumn,
});

const change = (fix: ReportedFix, options: SarifOptions): object => ({
  description: { text: fix.title },
  artifactChanges: [
    {
      artifactLocation: artifact(fix.path, options),
      replacements: fix.edits.map((edit) => ({
        deletedRegion: region(edit),
        ...(edit.newText !== '' && { insertedContent: { text: edit.newText } }),
      })),
    },
  ],
});
