import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver/node';
import type { LintStatus } from '../../core/src/protocol.ts';
import type { TestClient } from './client.ts';
import { bareClient, fullClient, startClient, until } from './client.ts';

const windows = process.platform === 'win32';
if (windows) console.log('building on save is not tested: the stand-in for Helm is a shell script');
const hasKubectl = spawnSync('kubectl', ['kustomize', '--help'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
if (!hasKubectl) console.log('building kustomizations on save is not tested: there is no kubectl with kustomize');

const workload = (name: string, policy: string): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      restartPolicy: ${policy}
      containers: [{ name: agent, image: agent:1 }]
`;
const templatePath = 'agent/templates/agent.yaml';
const template = workload('{{ .Release.Name }}', '{{ .Values.policy }}');
const rendered = `---\n# Source: agent/templates/agent.yaml\n${workload('agent', 'OnFailure')}`;
const chart = {
  'agent/Chart.yaml': 'apiVersion: v2\nname: agent\nversion: 1.0.0\n',
  'agent/values.yaml': '',
  [templatePath]: template,
};
const onSave = { settings: { render: 'onSave' } };

let bin: string;
let client: TestClient | undefined;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'selfheal-bin-'));
  writeFileSync(join(bin, 'output'), rendered);
});
afterEach(async () => {
  await client?.stop();
  client = undefined;
  rmSync(bin, { recursive: true, force: true });
});

/** A stand-in for Helm that notes its process, and what finds it before all others. */
function helm(script = `exec cat '${join(bin, 'output')}'`): { readonly env: NodeJS.ProcessEnv } {
  writeFileSync(join(bin, 'helm'), `#!/bin/sh\necho $$ >> '${join(bin, 'calls')}'\n${script}\n`);
  chmodSync(join(bin, 'helm'), 0o755);
  return { env: { PATH: `${bin}:${process.env['PATH'] ?? ''}` } };
}
/** Processes that were started so far. */
const calls = (): number[] => {
  const file = join(bin, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
};
const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
/** Longer than a save waits for others. */
const aMoment = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 700));
const save = (at: TestClient, path: string): Promise<void> =>
  at.notify('textDocument/didSave', { textDocument: { uri: at.uri(path) } });
/** Lines that a rule underlines, from 1. */
const linesOf = (items: readonly Diagnostic[], code = 'restart-policy-not-always'): number[] =>
  items.filter((item) => item.code === code).map(({ range }) => range.start.line + 1);
const told = async (at: TestClient, path: string, code?: string): Promise<number[]> =>
  linesOf((await at.pull(path)).items, code);
const missingTools = ({ notifications }: TestClient): readonly string[] | undefined =>
  (notifications.findLast(({ method }) => method === 'selfheal/status')?.params as LintStatus | undefined)
    ?.missingTools;

