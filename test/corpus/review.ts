/** What a person says of findings in the corpus, having read the manifests: one file of judgements per rule. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '../../core/src/rules/registry.ts';
import type { CorpusFinding } from './findings.ts';
import type { Summary } from './summary.ts';

/** `false`: not what would happen in a cluster. `debatable`: it would, but a maintainer may well leave it so. */
export const verdicts = ['true', 'debatable', 'false'] as const;

/** A finding, and whether it is right. */
export interface Judgement extends Pick<CorpusFinding, 'file' | 'line' | 'message'> {
  readonly verdict: (typeof verdicts)[number];
  /** Why; only where it is not plainly right. */
  readonly note?: string;
}

/** Judgements by rule, in the order of their names. */
export const readReviews = (folder: string): Map<string, readonly Judgement[]> =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => [
        name.slice(0, -'.json'.length),
        JSON.parse(readFileSync(join(folder, name), 'utf8')) as Judgement[],
      ]),
  );

/** What tells one finding of a rule from another. */
export const placeOf = ({ file, line, message }: Pick<CorpusFinding, 'file' | 'line' | 'message'>): string =>
  `${file}:${line} ${message}`;

const countOf = (judged: readonly Judgement[], verdict: Judgement['verdict']): number =>
  judged.filter((judgement) => judgement.verdict === verdict).length;

/** Share of judged findings that are wrong, from 0 to 1. */
export const wrongShare = (judged: readonly Judgement[]): number =>
  judged.length === 0 ? 0 : countOf(judged, 'false') / judged.length;

/** The page that tells how right each rule is. */
export function showReviews(reviews: ReadonlyMap<string, readonly Judgement[]>, summary: Summary): string {
  const row = (rule: string, found: number, judged: readonly Judgement[]): string =>
    `| ${[rule, found, judged.length, ...verdicts.map((verdict) => countOf(judged, verdict))].join(' | ')} |`;
  const all = [...reviews.values()].flat();
  const total = Object.values(summary).reduce((sum, { count }) => sum + count, 0);
  const silent = rules.filter(({ id }) => !Object.hasOwn(summary, id)).map(({ id }) => id);
  return `# Findings in public manifests, judged

Written by \`UPDATE=1 npx vitest run test/corpus\` from the lists beside it. A judgement is of a finding in its manifest;
that a field is absent was also compared with another reader of YAML. **False**: not what would happen in a cluster. **Debatable**: it would, but a
maintainer may well leave it so; the list says why. A rule of which more than one in ten is false is not in the preset
\`recommended\`.

${rules.length - silent.length} of ${rules.length} rules find something; ${silent.length} find nothing.

| rule | found | judged | true | debatable | false |
| --- | ---: | ---: | ---: | ---: | ---: |
${[...reviews].map(([rule, judged]) => row(rule, summary[rule]?.count ?? 0, judged)).join('\n')}
${row('**all**', total, all)}

Rules that find nothing: ${silent.join(', ')}.
`;
}
