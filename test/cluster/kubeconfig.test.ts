import { mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadKubeconfig } from '../../server/src/cluster/kubeconfig.ts';
import { ClusterError } from '../../server/src/cluster/problem.ts';
import { chooseTarget, contextList } from '../../server/src/cluster/target.ts';
import { temporaryFolder } from './folder.ts';
import { render } from './texts.ts';

const folder = temporaryFolder();
const one = (name: string, server: string, extra = ''): string => `
apiVersion: v1
kind: Config
clusters: [{ name: ${name}, cluster: { server: ${server} } }]
users: [{ name: ${name}, user: { token: token-of-${name} } }]
contexts: [{ name: ${name}, context: { cluster: ${name}, user: ${name}${extra} } }]
current-context: ${name}
`;

describe('merging as kubectl does', () => {
  test('the first definition of a name and the first current context win; missing files are skipped', async () => {
    const first = folder.write('first', one('a', 'https://first', ', namespace: team'));
    const second = folder.write(
      'second',
      one('a', 'https://second').replace('current-context: a', 'current-context: b'),
    );
    const third = folder.write('third', one('b', 'https://third'));
    const config = await loadKubeconfig(undefined, {
      KUBECONFIG: [first, join(folder.path, 'gone'), second, third].join(delimiter),
    });
    expect(config.problems).toEqual([]);
    expect(contextList(config).contexts).toEqual([
      { name: 'a', cluster: 'a', user: 'a', namespace: 'team', server: 'https://first', current: true },
      { name: 'b', cluster: 'b', user: 'b', server: 'https://third', current: false },
    ]);
  });

  test('the default is ~/.kube/config', async () => {
    mkdirSync(join(folder.path, '.kube'));
    folder.write('.kube/config', one('home', 'https://home'));
    const config = await loadKubeconfig(undefined, { HOME: folder.path });
    expect(chooseTarget(config, undefined)).toMatchObject({ context: 'home', cluster: { server: 'https://home' } });
  });

  test('relative paths belong to the folder of their file, a bare login command to the PATH', async () => {
    mkdirSync(join(folder.path, 'nested'));
    const file = folder.write(
      'nested/config',
      `
clusters: [{ name: c, cluster: { server: https://c, certificate-authority: pki/ca.crt } }]
users:
- { name: cert, user: { client-certificate: ../jane.crt, client-key: /abs/jane.key } }
- { name: file, user: { tokenFile: token } }
- { name: bare, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, 1] } } }
- { name: path, user: { exec: { apiVersion: client.authentication.k8s.io/v1, command: ./bin/login, interactiveMode: Never } } }
contexts: [{ name: c, context: { cluster: c } }]
`,
    );
    const config = await loadKubeconfig(file, {});
    expect(config.problems).toEqual([]);
    expect(config.clusters.get('c')?.ca?.path).toBe(join(folder.path, 'nested/pki/ca.crt'));
    expect(config.users.get('cert')).toMatchObject({
      certificate: { path: join(folder.path, 'jane.crt') },
      key: { path: '/abs/jane.key' },
    });
    expect(config.users.get('file')?.tokenFile).toBe(join(folder.path, 'nested/token'));
    expect(config.users.get('bare')?.exec).toMatchObject({
      command: 'aws',
      args: ['eks', '1'],
      interactiveMode: 'IfAvailable',
    });
    expect(config.users.get('path')?.exec?.command).toBe(join(folder.path, 'nested/bin/login'));
  });
});

interface Bad {
  readonly what: string;
  readonly text: string;
  readonly context?: string;
  /** `FILE` stands for the file's path. */
  readonly says: string;
  readonly remedy: string;
}

