import { format } from '../messages.ts';
import type { Templates } from '../lint/findings.ts';
import type { Severity } from '../lint/rule.ts';
import type { FileReport } from './report.ts';
import { countLevels } from './report.ts';

/** Colours a text; given by the shell, which knows whether its output is a terminal. */
export type Paint = (style: 'red' | 'yellow' | 'blue' | 'gray' | 'bold' | 'underline', text: string) => string;

const colours: Readonly<Record<Severity, 'red' | 'yellow' | 'blue' | 'gray'>> = {
  error: 'red',
  warning: 'yellow',
  info: 'blue',
  hint: 'gray',
};

/** What the report says beside the findings, by id. */
export const stylishMessages: Readonly<Record<string, string>> = {
  'cli/summary': '{{errors}} errors, {{warnings}} warnings, {{infos}} notes in {{files}} files.',
  'cli/fixable': '{{count}} can be fixed with --fix.',
  'cli/clean': 'Nothing found in {{files}} files: nothing seen keeps these workloads from healing.',
};

/** Report for people: findings by file, then a summary. */
export function stylish(files: readonly FileReport[], paint: Paint, templates: Templates): string {
  const lines: string[] = [];
  for (const { path, findings } of files) {
    if (findings.length === 0) continue;
    lines.push('', paint('underline', path));
    const width = Math.max(...findings.map(({ line, column }) => `${line}:${column}`.length));
    for (const { line, column, severity, text, rule } of findings) {
      const place = `${line}:${column}`.padStart(width);
      lines.push(`  ${paint('gray', place)}  ${paint(colours[severity], severity.padEnd(7))}  ${text}  ${paint('gray', rule)}`);
    }
  }
  const { error, warning, info, hint } = countLevels(files);
  const say = (id: string, data: Record<string, number>): string => format(templates.get(id) ?? stylishMessages[id] ?? id, data);
  if (error + warning + info + hint === 0) return `${say('cli/clean', { files: files.length })}\n`;
  const fixable = files.flatMap(({ findings }) => findings).filter(({ fix }) => fix === 'safe').length;
  lines.push('', paint('bold', say('cli/summary', { errors: error, warnings: warning, infos: info + hint, files: files.length })));
  if (fixable > 0) lines.push(say('cli/fixable', { count: fixable }));
  return `${lines.join('\n').replace(/^\n/, '')}\n`;
}
