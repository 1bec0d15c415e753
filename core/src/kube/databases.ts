/** Images of databases and queues, and where they keep what must not be lost. */
import { programName, readWords } from './command.ts';
import { imageName } from './image.ts';
import type { Container } from './pod.ts';

/** A container that keeps data. */
export interface Database {
  /** Image's name, which is also its product's. */
  readonly name: string;
  /** Folder of its data as the image has it; the first is the usual one. */
  readonly paths: readonly string[];
  /** Kept in memory unless told otherwise: losing it costs a cold start. */
  readonly cache: boolean;
  /** Told to keep nothing on disk, so that a volume would stay empty. */
  readonly refusesDisk: boolean;
}

/** Data folders by the last part of the image's name (documentation of the images). */
const paths: Readonly<Record<string, readonly string[]>> = {
  postgres: ['/var/lib/postgresql/data', '/var/lib/postgresql'],
  postgresql: ['/bitnami/postgresql', '/var/lib/postgresql/data', '/var/lib/pgsql/data'],
  postgis: ['/var/lib/postgresql/data', '/var/lib/postgresql'],
  timescaledb: ['/var/lib/postgresql/data'],
  mysql: ['/var/lib/mysql', '/bitnami/mysql'],
  mariadb: ['/var/lib/mysql', '/bitnami/mariadb'],
  percona: ['/var/lib/mysql'],
  mongo: ['/data/db'],
  mongodb: ['/bitnami/mongodb', '/data/db'],
  redis: ['/data', '/bitnami/redis'],
  valkey: ['/data', '/bitnami/valkey'],
  rabbitmq: ['/var/lib/rabbitmq', '/bitnami/rabbitmq'],
  kafka: ['/var/lib/kafka/data', '/bitnami/kafka', '/tmp/kraft-combined-logs'],
  'cp-kafka': ['/var/lib/kafka/data'],
  zookeeper: ['/data', '/bitnami/zookeeper'],
  etcd: ['/var/lib/etcd', '/bitnami/etcd', '/etcd-data'],
  elasticsearch: ['/usr/share/elasticsearch/data', '/bitnami/elasticsearch/data'],
  opensearch: ['/usr/share/opensearch/data'],
  cassandra: ['/var/lib/cassandra', '/bitnami/cassandra'],
  scylla: ['/var/lib/scylla'],
  minio: ['/data'],
  nats: ['/data'],
  influxdb: ['/var/lib/influxdb', '/var/lib/influxdb2'],
  clickhouse: ['/var/lib/clickhouse'],
  'clickhouse-server': ['/var/lib/clickhouse'],
  couchdb: ['/opt/couchdb/data'],
  neo4j: ['/data'],
  cockroach: ['/cockroach/cockroach-data'],
};

/** Programs that serve; any other command makes a client of the image. */
const servers =
  /^(?:docker-entrypoint\.sh|entrypoint\.sh|run\.sh|postgres|mysqld|mariadbd|mongod|redis-server|valkey-server|rabbitmq-server|etcd|minio|nats-server|influxd|clickhouse-server|cockroach|zkServer\.sh|kafka-server-start(?:\.sh)?)$/;

const inMemory: ReadonlySet<string> = new Set(['redis', 'valkey']);

/** Settings that make a store in memory write to disk. */
const persists = /(?:^|\s|--)(?:appendonly\s+yes|save\s+"?[1-9])/;

/** No times to save at, in place of those it has by default (redis.conf). */
const savesNever = /(?:^|\s)--save(?:\s+(?:""|''|--)|\s*$)/;

/**
 * The database or queue that a container runs, going by its image; undefined for any other image, for clients of one,
 * and where template text decides.
 */
export function databaseOf({ value }: Container): Database | undefined {
  const name = imageName(value.at('image').text());
  const known = name !== undefined && Object.hasOwn(paths, name) ? paths[name] : undefined;
  if (name === undefined || !known) return undefined;
  const command = value.at('command').missing ? [] : readWords(value.at('command'));
  const args = value.at('args').missing ? [] : readWords(value.at('args'));
  if (!command || !args) return undefined;
  const program = command[0] ?? (args[0]?.startsWith('-') ? undefined : args[0]);
  if (command.length > 0 && program !== undefined && !servers.test(programName(program))) return undefined;
  const words = [...command, ...args].join(' ');
  if (name === 'nats' && !/(?:^|\s)--?(?:js|jetstream|sd|store_dir)\b/.test(words)) return undefined;
  const folder = env(value, 'PGDATA');
  const cache = inMemory.has(name) && !persists.test(words);
  return {
    name,
    paths: folder === undefined ? known : [folder, ...known],
    cache,
    refusesDisk: cache && savesNever.test(words),
  };
}

const env = (container: Container['value'], name: string): string | undefined =>
  container
    .at('env')
    .items()
    .find((entry) => entry.at('name').text() === name)
    ?.at('value')
    .text();
