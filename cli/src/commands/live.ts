/** Commands about clusters and recordings: their options are known here, what they do is loaded when one is called. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Option } from '../arguments.ts';
import type * as live from '../live/main.ts';
import type { Command } from './command.ts';
import { colorOption } from './command.ts';

const cluster: Readonly<Record<string, Option>> = {
  kubeconfig: { value: 'FILE' },
  context: { value: 'NAME' },
  namespace: { value: 'NAME' },
  format: { value: 'NAME' },
  ...colorOption,
};

function command(name: keyof typeof live.liveCommands, options: Readonly<Record<string, Option>>): Command {
  return {
    name,
    options,
    run(args, shell) {
      // A computed path keeps the bundler from pulling this bundle into the first one, which every lint loads.
      const path = join(import.meta.dirname, 'cli-live.cjs');
      const module = createRequire(import.meta.url)(path) as typeof live;
      return module.liveCommands[name](args, shell);
    },
  };
}

/** `selfheal watch`, `selfheal replay`, `selfheal rights`. */
export const liveCommands: readonly Command[] = [
  command('watch', { ...cluster, record: { value: 'DIR' }, for: { value: 'TIME' }, verbose: {} }),
  command('replay', { format: { value: 'NAME' }, speed: { value: 'N' }, namespace: { value: 'NAME' }, ...colorOption }),
  command('rights', cluster),
];
