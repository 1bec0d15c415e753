import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from 'vscode-languageserver/node';
import { afterEach, describe, expect, test } from 'vitest';
import type { TestClient } from './client.ts';
import { applyTo, editsOf, fullClient, startClient, until } from './client.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      restartPolicy: "Never" # why not
      containers:
        - name: app
          image: web:1
`;

const everywhere = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };
const codes = (items: readonly Diagnostic[]): string[] => items.map(({ code }) => String(code));

let client: TestClient | undefined;
afterEach(async () => {
  await client?.stop();
  client = undefined;
});

/** Opens the deployment and waits until the workspace has been read. */
async function openDeployment(
  options: Parameters<typeof startClient>[2] = {},
  files: Record<string, string> = {},
): Promise<TestClient> {
  client = await startClient(fullClient, { 'web.yaml': deployment, ...files }, options);
  await client.open('web.yaml', deployment);
  await client.pullWorkspace();
  return client;
}

describe('a full client', () => {
  test('pulls diagnostics, and learns that they are unchanged', async () => {
    const { pull } = await openDeployment();
    const first = await pull('web.yaml');
    const found = first.items.find(({ code }) => code === 'restart-policy-not-always');
    expect(found).toMatchObject({
      severity: 1,
      source: 'selfheal',
      range: { start: { line: 11, character: 21 }, end: { line: 11, character: 28 } },
    });
    expect(found?.message).toContain('The API server rejects "Never"');
    // The rule's page opens without a network.
    expect(readFileSync(fileURLToPath(found?.codeDescription?.href ?? ''), 'utf8')).toContain(
      '# restart-policy-not-always',
    );
    expect(await pull('web.yaml', first.resultId)).toMatchObject({ kind: 'unchanged', resultId: first.resultId });
  });

  test('sees a finding go when the text is mended, and come back', async () => {
    const { pull, change } = await openDeployment();
    await change('web.yaml', deployment.replace('"Never"', '"Always"'));
    expect(codes((await pull('web.yaml')).items)).not.toContain('restart-policy-not-always');
    await change('web.yaml', deployment);
    expect(codes((await pull('web.yaml')).items)).toContain('restart-policy-not-always');
  });

  test('gets a quick fix that ends the finding and keeps quotes and comment', async () => {
    const { actions, change, pull, uri } = await openDeployment();
    const fix = (
      await actions('web.yaml', { start: { line: 11, character: 22 }, end: { line: 11, character: 22 } })
    ).find(({ isPreferred }) => isPreferred);
    expect(fix).toMatchObject({
      kind: 'quickfix',
      title: 'Set restartPolicy to Always',
      diagnostics: [{ code: 'restart-policy-not-always' }],
    });
    const fixed = applyTo(deployment, editsOf(fix!, uri('web.yaml')));
    expect(fixed).toBe(deployment.replace('"Never"', '"Always"'));
    await change('web.yaml', fixed);
    expect(codes((await pull('web.yaml')).items)).not.toContain('restart-policy-not-always');
  });

  test('can silence a finding with a reason, and the comment works', async () => {
    const { actions, change, pull, uri } = await openDeployment();
    const action = (await actions('web.yaml', everywhere)).find(({ title }) =>
      title.startsWith('Ignore "restart-policy-not-always"'),
    );
    const silenced = applyTo(deployment, editsOf(action!, uri('web.yaml')));
    expect(silenced).toContain('      # selfheal-ignore restart-policy-not-always -- ');
    await change('web.yaml', silenced);
    expect(codes((await pull('web.yaml')).items)).not.toContain('restart-policy-not-always');
  });

  test('can turn a rule off in a configuration that does not exist yet', async () => {
    const { actions, uri } = await openDeployment();
    const action = (await actions('web.yaml', everywhere)).find(({ title }) =>
      title.startsWith('Turn "restart-policy-not-always" off'),
    );
    expect(action?.edit?.documentChanges?.[0]).toMatchObject({ kind: 'create', uri: uri('selfheal.yaml') });
    expect(editsOf(action!, uri('selfheal.yaml'))[0]?.newText).toBe('rules:\n  restart-policy-not-always: off\n');
  });

  test('adds a rule to the configuration that exists, leaving the rest as it is', async () => {
    const config = '# ours\nrules:\n  single-replica: off # known\n';
    const { actions, uri } = await openDeployment({}, { 'selfheal.yaml': config });
    const action = (await actions('web.yaml', everywhere)).find(({ title }) =>
      title.startsWith('Turn "restart-policy-not-always" off'),
    );
    expect(applyTo(config, editsOf(action!, uri('selfheal.yaml')))).toBe(
      `${config.trimEnd()}\n  restart-policy-not-always: "off"\n`,
    );
  });

  test('fixes all with safe fixes only', async () => {
    const { actions, uri } = await openDeployment();
    const found = await actions('web.yaml', everywhere, ['source.fixAll']);
    expect(found.map(({ kind }) => kind)).toEqual(['source.fixAll.selfheal']);
    expect(applyTo(deployment, editsOf(found[0]!, uri('web.yaml')))).toBe(deployment.replace('"Never"', '"Always"'));
  });

  test("rewrites other linters' suppressions into ours", async () => {
    const text = deployment.replace(
      '  name: web\n',
      '  name: web\n  annotations:\n    ignore-check.kube-linter.io/no-liveness-probe: "no hangs"\n',
    );
    const { actions, change, uri } = await openDeployment();
    await change('web.yaml', text);
    const [action] = await actions('web.yaml', everywhere, ['refactor.rewrite']);
    expect(applyTo(text, editsOf(action!, uri('web.yaml')))).toContain(
      '    selfheal.dev/ignore: "liveness-probe-missing"\n',
    );
  });

  test('offers templates with tab stops', async () => {
    const { actions, uri } = await openDeployment();
    const action = (await actions('web.yaml', everywhere)).find(
      ({ edit, diagnostics }) => edit?.documentChanges && diagnostics?.[0]?.code === 'memory-limit-missing',
    );
    expect(editsOf(action!, uri('web.yaml'))[0]?.newText).toMatch(/\$\{1:[^}]+\}/);
  });

  test('follows the configuration file as it changes on disk, and asks the editor to look again', async () => {
    const { pull, write, refreshes } = await openDeployment();
    const before = refreshes();
    await write('selfheal.yaml', 'rules: { restart-policy-not-always: info }\n');
    await until('a refresh', () => refreshes() > before);
    const found = (await pull('web.yaml')).items.find(({ code }) => code === 'restart-policy-not-always');
    expect(found?.severity).toBe(3);
  });

  test('follows settings as they change, and the file wins over them', async () => {
    const session = await openDeployment({ settings: { lint: { rules: { 'restart-policy-not-always': 'off' } } } });
    expect(codes((await session.pull('web.yaml')).items)).not.toContain('restart-policy-not-always');
    session.settings = { lint: { rules: { 'restart-policy-not-always': 'hint' } } };
    await session.notify('workspace/didChangeConfiguration', { settings: null });
    const severity = async (): Promise<number | undefined> =>
      (await session.pull('web.yaml')).items.find(({ code }) => code === 'restart-policy-not-always')?.severity;
    expect(await until('the new level', severity)).toBe(4);
    await session.write('selfheal.yaml', 'rules: { restart-policy-not-always: warning }\n');
    await until('the level of the file', async () => (await severity()) === 2);
  });

  test('explains mistakes in selfheal.yaml with a suggestion', async () => {
    const config = 'extends: recomended\nrules:\n  single-replicas: off\n';
    const { pull, open } = await openDeployment({}, { 'selfheal.yaml': config });
    await open('selfheal.yaml', config);
    const { items } = await pull('selfheal.yaml');
    expect(items.map(({ range, message }) => [range.start.line, message])).toEqual([
      [
        0,
        '"extends" cannot be "recomended"; expected: minimal, recommended, strict, kube-linter, kube-score, polaris.',
      ],
      [2, 'No rule is called "single-replicas". Did you mean: single-replica?'],
    ]);
  });

  test('judges custom resources once selfheal.yaml says where their pods are', async () => {
    const worker = deployment
      .replace('apps/v1', 'example.com/v1')
      .replace('Deployment', 'Worker')
      .replace('  template:', '  pods:');
    const declared =
      'podTemplates:\n  - group: example.com\n    kind: Worker\n    template: spec.pods\n    replicas: spec.count\n';
    const { pull, open, change, request, uri, pullWorkspace } = await openDeployment(
      {},
      { 'selfheal.yaml': '', 'worker.yaml': worker },
    );
    const found = async (): Promise<string[]> => codes((await pull('worker.yaml')).items);
    expect(await found()).toEqual([]);
    await open('selfheal.yaml', '');
    await change('selfheal.yaml', declared);
    expect(await found()).toContain('liveness-probe-missing');
    expect((await pullWorkspace()).get(uri('worker.yaml'))?.map(({ code }) => code)).toContain(
      'liveness-probe-missing',
    );
    await change('selfheal.yaml', declared.replace('spec.pods', 'spec.pods[0]'));
    expect(await found()).toEqual([]);
    const [mistake] = (await pull('selfheal.yaml')).items;
    expect(mistake?.range.start).toEqual({ line: 3, character: 14 });
    expect(mistake?.message).toContain('"podTemplates.template" cannot be "spec.pods[0]"');
    await change('selfheal.yaml', declared);
    const hover = await request<{ contents: { value: string } }>('textDocument/hover', {
      textDocument: { uri: uri('selfheal.yaml') },
      position: { line: 4, character: 6 },
    });
    expect(hover.contents.value).toContain('Path of the number of pods');
  });

  test('completes and explains selfheal.yaml, and writes a first one', async () => {
    const { open, request, uri } = await openDeployment({}, { 'selfheal.yaml': '' });
    await open('selfheal.yaml', 'rules:\n  single-replica: off\n');
    const place = (character: number): object => ({
      textDocument: { uri: uri('selfheal.yaml') },
      position: { line: 1, character },
    });
    const items = await request<{ label: string; textEdit: { newText: string } }[]>(
      'textDocument/completion',
      place(2),
    );
    expect(items.find(({ label }) => label === 'memory-limit-missing')?.textEdit.newText).toBe(
      'memory-limit-missing: ',
    );
    expect(await request('textDocument/hover', place(5))).toMatchObject({
      contents: { value: expect.stringContaining('single-replica') as string },
    });
    expect(await request<string>('selfheal/firstConfiguration')).toContain('restart-policy-not-always: off # 1 found');
  });

  test('keeps the findings of healthy documents beside a broken one', async () => {
    const { pull, change } = await openDeployment();
    await change('web.yaml', `${deployment}---\napiVersion: v1\nkind: [Service\n`);
    const found = codes((await pull('web.yaml')).items);
    expect(found).toContain('restart-policy-not-always');
    expect(found.filter((code) => code === 'yaml-syntax')).toHaveLength(1);
  });

  test('speaks Chinese where the editor does', async () => {
    const { pull } = await openDeployment({ locale: 'zh-cn' });
    const found = (await pull('web.yaml')).items.find(({ code }) => code === 'restart-policy-not-always');
    expect(found?.message).toMatch(/\p{Script=Han}/u);
  });

  test('refuses to connect while the workspace is not trusted', async () => {
    const { request } = await openDeployment({ initializationOptions: { trusted: false } });
    expect(await request('selfheal/connect', {})).toEqual({ started: false, problem: { id: 'cluster.untrusted' } });
    expect(await request('selfheal/contexts')).toMatchObject({ contexts: [], problem: { id: 'cluster.untrusted' } });
  });
});
