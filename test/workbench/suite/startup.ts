/** What opening files costs: nothing before there is a manifest. Must run first, in a fresh extension host. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { findingOf, open, selfheal } from './documents.ts';
import { loadedBundles, startedProcesses } from './footprint.ts';
import { until } from './until.ts';

/** Whether a command line belongs to VS Code itself or to another extension: both start what they like. */
function isForeign(command: string): boolean {
  const others = vscode.extensions.all.filter((each) => each.id !== selfheal().id).map((each) => each.extensionPath);
  return [vscode.env.appRoot, ...others].some((folder) => command.includes(folder));
}

/** Command lines of processes that are not in `known` and appear within two seconds. */
async function newcomers(known: ReadonlyMap<number, string>): Promise<readonly string[]> {
  const seen = new Map<number, string>();
  for (let look = 0; look < 40; look += 1) {
    for (const [pid, command] of startedProcesses()) if (!known.has(pid)) seen.set(pid, command);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return [...seen.values()].filter((command) => !isForeign(command));
}

/** Waits until VS Code itself has started what it starts by itself. */
async function calm(): Promise<ReadonlyMap<number, string>> {
  for (;;) {
    const known = startedProcesses();
    if ((await newcomers(known)).length === 0) return startedProcesses();
  }
}

describe('start-up', () => {
  before(function () {
    if (process.platform === 'win32') {
      console.log('skipped: processes cannot be listed on Windows');
      this.skip();
    }
  });

  it('loads one bundle and starts no process for YAML that is no manifest', async () => {
    const before = await calm();
    await open('settings.yaml');
    await until('activation', () => selfheal().isActive);
    assert.deepEqual(await newcomers(before), []);
    assert.deepEqual(loadedBundles(selfheal().extensionPath), ['extension.cjs']);
  });

  it('starts one process, the language server, for a manifest', async () => {
    const before = startedProcesses();
    await findingOf(await open('report.yaml'), 'job-restart-policy-invalid');
    const started = (await newcomers(before)).filter((command) => command.includes(selfheal().extensionPath));
    assert.equal(started.length, 1, started.join('\n'));
    assert.match(started[0] ?? '', /server\.cjs/);
  });
});
