/** The linter as the server makes it, without protocol and files. */
import { basename } from 'node:path';
import picomatch from 'picomatch';
import { readConfiguration } from '../../core/src/lint/configuration.ts';
import type { Linter } from '../../core/src/lint/engine.ts';
import { createLinter } from '../../core/src/lint/engine.ts';
import { rules } from '../../core/src/rules/registry.ts';

/** A linter with the recommended rules that has seen nothing yet. */
export function newLinter(): Linter {
  const { configuration } = readConfiguration('{}', rules);
  return createLinter({
    rules,
    configuration,
    relative: (uri) => basename(uri),
    glob: (glob, path) => picomatch.isMatch(path, glob),
    onRuleError(rule, uri, error) {
      throw new Error(`${rule} failed on ${uri}`, { cause: error });
    },
  });
}
