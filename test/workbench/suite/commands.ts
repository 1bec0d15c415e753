/** The commands that the manifest promises. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { selfheal } from './documents.ts';

describe('commands', () => {
  it('has a handler for every command of the manifest', async () => {
    const { contributes } = selfheal().packageJSON as { contributes: { commands: { command: string }[] } };
    const known = new Set(await vscode.commands.getCommands(true));
    const promised = contributes.commands.map((each) => each.command);
    assert.ok(promised.includes('selfheal.connect'), promised.join(' '));
    assert.deepEqual(
      promised.filter((each) => !known.has(each)),
      [],
    );
  });

  it('opens the dashboard without a cluster', async () => {
    await vscode.commands.executeCommand('selfheal.openDashboard');
  });

  it('takes a kubeconfig that is not there without throwing', async () => {
    await vscode.commands.executeCommand('selfheal.connect', { kubeconfig: '/nowhere/kubeconfig' });
    await vscode.commands.executeCommand('selfheal.disconnect');
  });
});