describe.skipIf(windows)('building on save', () => {
  test.each([
    ['is off unless a setting asks for it', {}],
    ['is off in a workspace that is not trusted', { ...onSave, initializationOptions: { trusted: false } }],
    ['is off where checking is', { settings: { render: 'onSave', lint: { enable: false } } }],
  ])('%s', async (_, options) => {
    client = await startClient(fullClient, chart, { ...options, ...helm() });
    await client.pullWorkspace();
    await client.open(templatePath, template);
    await save(client, templatePath);
    await client.write('agent/values.yaml', 'policy: OnFailure\n');
    await aMoment();
    expect(calls()).toEqual([]);
  });

  test('tells what Helm makes of a template: at the start, and again when it is saved', async () => {
    const at = (client = await startClient(fullClient, chart, { ...onSave, ...helm() }));
    await at.pullWorkspace();
    await until('a finding without opening or saving a file', async () => (await told(at, templatePath)).length > 0);
    const { items } = await at.pull(templatePath);
    const item = items.find(({ code }) => code === 'restart-policy-not-always');
    expect(item?.range.start.line).toBe(8);
    expect(item?.relatedInformation?.[0]).toMatchObject({
      location: { uri: at.uri('agent/Chart.yaml') },
      message: expect.stringContaining('Helm'),
    });
    expect(calls()).toHaveLength(1);
    writeFileSync(join(bin, 'output'), rendered.replace('OnFailure', 'Always'));
    await at.open(templatePath, template);
    await save(at, templatePath);
    await until('the finding to go', async () => (await told(at, templatePath)).length === 0);
    expect(calls()).toHaveLength(2);
  });

  test('moves its findings while a person types, drops them with their line, and runs nothing', async () => {
    const at = (client = await startClient(fullClient, chart, { ...onSave, ...helm() }));
    await at.pullWorkspace();
    await until('a finding', async () => (await told(at, templatePath)).length > 0);
    await at.open(templatePath, template);
    await at.change(templatePath, `# one\n# two\n${template}`);
    expect(await told(at, templatePath)).toEqual([11]);
    await at.change(templatePath, template.replace('agent:1', 'agent:2'));
    expect(await told(at, templatePath)).toEqual([9]);
    await at.change(templatePath, template.replace('.Values.policy }}', '.Values.policy }} # why'));
    expect(await told(at, templatePath)).toEqual([]);
    await at.change(templatePath, template.replace('{{ .Values.policy }}', 'OnFailure'));
    expect(await told(at, templatePath)).toEqual([9]);
    await at.change(templatePath, `# selfheal-ignore-file restart-policy-not-always -- so it is\n${template}`);
    expect(await told(at, templatePath)).toEqual([]);
    expect(await told(at, templatePath, 'suppression-unused')).toEqual([]);
    await at.change(templatePath, template);
    await at.open('agent/values.yaml', 'policy: OnFailure\n');
    expect(await told(at, templatePath), 'what the default says already').toEqual([9]);
    await aMoment();
    expect(calls()).toHaveLength(1);
  });

  test('tells once what the template says itself, also to clients that are pushed to', async () => {
    const plain = { ...chart, [templatePath]: template.replace('{{ .Values.policy }}', 'OnFailure') };
    const at = (client = await startClient(bareClient, plain, {
      initializationOptions: onSave,
      ...helm(),
    }));
    await until('a build', () => calls().length === 1);
    await at.open('agent/Chart.yaml', chart['agent/Chart.yaml']);
    writeFileSync(join(bin, 'output'), `${rendered}${rendered.replace('agent }', 'other }')}`);
    await save(at, 'agent/Chart.yaml');
    await until('another build', () => calls().length === 2);
    await aMoment();
    expect(linesOf(at.pushed.get(at.uri(templatePath))?.diagnostics ?? [])).toEqual([9]);
  });

  test('ends a program that a newer save outdates, and one that runs when the server stops', async () => {
    const hang = join(bin, 'hang');
    writeFileSync(hang, '');
    const program = helm(`[ -f '${hang}' ] && exec sleep 60\nexec cat '${join(bin, 'output')}'`);
    const at = (client = await startClient(fullClient, chart, { ...onSave, ...program }));
    await at.pullWorkspace();
    const [first = 0] = await until('a program that hangs', () => calls().length === 1 && calls());
    rmSync(hang);
    await at.open(templatePath, template);
    await save(at, templatePath);
    await until('the newer finding', async () => (await told(at, templatePath)).length > 0);
    expect(isRunning(first)).toBe(false);
    writeFileSync(hang, '');
    await save(at, templatePath);
    const third = await until('a third program', () => calls()[2]);
    await at.stop();
    client = undefined;
    await until('its end', () => !isRunning(third));
  });

  test('says once that a program is missing, in the log and the status', async () => {
    const at = (client = await startClient(fullClient, chart, { ...onSave, env: { PATH: bin } }));
    await at.pullWorkspace();
    await until('a status that names it', () => missingTools(at)?.includes('helm'));
    await at.open(templatePath, template);
    await save(at, templatePath);
    await aMoment();
    const logged = at.notifications.filter(
      ({ method, params }) =>
        method === 'window/logMessage' && JSON.stringify(params).includes('helm is not on the PATH'),
    );
    expect(logged).toHaveLength(1);
    expect(at.notifications.some(({ method }) => method === 'window/showMessage')).toBe(false);
    expect((await at.pull('agent/Chart.yaml')).items).toEqual([]);
  });

  test('tells why a program fails at the chart, until it works, and forgets all when it is turned off', async () => {
    const at = (client = await startClient(fullClient, chart, {
      ...onSave,
      ...helm('echo first >&2; echo "Error: no policy" >&2; exit 1'),
    }));
    await at.pullWorkspace();
    await until('a finding at the chart', async () => (await told(at, 'agent/Chart.yaml', 'rendered')).length > 0);
    const [item] = (await at.pull('agent/Chart.yaml')).items;
    expect(item?.message).toMatch(/"helm template agent .*" failed.*Run it in a terminal.*Error: no policy/);
    expect(await at.actions('agent/Chart.yaml', item!.range)).toEqual([]);
    helm();
    await at.write('agent/values.yaml', 'other: 1\n');
    await until('the chart to be well', async () => (await told(at, 'agent/Chart.yaml', 'rendered')).length === 0);
    expect(await told(at, templatePath)).toEqual([9]);
    at.settings = {};
    await at.notify('workspace/didChangeConfiguration', { settings: null });
    await until('nothing more of what was built', async () => (await told(at, templatePath)).length === 0);
  });

  test.skipIf(!hasKubectl)('builds a kustomization with kubectl when a base it builds on is saved', async () => {
    const base = (image: string): string => workload('agent', 'Always').replace('agent:1', image);
    const at = (client = await startClient(
      fullClient,
      {
        'base/kustomization.yaml': 'resources: [agent.yaml]\n',
        'base/agent.yaml': base('agent:1'),
        'over/kustomization.yaml':
          'resources: [../base]\nreplacements:\n  - source: { kind: ConfigMap, name: policy, fieldPath: data.policy }\n    targets: [{ select: { kind: DaemonSet }, fieldPaths: [spec.template.spec.restartPolicy] }]\nconfigMapGenerator: [{ name: policy, literals: [policy=Never] }]\n',
      },
      onSave,
    ));
    await at.pullWorkspace();
    await until('a finding of the overlay in the base', async () => (await told(at, 'base/agent.yaml')).length > 0);
    expect(await told(at, 'base/agent.yaml')).toEqual([9]);
    await at.write('over/kustomization.yaml', 'resources: [../base, ../gone]\n');
    await until('why it fails', async () => (await told(at, 'over/kustomization.yaml', 'rendered')).length > 0);
    await at.write('over/kustomization.yaml', 'resources: [../base]\n');
    await until(
      'an overlay that is well',
      async () => (await told(at, 'over/kustomization.yaml', 'rendered')).length === 0,
    );
    expect(await told(at, 'base/agent.yaml')).toEqual([]);
  });
});
