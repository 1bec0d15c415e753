import { rules } from '../../../core/src/rules/registry.ts';
import type { Rule } from '../../../core/src/lint/rule.ts';
import { unknownRule } from '../lint-arguments.ts';
import { terminalText } from '../markdown.ts';
import { rulePage } from '../pages.ts';
import { UsageError } from '../shell.ts';
import type { Command } from './command.ts';
import { colorOption, colourOf } from './command.ts';

/** `selfheal explain RULE`. */
export const explain: Command = {
  name: 'explain',
  options: colorOption,
  run(args, shell) {
    const [id, ...more] = args.positionals;
    if (id === undefined || more.length > 0) throw new UsageError(shell.say('cli/one-rule'), 'selfheal explain --help');
    const rule = rules.find((candidate) => candidate.id === id);
    const ownText = shell.templates.get(`cli/rule.${id}`);
    if (!rule && ownText !== undefined) {
      shell.out(`${id}\n\n${ownText}\n`);
      return 0;
    }
    if (!rule)
      throw new UsageError(
        unknownRule(
          id,
          rules.map((candidate) => candidate.id),
          shell.say,
        ),
        'selfheal rules',
      );
    const page = rulePage(id);
    if (page === undefined) shell.error(`${shell.say('cli/page-missing', { rule: id })}\n`);
    shell.out(terminalText(page ?? withoutPage(rule), shell.paint(colourOf(args)), shell.columns));
    return 0;
  },
};

/** What a rule says of itself, where its page is not at hand. */
function withoutPage({ id, docs }: Rule): string {
  const links = docs.links.map((link) => `- <https://kubernetes.io/docs/${link}>`).join('\n');
  return [`# ${id}`, docs.summary, docs.why, docs.exemptions ?? '', links].join('\n\n');
}
