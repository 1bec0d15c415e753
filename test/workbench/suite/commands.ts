/** The commands that the manifest promises. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../../client/src/extension.ts';
import { selfheal } from './documents.ts';
import { until } from './until.ts';

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

  it('shows a recording without any cluster', async () => {
    const { view: shown } = selfheal().exports as Api;
    const path = join(selfheal().extensionPath, 'test/fixtures/live/recordings/04-oomkilled');
    await vscode.commands.executeCommand('selfheal.openRecording', path);
    const view = await until('the recording', () => {
      const health = shown();
      return health?.connection.state === 'recording' ? health : undefined;
    });
    assert.ok(view.incidents.some((incident) => incident.cause === 'oom-killed/limit'));
    await vscode.commands.executeCommand('selfheal.disconnect');
    await until('disconnected', () => shown()?.connection.state === 'disconnected');
  });
});
