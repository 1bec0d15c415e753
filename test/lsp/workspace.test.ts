import { afterEach, describe, expect, test } from 'vitest';
import type { TestClient } from './client.ts';
import { bareClient, fullClient, startClient, until } from './client.ts';

const service = (app: string): string => `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: ${app} }
  ports: [{ port: 80 }]
`;
const workload = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      restartPolicy: OnFailure
      containers: [{ name: app, image: web:1 }]
`;

let client: TestClient | undefined;
afterEach(async () => {
  await client?.stop();
  client = undefined;
});

const has = (items: readonly { code?: unknown }[] | undefined, rule: string): boolean =>
  items?.some(({ code }) => code === rule) ?? false;

describe('the whole workspace', () => {
  test('is diagnosed without opening files, across files', async () => {
    client = await startClient(fullClient, {
      'a/service.yaml': service('wbe'),
      'b/workload.yaml': workload,
      'node_modules/x/pod.yaml': workload,
    });
    const found = await client.pullWorkspace();
    expect(has(found.get(client.uri('a/service.yaml')), 'service-selector-no-match')).toBe(true);
    expect(has(found.get(client.uri('b/workload.yaml')), 'restart-policy-not-always')).toBe(true);
    expect(found.has(client.uri('node_modules/x/pod.yaml'))).toBe(false);
  });

  test('is fixed as one edit, with safe fixes only', async () => {
    client = await startClient(fullClient, { 'a.yaml': workload, 'b/b.yaml': workload, 'c.yaml': service('web') });
    await client.pullWorkspace();
    expect(await client.request('selfheal/fixWorkspace')).toEqual({ files: 2, applied: true });
    expect(Object.keys(client.applied[0]?.changes ?? {}).sort()).toEqual([
      client.uri('a.yaml'),
      client.uri('b/b.yaml'),
    ]);
  });

  test('follows an edit in another file before it is saved', async () => {
    client = await startClient(fullClient, { 'service.yaml': service('wbe'), 'workload.yaml': workload });
    await client.open('service.yaml', service('wbe'));
    await client.open('workload.yaml', workload);
    await client.pullWorkspace();
    expect(has((await client.pull('service.yaml')).items, 'service-selector-no-match')).toBe(true);
    await client.change('workload.yaml', workload.replaceAll('app: web', 'app: wbe'));
    expect(has((await client.pull('service.yaml')).items, 'service-selector-no-match')).toBe(false);
    await client.close('workload.yaml');
    await until('the text on disk to count again', async () =>
      has((await client!.pull('service.yaml')).items, 'service-selector-no-match'),
    );
  });
});

describe('a bare client', () => {
  test('is sent diagnostics, for closed files too, and sees them go', async () => {
    client = await startClient(bareClient, { 'service.yaml': service('wbe'), 'workload.yaml': workload });
    expect(client.initialized.capabilities.diagnosticProvider).toBeUndefined();
    const { pushed, uri } = client;
    await until('diagnostics of a closed file', () =>
      has(pushed.get(uri('service.yaml'))?.diagnostics, 'service-selector-no-match'),
    );
    await client.open('workload.yaml', workload);
    await until('diagnostics with the version', () => pushed.get(uri('workload.yaml'))?.version === 1);
    expect(has(pushed.get(uri('workload.yaml'))?.diagnostics, 'restart-policy-not-always')).toBe(true);
    await client.change('workload.yaml', workload.replace('OnFailure', 'Always'));
    await until('diagnostics of the new version', () => pushed.get(uri('workload.yaml'))?.version === 2);
    expect(has(pushed.get(uri('workload.yaml'))?.diagnostics, 'restart-policy-not-always')).toBe(false);
  });

  test('gets fixes as plain text, without snippets', async () => {
    client = await startClient(bareClient, { 'workload.yaml': workload });
    await client.open('workload.yaml', workload);
    await until('diagnostics', () => client!.pushed.has(client!.uri('workload.yaml')));
    const actions = await client.actions('workload.yaml', {
      start: { line: 0, character: 0 },
      end: { line: 20, character: 0 },
    });
    expect(actions.length).toBeGreaterThan(3);
    expect(JSON.stringify(actions)).not.toMatch(/SELFHEAL\d|\$\{1:/);
    expect(actions.every(({ edit }) => edit?.changes !== undefined)).toBe(true);
  });

  test('sets what it wants by initialization options and didChangeConfiguration', async () => {
    const initializationOptions = { settings: { lint: { rules: { 'restart-policy-not-always': 'off' } } } };
    client = await startClient(bareClient, { 'workload.yaml': workload }, { initializationOptions });
    const { pushed, uri } = client;
    await client.open('workload.yaml', workload);
    await until('diagnostics', () => pushed.get(uri('workload.yaml')));
    expect(has(pushed.get(uri('workload.yaml'))?.diagnostics, 'restart-policy-not-always')).toBe(false);
    await client.notify('workspace/didChangeConfiguration', { settings: { selfheal: { lint: { rules: {} } } } });
    await until('the default level', () =>
      has(pushed.get(uri('workload.yaml'))?.diagnostics, 'restart-policy-not-always'),
    );
  });
});
