import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { buildWith } from '../../server/src/tools.ts';
import { bad, useCli } from './harness.ts';

const cli = useCli();

const windows = process.platform === 'win32';
if (windows) console.log('rendering is not tested: the stand-in for Helm is a shell script');
const hasKubectl = spawnSync('kubectl', ['kustomize', '--help'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
if (!hasKubectl) console.log('rendering of kustomizations is not tested: there is no kubectl with kustomize');

interface Reported {
  readonly files: readonly {
    readonly path: string;
    readonly findings: readonly {
      readonly rule: string;
      readonly line: number;
      readonly related: readonly { readonly text: string }[];
    }[];
  }[];
}

/** A folder with a program of a name, and what finds that program first. */
function program(name: string, script: string): NodeJS.ProcessEnv {
  const folder = join(cli.folder, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
  return { PATH: `${folder}:${process.env['PATH'] ?? ''}` };
}

const template = bad
  .replace('name: agent }', 'name: {{ .Release.Name }} }')
  .replace('OnFailure', '{{ .Values.policy }}');
const rendered = `---\n# Source: agent/templates/agent.yaml\n${bad.replace('name: agent }', 'name: agent-x }')}`;
const chart = {
  'agent/Chart.yaml': 'apiVersion: v2\nname: agent\nversion: 1.0.0\n',
  'agent/values.yaml': '',
  'agent/templates/agent.yaml': template,
};

/** Findings as `path:line rule`. */
const told = (out: string): string[] =>
  (JSON.parse(out) as Reported).files.flatMap(({ path, findings }) =>
    findings.map(({ rule, line }) => `${path}:${line} ${rule}`),
  );
const lint = ['lint', 'agent', '--format', 'json', '--render'];

describe.skipIf(windows)('selfheal lint --render', () => {
  test('tells what Helm makes of a template at the line of the template', () => {
    cli.write({ ...chart, 'output.yaml': rendered });
    const env = program(
      'helm',
      `[ "$1" = template ] && [ -f "$3/Chart.yaml" ] && cat '${join(cli.folder, 'output.yaml')}'`,
    );
    expect(told(cli.run(['lint', 'agent', '--format', 'json'], undefined, env).out)).toEqual([]);
    const { code, out, err } = cli.run(lint, undefined, env);
    expect(err).toBe('');
    expect(code).toBe(1);
    expect(told(out)).toEqual(['agent/templates/agent.yaml:9 restart-policy-not-always']);
    expect((JSON.parse(out) as Reported).files.flatMap(({ findings }) => findings)[0]?.related[0]?.text).toContain(
      'Helm',
    );
  });

  test('runs no program unless it is asked to', () => {
    cli.write(chart);
    const env = program('helm', `touch '${join(cli.folder, 'ran')}'`);
    cli.run(['lint', 'agent'], undefined, env);
    expect(existsSync(join(cli.folder, 'ran'))).toBe(false);
    cli.run(['lint', 'agent', '--render'], undefined, env);
    expect(existsSync(join(cli.folder, 'ran'))).toBe(true);
  });

  test('tells once what the template says itself, and nothing that it silences', () => {
    const plain = template.replace('{{ .Values.policy }}', 'OnFailure');
    const env = program('helm', `cat '${join(cli.folder, 'output.yaml')}'`);
    cli.write({ ...chart, 'agent/templates/agent.yaml': plain, 'output.yaml': rendered });
    expect(told(cli.run(lint, undefined, env).out)).toEqual(['agent/templates/agent.yaml:9 restart-policy-not-always']);
    cli.write({ 'agent/templates/agent.yaml': `# selfheal-ignore-file restart-policy-not-always\n${template}` });
    expect(told(cli.run(lint, undefined, env).out)).toEqual([]);
  });

  test('leaves out what comes from files that are not here, and charts inside of the chart', () => {
    cli.write({
      ...chart,
      'agent/charts/inner/Chart.yaml': 'name: inner\n',
      'output.yaml': rendered.replace('agent.yaml', 'gone.yaml'),
    });
    const calls = join(cli.folder, 'calls');
    const env = program('helm', `echo "$3" >> '${calls}'; cat '${join(cli.folder, 'output.yaml')}'`);
    expect(cli.run(lint, undefined, env).code).toBe(0);
    expect(cli.read('calls').trim().split('\n')).toHaveLength(1);
  });

  test('says what to do where Helm is missing or fails, and ends with 2', () => {
    cli.write(chart);
    const none = cli.run(lint, undefined, { PATH: cli.folder });
    expect(none.code).toBe(2);
    expect(none.err).toMatch(/agent\/Chart\.yaml is not rendered: "helm template agent .*" .*Install it/);
    const failing = cli.run(lint, undefined, program('helm', 'echo first >&2; echo "Error: no values" >&2; exit 1'));
    expect(failing.code).toBe(2);
    expect(failing.err).toMatch(/agent\/Chart\.yaml is not rendered: .*Error: no values/);
  });

  test('does not go with standard input', () => {
    expect(cli.run(['lint', '-', '--render'], bad)).toMatchObject({
      code: 2,
      err: expect.stringContaining('--render'),
    });
  });

  test('waits for no program for ever, and reads no end of output', async () => {
    cli.write(chart);
    const buildable = {
      type: 'chart',
      dir: pathToFileURL(join(cli.folder, 'agent')).href,
      uri: pathToFileURL(join(cli.folder, 'agent/Chart.yaml')).href,
      remote: false,
    } as const;
    const path = process.env['PATH'];
    try {
      Object.assign(process.env, program('helm', 'exec sleep 60'));
      expect(await buildWith(buildable, { timeout: 300 })).toMatchObject({ failure: 'timeout' });
      Object.assign(process.env, program('helm', 'exec head -c 80000000 /dev/zero'));
      expect(await buildWith(buildable)).toMatchObject({ failure: 'large' });
    } finally {
      process.env['PATH'] = path;
    }
  });

  test.skipIf(!hasKubectl)('builds kustomizations with kubectl, and names the file of the object', () => {
    cli.write({
      'base/kustomization.yaml': 'resources: [agent.yaml]\n',
      'base/agent.yaml': bad.replace('OnFailure # as before', 'Always'),
      'over/kustomization.yaml':
        'namePrefix: x-\nresources: [../base]\nreplacements:\n  - source: { kind: ConfigMap, name: policy, fieldPath: data.policy }\n    targets: [{ select: { kind: DaemonSet }, fieldPaths: [spec.template.spec.restartPolicy] }]\nconfigMapGenerator: [{ name: policy, literals: [policy=Never] }]\n',
    });
    const { code, out, err } = cli.run(['lint', '--format', 'json', '--render'], undefined, {});
    expect(err).toBe('');
    expect(code).toBe(1);
    expect(told(out)).toEqual(['base/agent.yaml:9 restart-policy-not-always']);
    cli.write({ 'over/kustomization.yaml': 'resources: [../base, "https://example.com/x?ref=v1"]\n' });
    const remote = cli.run(['lint', '--render'], undefined, {});
    expect(remote.err).toContain('over/kustomization.yaml is not rendered');
    expect(remote.code).toBe(0);
    cli.write({ 'over/kustomization.yaml': 'resources: [../gone]\n' });
    expect(cli.run(['lint', '--render'], undefined, {})).toMatchObject({
      code: 2,
      err: expect.stringContaining('over/kustomization.yaml is not rendered'),
    });
  });
});
