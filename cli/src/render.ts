import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BaselineUse } from '../../core/src/report/baseline.ts';
import { github } from '../../core/src/report/github.ts';
import { json } from '../../core/src/report/json.ts';
import { junit } from '../../core/src/report/junit.ts';
import type { FileReport } from '../../core/src/report/report.ts';
import { sarif } from '../../core/src/report/sarif.ts';
import { stylish } from '../../core/src/report/stylish.ts';
import { rules } from '../../core/src/rules/registry.ts';
import type { LintArguments } from './lint-arguments.ts';
import type { Shell } from './shell.ts';
import { version } from './version.ts';

/** A report in the format that was asked for. */
export function render(
  files: readonly FileReport[],
  use: BaselineUse | undefined,
  args: LintArguments,
  shell: Shell,
): string {
  const { templates, cwd } = shell;
  switch (args.format) {
    case 'stylish':
      return stylish(
        files,
        { paint: shell.paint(args.colour), templates, frames: args.frames, summary: !args.quiet },
        use,
      );
    case 'json':
      return json(files, use);
    case 'github':
      return github(files);
    case 'junit':
      return junit(files, args.failsAt);
    case 'sarif':
      return sarif(files, { version, rules, templates, uri: (path) => relativeAddress(path, cwd) });
  }
}

/** Address of a path, relative to the working directory where it is below it. */
function relativeAddress(path: string, cwd: string): string {
  const folder = pathToFileURL(cwd).href.replace(/\/?$/, '/');
  const address = pathToFileURL(resolve(cwd, path)).href;
  return address.startsWith(folder) ? address.slice(folder.length) : address;
}
