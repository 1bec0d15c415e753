/** Changes that reach further than one place are shown before they are made, by clients that can. */
import type { ClientCapabilities, CodeAction } from 'vscode-languageserver/node';
import { TextDocumentEdit } from 'vscode-languageserver/node';
import { afterEach, describe, expect, test } from 'vitest';
import type { TestClient } from './client.ts';
import { applyTo, editsOf, fullClient, previewClient, startClient } from './client.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: app
          image: web:1
`;

const budget = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  minAvailable: 1
  selector:
    matchLabels: { app: web }
`;

const everywhere = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };

let client: TestClient | undefined;
afterEach(async () => {
  await client?.stop();
  client = undefined;
});

async function actionsOf(
  capabilities: ClientCapabilities,
  path = 'web.yaml',
): Promise<{ actions: CodeAction[]; client: TestClient }> {
  client = await startClient(capabilities, { 'web.yaml': deployment, 'budget.yaml': budget });
  await client.open('web.yaml', deployment);
  if (path !== 'web.yaml') await client.open(path, budget);
  await client.pullWorkspace();
  return { actions: await client.actions(path, everywhere), client };
}

const find = (actions: readonly CodeAction[], title: string): CodeAction => {
  const found = actions.find((action) => action.title.startsWith(title));
  if (!found) throw new Error(`No "${title}" among: ${actions.map((action) => action.title).join(' · ')}`);
  return found;
};

/** Whether the user is asked first, and whether every edit belongs to that question. */
function asks({ edit, title }: CodeAction): boolean {
  const annotations = Object.entries(edit?.changeAnnotations ?? {});
  if (annotations.length === 0) return false;
  const [[id, annotation] = ['', undefined]] = annotations;
  expect(annotation).toMatchObject({ label: title, needsConfirmation: true });
  expect(annotation?.description).toMatch(/\w{3}/);
  const edits = (edit?.documentChanges ?? [])
    .filter((change) => TextDocumentEdit.is(change))
    .flatMap((change) => change.edits);
  expect(edits.length).toBeGreaterThan(0);
  for (const change of edits) expect(change).toMatchObject({ annotationId: id });
  return true;
}

describe('a client that shows changes', () => {
  test('is asked to show what makes a workload survive a drain, all of it at once', async () => {
    client = await startClient(previewClient, { 'web.yaml': deployment });
    await client.open('web.yaml', deployment);
    await client.pullWorkspace();
    const action = find(await client.actions('web.yaml', everywhere), 'Make it survive a drain');
    expect(action.title).toContain('rolls its pods out');
    expect(asks(action)).toBe(true);
    const fixed = applyTo(deployment, editsOf(action, client.uri('web.yaml')));
    expect(fixed).toContain('  replicas: 2\n');
    expect(fixed).toContain('topologyKey: kubernetes.io/hostname');
    expect(fixed).toContain('---\napiVersion: policy/v1\nkind: PodDisruptionBudget\n');
    expect(fixed).toContain('unhealthyPodEvictionPolicy: AlwaysAllow');
  });

  test('is asked to show what changes another file', async () => {
    const { actions, client: at } = await actionsOf(previewClient, 'budget.yaml');
    const action = find(actions, 'Run 2 replicas of "web"');
    expect(asks(action)).toBe(true);
    expect(editsOf(action, at.uri('budget.yaml'))).toEqual([]);
    expect(applyTo(deployment, editsOf(action, at.uri('web.yaml')))).toBe(
      deployment.replace('replicas: 1', 'replicas: 2'),
    );
  });

  test('is not asked about one place, nor about a safe fix of several', async () => {
    const { actions } = await actionsOf(previewClient);
    expect(asks(find(actions, 'Run 2 replicas'))).toBe(false);
    const probes = `${deployment}          livenessProbe:
            tcpSocket: { port: 8080 }
            initialDelaySeconds: 60
`;
    await client?.change('web.yaml', probes);
    const safe = (await client?.actions('web.yaml', everywhere))?.find(
      ({ isPreferred, diagnostics }) => isPreferred && diagnostics?.[0]?.code === 'initial-delay-without-startup-probe',
    );
    expect(safe?.edit?.changes?.[client?.uri('web.yaml') ?? '']?.length).toBeGreaterThan(1);
    expect(safe && asks(safe)).toBe(false);
  });
});

test('a client that cannot gets the same change without a question', async () => {
  client = await startClient(fullClient, { 'web.yaml': deployment });
  await client.open('web.yaml', deployment);
  await client.pullWorkspace();
  const action = find(await client.actions('web.yaml', everywhere), 'Make it survive a drain');
  expect(asks(action)).toBe(false);
  expect(applyTo(deployment, editsOf(action, client.uri('web.yaml')))).toContain('kind: PodDisruptionBudget');
});
