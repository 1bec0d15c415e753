/** Each rule of who may import what, proven by breaking it: a check that examines nothing would pass these sources too. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'selfheal-boundaries-'));
  for (const file of [
    'package.json',
    '.oxlintrc.json',
    'tsconfig.base.json',
    'core/tsconfig.json',
    'client/webview/tsconfig.json',
  ]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Output of a tool on one source file; empty when it has no objection. */
function objections(tool: string, args: readonly string[], path: string, text: string): string {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), text);
  try {
    execFileSync(join(root, 'node_modules/.bin', tool), args, { cwd: copy, encoding: 'utf8', stdio: 'pipe' });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return stdout + stderr;
  } finally {
    rmSync(join(copy, path));
  }
}

const lint = (path: string, text: string): string => objections('oxlint', ['--deny-warnings', path], path, text);

describe('lint refuses', () => {
  test.each([
    ['core/src/broken.ts', "import * as vscode from 'vscode';\nexport const ui = vscode;\n", 'core is pure'],
    [
      'core/src/broken.ts',
      "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
      'core is pure',
    ],
    [
      'core/src/broken.ts',
      "import { KubeConfig } from '@kubernetes/client-node';\nexport const config = KubeConfig;\n",
      'core is pure',
    ],
    [
      'core/src/broken.ts',
      "import { serve } from '../../server/src/server.ts';\nexport const it = serve;\n",
      'core is pure',
    ],
    ['core/src/broken.ts', 'export const now = (): number => Date.now();\n', 'no clock'],
    ['core/src/broken.ts', 'export const chance = (): number => Math.random();\n', 'no randomness'],
    ['server/src/broken.ts', "import * as vscode from 'vscode';\nexport const ui = vscode;\n", 'The server knows'],
    ['client/src/broken.ts', "import { parse } from 'yaml';\nexport const it = parse;\n", 'The client draws'],
    [
      'client/src/broken.ts',
      "import { serve } from '../../server/src/server.ts';\nexport const it = serve;\n",
      'The client draws',
    ],
    [
      'client/webview/broken.ts',
      "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
      'The webview sees',
    ],
  ])('%s: %s', (path, text, reason) => {
    expect(lint(path, text)).toContain(reason);
  });

  test('nothing in a source that keeps to the rules', () => {
    expect(lint('core/src/fine.ts', "import { parse } from 'yaml';\nexport const it = parse;\n")).toBe('');
  });
});

describe('types refuse', () => {
  const compile = (part: string, path: string, text: string): string =>
    objections('tsc', ['-p', part, '--noEmit', '--composite', 'false', '--emitDeclarationOnly', 'false'], path, text);

  test.each(['process.exit(1)', 'setTimeout(() => 1, 1)', 'window.name', "fetch('x')"])(
    'in the core: %s',
    (expression) => {
      expect(compile('core', 'core/src/broken.ts', `export const it = ${expression};\n`)).toContain('Cannot find name');
    },
  );
  test('nothing in a core source that keeps to the rules', () => {
    expect(compile('core', 'core/src/fine.ts', 'export const it = [1].toSorted();\n')).toBe('');
  });
});
