import { parseArgs } from 'node:util';
import { nearest } from '../../core/src/text/nearest.ts';
import type { Shell } from './shell.ts';
import { UsageError } from './shell.ts';

/** An option of a command: a switch, or one with a value. */
export interface Option {
  /** What its value is called in the help; absent: a switch. */
  readonly value?: string;
  readonly short?: string;
  /** May be given several times. */
  readonly repeated?: boolean;
}

/** What was written behind a command. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** Whether a switch was given. */
  has(name: string): boolean;
  /** Value of an option. */
  value(name: string): string | undefined;
  /** Values of an option that may be given several times. */
  values(name: string): readonly string[];
  /** Value of an option that takes one of a few names. */
  choice<Name extends string>(name: string, names: readonly Name[], otherwise: Name): Name;
  /** Value of an option that takes a whole number. */
  number(name: string): number | undefined;
}

/**
 * Reads what was written behind a command. Throws UsageError that names the argument and what to write instead.
 * @param command words of the command, as in "selfheal lint"
 */
export function readArguments(
  argv: readonly string[],
  options: Readonly<Record<string, Option>>,
  command: string,
  { say }: Shell,
): Arguments {
  const fail = (id: string, data: Readonly<Record<string, string>>, ...more: string[]): never => {
    throw new UsageError([say(id, data), ...more].join(' '), `${command} --help`);
  };
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short && { short }) },
    ]),
  );
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const option = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!option) {
      const suggestion = nearest(name, Object.keys(options));
      return fail(
        'cli/unknown-option',
        { command, name: rawName },
        ...(suggestion ? [say('cli/did-you-mean', { suggestion: `--${suggestion}` })] : []),
      );
    }
    if (option.value === undefined && value !== undefined) fail('cli/value-unwanted', { name: `--${name}`, value });
    // An option in the place of a value: the value was forgotten.
    const missing = value === undefined || value === '' || (!token.inlineValue && /^-./.test(value));
    if (option.value !== undefined && missing)
      fail('cli/value-missing', { name: `--${name}`, placeholder: option.value });
    const before = given.get(name);
    if (before && option.value !== undefined && !option.repeated) fail('cli/given-twice', { name: `--${name}` });
    given.set(name, [...(before ?? []), value ?? '']);
  }
  const value = (name: string): string | undefined => given.get(name)?.[0];
  return {
    positionals,
    has: (name) => given.has(name),
    value,
    values: (name) => given.get(name) ?? [],
    choice(name, names, otherwise) {
      const written = value(name);
      if (written === undefined) return otherwise;
      const chosen = names.find((candidate) => candidate === written);
      return (
        chosen ??
        fail('cli/wrong-choice', { name: `--${name}`, value: written }, say('cli/choose', { names: names.join(', ') }))
      );
    },
    number(name) {
      const written = value(name);
      if (written === undefined) return undefined;
      return /^\d{1,9}$/.test(written)
        ? Number(written)
        : fail('cli/wrong-number', { name: `--${name}`, value: written });
    },
  };
}
