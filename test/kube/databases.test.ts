import { describe, expect, it } from 'vitest';
import { databaseOf } from '../../core/src/kube/databases.ts';
import { readPodTemplate } from '../../core/src/kube/pod.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { Value } from '../../core/src/yaml/value.ts';

const read = (fields: string) => {
  const [only] = readPodTemplate(
    Value.root(parseDocument(`spec: { containers: [{ name: c, ${fields} }] }\n`).root),
  ).containers;
  const found = only && databaseOf(only);
  return found && [found.name, found.paths[0], found.cache, ...(found.refusesDisk ? ['refuses'] : [])];
};

describe('databases by their image', () => {
  it.each([
    ['image: postgres', ['postgres', '/var/lib/postgresql/data', false]],
    ['image: "docker.io/library/postgres:17.2@sha256:abc"', ['postgres', '/var/lib/postgresql/data', false]],
    ['image: "registry.example:5000/bitnami/mongodb:8"', ['mongodb', '/bitnami/mongodb', false]],
    ['image: postgres, env: [{ name: PGDATA, value: /pg }]', ['postgres', '/pg', false]],
    ['image: postgres, args: [-c, max_connections=200]', ['postgres', '/var/lib/postgresql/data', false]],
    ['image: mysql, command: [mysqld, --skip-name-resolve]', ['mysql', '/var/lib/mysql', false]],
    // Clients.
    ['image: postgres, command: [psql, -f, x.sql]', undefined],
    ['image: mysql, command: [sh, -c, "mysqldump shop"]', undefined],
    // In memory unless told otherwise.
    ['image: redis', ['redis', '/data', true]],
    ['image: redis, args: [--appendonly, "yes"]', ['redis', '/data', false]],
    ['image: valkey/valkey, args: [valkey-server, --save, "60 1"]', ['valkey', '/data', false]],
    ['image: redis, args: [--save, "", --appendonly, "no"]', ['redis', '/data', true, 'refuses']],
    ['image: redis, command: [redis-server, --save, ""]', ['redis', '/data', true, 'refuses']],
    ['image: redis, args: ["redis-server --save \'\' --appendonly yes"]', ['redis', '/data', false]],
    ['image: redis, args: [--appendonly, "no"]', ['redis', '/data', true]],
    ['image: nats', undefined],
    ['image: nats, args: [-js]', ['nats', '/data', false]],
    // Others.
    ['image: postgres-exporter', undefined],
    ['image: constructor', undefined],
    ['image: "{{ .Values.image }}"', undefined],
    ['image: postgres, command: ["${CMD}"]', undefined],
  ])('%s', (fields, expected) => expect(read(fields)).toEqual(expected));
});
