/** Runs the suite of the extension host on a given VS Code. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { root } from './bundle.ts';

/** How many tests passed and failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Runs the bundle in the extension host of `executable`, on a copy of the suite's workspace. A run that came to no
 * end (crash, hang) counts as one failure.
 */
export async function runSuite(executable: string, bundle: string): Promise<Counts> {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'selfheal-electron-'));
  const record = path.join(scratch, 'result.json');
  const folder = path.join(scratch, 'workspace');
  fs.cpSync(path.join(import.meta.dirname, 'workspace'), folder, { recursive: true });
  let ended = true;
  try {
    await runTests({
      vscodeExecutablePath: executable,
      extensionDevelopmentPath: root,
      extensionTestsPath: bundle,
      extensionTestsEnv: { EXT_TEST_RESULT: record },
      launchArgs: [folder],
    });
  } catch (error) {
    ended = false;
    console.error(`suite: ${error instanceof Error ? error.message : String(error)}`);
  }
  const stats = fs.existsSync(record)
    ? (JSON.parse(fs.readFileSync(record, 'utf8')) as { passes: number; failures: number })
    : { passes: 0, failures: 1 };
  fs.rmSync(scratch, { recursive: true, force: true });
  return { passed: stats.passes, failed: ended ? stats.failures : Math.max(1, stats.failures) };
}
