/** `selfheal rights`: what the user of a context may not read, and the manifests that grant it. */
import { resolve } from 'node:path';
import type { RightsReport } from '../../../core/src/protocol.ts';
import { printable } from '../../../core/src/report/terminal.ts';
import { createSession } from '../../../server/src/cluster/session.ts';
import type { Arguments } from '../arguments.ts';
import { colourOf } from '../commands/command.ts';
import type { ExitCode, Shell } from '../shell.ts';
import { textOf } from './writing.ts';

/** Asks the API server; ends with 1 where something is missing, with 2 where it cannot be asked. */
export async function rights(args: Arguments, shell: Shell): Promise<ExitCode> {
  const { say } = shell;
  const format = args.choice('format', ['stylish', 'yaml', 'json'], 'stylish');
  const session = createSession({ log: () => undefined, onUpdate: () => undefined });
  const [kubeconfig, context, namespace] = [args.value('kubeconfig'), args.value('context'), args.value('namespace')];
  let report: RightsReport;
  try {
    report = await session.rights({
      ...(kubeconfig !== undefined && { kubeconfig: resolve(shell.cwd, kubeconfig) }),
      ...(context !== undefined && { context }),
      ...(namespace !== undefined && { namespace }),
    });
  } finally {
    await session.dispose();
  }
  if (report.problem !== undefined) {
    for (const message of [report.problem, report.remedy])
      if (message) shell.error(`selfheal: ${textOf(shell, message)}\n`);
    return 2;
  }
  if (format === 'yaml') shell.out(report.yaml);
  else if (format === 'json') shell.out(`${JSON.stringify(asJson(report, shell), undefined, 2)}\n`);
  else {
    const paint = shell.paint(colourOf(args));
    const who = printable(report.user ?? say('cli/rights-unknown-user'));
    const data = { user: who, context: printable(report.context) };
    if (report.missing.length === 0) shell.out(`${say('cli/rights-complete', data)}\n`);
    else {
      const rows = report.missing.map(
        ({ resource, verbs, consequence }) =>
          `  ${paint('yellow', resource)} (${verbs.join(', ')})  ${textOf(shell, consequence)}`,
      );
      shell.out([say('cli/rights-missing', data), ...rows, '', say('cli/rights-grant'), '', report.yaml].join('\n'));
    }
  }
  return report.missing.length === 0 ? 0 : 1;
}

function asJson({ context, user, namespace, missing, yaml }: RightsReport, { say }: Shell): object {
  return {
    context,
    user,
    namespace,
    missing: missing.map(({ consequence, ...row }) => ({ ...row, consequence: say(consequence.id, consequence.data) })),
    yaml,
  };
}
