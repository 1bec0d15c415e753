/** One loopback server for a test file, and for every test a fresh session and kubeconfigs that lead to the server. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { startApiServer, type ApiServer } from '../api-server/server.ts';
import { temporaryFolder } from './folder.ts';
import { follow, type Followed } from './harness.ts';
import { node, pod } from './objects.ts';
import { render } from './texts.ts';

/** A kubeconfig, parsed, to be changed by a test. */
export interface Config {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: unknown[];
}

/** What a test of this kind works with. */
export interface Fixture {
  readonly folder: ReturnType<typeof temporaryFolder>;
  readonly server: ApiServer;
  /** The session of this test; `renew` replaces it by one with other delays. */
  readonly session: Followed;
  renew(options: Parameters<typeof follow>[0]): Promise<void>;
  /** Writes a kubeconfig of the server, changed by `edit`. */
  kubeconfig(options?: Parameters<ApiServer['kubeconfig']>[0], edit?: (config: Config) => void): string;
  /** Waits for a state with a problem; its text, once it has a way on too. */
  shows(state: string): Promise<string>;
}

/** Gives every user these fields instead of its own. */
export function setUser(user: Record<string, unknown>): (config: Config) => void {
  return (config) => {
    for (const each of config.users) each.user = user;
  };
}

/** Changes every cluster. */
export function setCluster(fields: Record<string, unknown>): (config: Config) => void {
  return (config) => {
    for (const { cluster } of config.clusters) {
      Object.assign(cluster, fields);
    }
  };
}

/** Registers the hooks; the parts are there while a test runs. */
export function useServer(): Fixture {
  const folder = temporaryFolder();
  let server: ApiServer | undefined;
  let session: Followed | undefined;
  let files = 0;
  const there = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('outside a test');
    return part;
  };
  beforeAll(async () => {
    server = await startApiServer();
    server.store.create(pod('web-1'));
    server.store.create(pod('web-2'));
    server.store.create(node('node-a'));
  });
  afterAll(() => server?.close());
  beforeEach(() => {
    session = follow();
  });
  afterEach(async () => {
    server?.faults.clear();
    await session?.session.dispose();
  });
  return {
    folder,
    get server() {
      return there(server);
    },
    get session() {
      return there(session);
    },
    async renew(options) {
      await session?.session.dispose();
      session = follow(options);
    },
    kubeconfig(options = {}, edit = () => undefined) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the server under test
      const config = parse(there(server).kubeconfig(options)) as Config;
      edit(config);
      files += 1;
      return folder.write(`config-${files}`, stringify(config));
    },
    async shows(state) {
      const view = await there(session).until(
        state,
        ({ connection }) => connection.state === state && connection.problem !== undefined,
      );
      expect(render(view.connection.remedy)).not.toBe('');
      return render(view.connection.problem);
    },
  };
}
