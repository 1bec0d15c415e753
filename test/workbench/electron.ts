/**
 * `npm run test:electron`: the suite through VS Code's own test runner.
 *
 * The executable is VSCODE_EXECUTABLE, else a desktop VS Code that is downloaded, else (no network, no display)
 * the workbench from npm.
 */
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { bundleSuite } from './bundle.ts';
import { runSuite } from './run-suite.ts';

const standIn = path.join(import.meta.dirname, 'executable.ts');

async function chooseExecutable(): Promise<string> {
  const named = process.env['VSCODE_EXECUTABLE'];
  if (named) return named;
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) {
    console.log('no display for a desktop VS Code: the suite runs in the workbench from npm');
    return standIn;
  }
  try {
    return await downloadAndUnzipVSCode();
  } catch (error) {
    console.log(`VS Code cannot be downloaded (${String(error)}): the suite runs in the workbench from npm`);
    return standIn;
  }
}

const { passed, failed } = await runSuite(await chooseExecutable(), await bundleSuite());
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
