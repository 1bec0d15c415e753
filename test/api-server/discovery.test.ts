/** Discovery describes the served resources as a recorded kube-apiserver describes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from './client.ts';
import { fixtures, keyPaths } from './recorded.ts';
import { startApiServer, type ApiServer } from './server.ts';

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer();
});
afterAll(() => server.close());

describe('recorded discovery', () => {
  const recorded = (file: string): Record<string, unknown> =>
    JSON.parse(readFileSync(join(fixtures, 'discovery', file), 'utf8')) as Record<string, unknown>;
  const missing: Record<string, unknown> = { name: 'missing' };
  const aggregated = {
    Accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json',
  };

  test('version, /api and /apis have the recorded keys', async () => {
    for (const [path, file] of [
      ['/version', 'version.json'],
      ['/api', 'discovery-api.json'],
      ['/apis', 'discovery-apis.json'],
    ] as const) {
      expect(keyPaths((await ask(server, { path })).json())).toEqual(keyPaths(recorded(file)));
    }
  });

  test('each served core resource is described as recorded, but for its storage hash', async () => {
    interface Resources {
      resources: ({ name: string } & Record<string, unknown>)[];
    }
    const real = (recorded('discovery-api-v1.json') as unknown as Resources).resources;
    const served = (await ask(server, { path: '/api/v1' })).json() as unknown as Resources;
    for (const { name, verbs, ...rest } of served.resources) {
      const { storageVersionHash: _hash, verbs: realVerbs, ...twin } = real.find((one) => one.name === name) ?? missing;
      expect({ name, ...rest }).toEqual(twin);
      expect(verbs).toEqual(
        expect.arrayContaining((realVerbs as string[]).filter((verb) => verb !== 'deletecollection')),
      );
    }
  });

  test('aggregated discovery describes each served resource as recorded', async () => {
    interface Groups {
      items: {
        metadata: { name?: string };
        versions: { version: string; resources: ({ resource: string } & Record<string, unknown>)[] }[];
      }[];
    }
    for (const [path, file] of [
      ['/api', 'aggregated-api.json'],
      ['/apis', 'aggregated-apis.json'],
    ] as const) {
      const answer = await ask(server, { path, headers: aggregated });
      expect(answer.headers['content-type']).toContain('as=APIGroupDiscoveryList');
      const real = recorded(file) as unknown as Groups;
      for (const group of (answer.json() as unknown as Groups).items) {
        const twin = real.items.find((one) => one.metadata.name === group.metadata.name);
        expect(twin?.metadata).toEqual(group.metadata);
        for (const served of group.versions.flatMap((version) => version.resources)) {
          const {
            subresources: _subresources,
            verbs: _verbs,
            ...found
          } = twin?.versions[0]?.resources.find((one) => one.resource === served.resource) ?? missing;
          const { verbs: _served, ...rest } = served;
          expect(rest).toEqual(found);
        }
      }
    }
  });
});
