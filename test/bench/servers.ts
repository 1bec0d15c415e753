/** The servers that are measured: ours, the floor and the peer. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServerSetup } from './lsp.ts';
import type { Bench } from './suite.ts';

export const ourServer = (bench: Bench, pull: boolean): ServerSetup => ({
  command: [join(bench.bundles, 'server.cjs'), '--stdio'],
  pull,
  settings: {},
});

export const floorServer = (bench: Bench): ServerSetup => ({
  command: [join(bench.bundles, 'floor-server.cjs'), '--stdio'],
  pull: false,
  settings: {},
});

/** Release of the schema that is served where there is one. */
const kubernetesVersion = '1.34.1';
const schemaAddress = `https://raw.githubusercontent.com/yannh/kubernetes-json-schema/master/v${kubernetesVersion}-standalone-strict/`;

/**
 * yaml-language-server as published, set up as its users do it for Kubernetes. Where its schema lies beside the
 * checkout it is served from there, so that no download counts; else a schema of a few kinds stands in.
 */
export function peerServer(bench: Bench): ServerSetup {
  const schemas = bench.shared && join(bench.shared, 'lsp-bench', `schema-v${kubernetesVersion}`);
  const served = schemas !== undefined && existsSync(schemas);
  bench.note(
    served
      ? `yaml-language-server 2.0.0 checks against the Kubernetes ${kubernetesVersion} schema, answered from disk; its waits of 200 ms before it looks at a change are in its wall times, not in its CPU times.`
      : 'yaml-language-server 2.0.0 checks against a small schema made for this bench, since no Kubernetes schema lies beside the checkout: with the whole one it needs several times as much.',
  );
  const schema = served ? 'kubernetes' : smallSchema(bench);
  return {
    command: [join(packageFolder('yaml-language-server'), 'bin', 'yaml-language-server'), '--stdio'],
    pull: false,
    settings: {
      yaml: {
        validate: true,
        schemas: { [schema]: '*.yaml' },
        kubernetesVersion,
        schemaStore: { enable: false },
        kubernetesCRDStore: { enable: true },
        format: { enable: false },
        maxItemsComputed: 5000,
      },
      http: { proxy: '', proxyStrictSSL: false },
    },
    afterInitialized: ['yaml/registerContentRequest'],
    content(address) {
      const name = address.startsWith(schemaAddress) ? (address.slice(schemaAddress.length).split('#')[0] ?? '') : '';
      const path = served && name !== '' ? join(schemas, name) : undefined;
      return path !== undefined && existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    },
  };
}

/** Folder of an installed package, whatever its `exports` hide. */
function packageFolder(name: string): string {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) if (existsSync(join(folder, name))) return join(folder, name);
  return dirname(require.resolve(`${name}/package.json`));
}

/** Knows the fields of containers, so that a misspelt one is an error. */
function smallSchema(bench: Bench): string {
  const any = {};
  const fields =
    'name image imagePullPolicy args command ports env envFrom resources securityContext volumeMounts livenessProbe readinessProbe';
  const container = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(fields.split(' ').map((field) => [field, any])),
  };
  const object = (properties: object): object => ({ type: 'object', properties });
  const pod = object({ containers: { type: 'array', items: container } });
  const schema = object({
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    spec: object({ replicas: { type: 'integer' }, template: object({ spec: pod }) }),
  });
  const path = join(bench.scratch, 'schema.json');
  writeFileSync(path, JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...schema }));
  return pathToFileURL(path).href;
}
