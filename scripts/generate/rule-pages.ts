import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Capability, Rule } from '../../core/src/lint/rule.ts';
import { capabilities } from '../../core/src/lint/rule.ts';

const titles: Readonly<Record<Capability, string>> = {
  'container-restarts': 'Container restarts',
  'replica-replacement': 'Replica replacement',
  'storage-recovery': 'Persistent storage recovery',
  'load-balancing': 'Load balancing for Services',
  'node-failure-and-autoscaling': 'Node failure and autoscaling',
  'rollouts-and-disruptions': 'Rollouts and disruptions',
  resources: 'Resources',
};

const fixWords = {
  safe: 'safe (part of "fix all")',
  review: 'to review, one at a time',
  template: 'a template to fill in',
} as const;

/** Page of one rule; its examples are the rule's own fixtures. */
export function rulePage(rule: Rule, root: string): string {
  const fixture = (name: string): string | undefined => {
    const path = join(root, 'test/fixtures/rules', rule.id, name);
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd() : undefined;
  };
  const [bad, good] = [fixture('bad.yaml'), fixture('good.yaml')];
  const lines = [
    `# ${rule.id}`,
    '',
    rule.docs.summary,
    '',
    `Capability: ${titles[rule.capability]} · level: ${rule.severity} · tier ${rule.tier} · confidence: ${rule.confidence} · since ${rule.since}`,
    '',
    '## Why',
    '',
    rule.docs.why,
    '',
    ...(rule.docs.exemptions ? ['## Exempt', '', rule.docs.exemptions, ''] : []),
    '## Messages',
    '',
    ...Object.entries(rule.messages).map(([id, text]) => `- \`${id}\`: ${text}`),
    '',
    ...optionLines(rule),
    ...(rule.titles ? ['## Fixes', '', ...Object.values(rule.titles).map((title) => `- ${title}`), ''] : []),
    ...(bad ? ['## Found', '', '```yaml', bad, '```', ''] : []),
    ...(good ? ['## Not found', '', '```yaml', good, '```', ''] : []),
    ...(rule.explains.length > 0
      ? ['## Incidents it would have prevented', '', ...rule.explains.map((id) => `- \`${id}\``), '']
      : []),
    ...(rule.aliases.length > 0 ? ['## Known elsewhere as', '', ...rule.aliases.map((id) => `- \`${id}\``), ''] : []),
    '## Read more',
    '',
    ...rule.docs.links.map((link) => `- <https://kubernetes.io/docs/${link}>`),
    '',
  ];
  return lines.join('\n');
}

function optionLines(rule: Rule): string[] {
  const options = Object.entries(rule.options ?? {});
  if (options.length === 0) return [];
  return [
    '## Options',
    '',
    ...options.map(
      ([name, option]) => `- \`${name}\` (default \`${JSON.stringify(option.default)}\`): ${option.description}`,
    ),
    '',
  ];
}

/** Linters that the README counts beside ours, as their aliases name them. */
const peers = ['kube-linter', 'kube-score', 'polaris', 'checkov', 'trivy', 'kubescape', 'datree', 'kics'] as const;

/** Table for the README: rules by capability, and how many of them another linter checks too. */
export function comparisonTable(rules: readonly Rule[]): string {
  const row = (title: string, own: readonly Rule[]): string => {
    const shared = peers.map(
      (peer) => own.filter(({ aliases }) => aliases.some((alias) => alias.startsWith(`${peer}:`))).length,
    );
    const alone = own.filter(({ aliases }) => aliases.length === 0).length;
    return `| ${[title, own.length, own.filter(({ tier }) => tier === 3).length, alone, ...shared].join(' | ')} |`;
  };
  return [
    `| capability | rules | of these opt-in | no other linter | ${peers.join(' | ')} |`,
    `| --- | ${['---:', '---:', '---:', ...peers.map(() => '---:')].join(' | ')} |`,
    ...capabilities.map((capability) =>
      row(
        titles[capability],
        rules.filter((rule) => rule.capability === capability),
      ),
    ),
    row('**all**', rules),
  ].join('\n');
}

/** Index of all rules by capability. */
export function ruleIndex(rules: readonly Rule[]): string {
  const lines = [
    '# Rules',
    '',
    `Fixes are ${Object.entries(fixWords)
      .map(([name, words]) => `**${name}**: ${words}`)
      .join('; ')}.`,
    '',
  ];
  for (const capability of capabilities) {
    const own = rules.filter((rule) => rule.capability === capability);
    if (own.length === 0) continue;
    lines.push(`## ${titles[capability]}`, '', '| rule | level | what it finds |', '| --- | --- | --- |');
    lines.push(...own.map(({ id, severity, docs }) => `| [${id}](${id}.md) | ${severity} | ${docs.summary} |`), '');
  }
  return lines.join('\n');
}