const bad: readonly Bad[] = [
  { what: 'is empty', text: '', says: 'The kubeconfig FILE contains no context.', remedy: 'edit-kubeconfig' },
  {
    what: 'is no YAML',
    text: 'clusters: [\n  {name: a',
    says: 'The kubeconfig FILE is not valid YAML, line 2:',
    remedy: 'edit-kubeconfig',
  },
  { what: 'is a text', text: 'hello', says: 'FILE: . must be a mapping.', remedy: 'edit-kubeconfig' },
  {
    what: 'has a mapping for a list',
    text: 'contexts: { a: 1 }',
    says: 'FILE: contexts must be a list.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'has a context without a name',
    text: 'contexts: [{ context: { cluster: a } }]',
    says: 'FILE: contexts[0].name is missing.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'has a context without a cluster',
    text: 'contexts: [{ name: a, context: {} }]',
    says: 'FILE: contexts[0].context.cluster is missing.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'has a server that is a list',
    text: one('a', '[x]'),
    says: 'FILE: clusters[0].cluster.server must be text.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'has a flag that is text',
    text: one('a', 'https://a, insecure-skip-tls-verify: "yes"'),
    says: 'FILE: clusters[0].cluster.insecure-skip-tls-verify must be true or false.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'has a certificate that is not base64',
    text: one('a', 'https://a, certificate-authority-data: "-----BEGIN"'),
    says: 'FILE: clusters[0].cluster.certificate-authority-data is not base64.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'has a login command without apiVersion',
    text: one('a', 'https://a').replace('token: token-of-a', 'exec: { command: x }'),
    says: 'FILE: users[0].user.exec.apiVersion is missing.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'lacks the context',
    text: one('a', 'https://a'),
    context: 'b',
    says: 'There is no context "b" in FILE.',
    remedy: 'choose-context',
  },
  {
    what: 'has no current context',
    text: one('a', 'https://a').replace('current-context: a', ''),
    says: 'FILE names no current context, and none was chosen.',
    remedy: 'choose-context',
  },
  {
    what: 'lacks the cluster',
    text: one('a', 'https://a').replace('clusters: [{ name: a', 'clusters: [{ name: z'),
    says: 'Context "a" refers to the cluster "a", which FILE does not define.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'lacks the user',
    text: one('a', 'https://a').replace('users: [{ name: a', 'users: [{ name: z'),
    says: 'Context "a" refers to the user "a", which FILE does not define.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'has no server',
    text: one('a', '""'),
    says: 'FILE: cluster "a" has no server address.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'has a strange server',
    text: one('a', 'ftp://a'),
    says: 'FILE: the server of cluster "a" is not an http or https address.',
    remedy: 'edit-kubeconfig',
  },
  {
    what: 'grows without end',
    text: `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
      .split('')
      .map((key, at) => `${key}: &${key} [${Array(10).fill(`*${'abcdefg'[at]}`).join(', ')}]`)
      .join('\n')}`,
    says: 'The kubeconfig FILE is not valid YAML',
    remedy: 'edit-kubeconfig',
  },
];

describe('a kubeconfig that', () => {
  test.each(bad)('$what is named with its file and field', async ({ what, text, context, says, remedy }) => {
    const file = folder.write(what.replaceAll(' ', '-'), text);
    const config = await loadKubeconfig(file, {});
    let thrown: unknown;
    try {
      chooseTarget(config, context);
    } catch (error) {
      thrown = error;
    }
    if (!(thrown instanceof ClusterError)) throw new Error(`no problem: ${String(thrown)}`);
    expect(render(thrown.detail.problem).replaceAll(file, 'FILE')).toContain(says);
    expect(thrown.detail.remedy.id).toBe(`cluster.remedy/${remedy}`);
    expect(render(thrown.detail.remedy)).not.toBe('');
    expect(thrown.detail.retry).toBe(false);
  });

  test('does not exist is named, whether it was asked for or not', async () => {
    const gone = join(folder.path, 'nowhere');
    expect(render((await loadKubeconfig(gone, {})).problems[0])).toBe(`The kubeconfig ${gone} does not exist.`);
    const none = contextList(await loadKubeconfig(undefined, { HOME: gone }));
    expect(render(none.problem)).toBe(
      `No kubeconfig was found: KUBECONFIG is not set and ${join(gone, '.kube/config')} does not exist.`,
    );
  });

  test('is a folder cannot be read', async () => {
    expect(render((await loadKubeconfig(folder.path, {})).problems[0])).toBe(
      `The kubeconfig ${folder.path} cannot be read: EISDIR.`,
    );
  });

  test('has one bad entry is usable otherwise, and the entry is told', async () => {
    const file = folder.write(
      'half',
      one('good', 'https://good').replace('contexts: [', 'contexts: [{ name: bad, context: { user: x } }, '),
    );
    const list = contextList(await loadKubeconfig(file, {}));
    expect(list.contexts.map(({ name }) => name)).toEqual(['good']);
    expect(render(list.problem)).toBe(`${file}: contexts[0].context.cluster is missing.`);
    expect(chooseTarget(await loadKubeconfig(file, {}), 'good').context).toBe('good');
  });

  test('is broken next to a token does not show the token', async () => {
    const file = folder.write(
      'leaky',
      'users:\n- name: a\n  user:\n    token: very-secret-token\n   bad: [very-secret-token',
    );
    expect(JSON.stringify((await loadKubeconfig(file, {})).problems)).not.toContain('very-secret-token');
  });
});
