/** The processes of the cluster bench, as the bench sees them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../suite.ts';

/** A child process that answers messages. */
export interface Part {
  ask<Answer>(question: unknown): Promise<Answer>;
  tell(message: unknown): void;
  next<Answer>(): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a process of the bench. */
export function startPart(bench: Bench, name: string, args: readonly string[]): Part {
  const flags = ['--expose-gc', '--max-old-space-size=6000'];
  const child: ChildProcess = spawn(process.execPath, [...flags, join(bench.bundles, `cluster-${name}.mjs`), ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  const next = async <Answer>(): Promise<Answer> => {
    const patience = new AbortController();
    const { signal } = patience;
    const answer = once(child, 'message', { signal }) as Promise<[Answer]>;
    const ended = gone.then(() => Promise.reject(new Error(`cluster-${name} ended`)));
    try {
      return (await Promise.race([answer, ended, late(signal, name)]))[0];
    } finally {
      patience.abort();
    }
  };
  return {
    next,
    tell: (message) => child.send(message as object),
    ask(question) {
      const answer = next();
      child.send(question as object);
      return answer as Promise<never>;
    },
    async stop() {
      child.kill();
      await gone;
    },
  };
}

async function late(signal: AbortSignal, name: string): Promise<never> {
  await sleep(180_000, undefined, { signal });
  throw new Error(`cluster-${name} does not answer`);
}

/** A running API server, and where its kubeconfig lies. */
export interface Cluster {
  readonly server: Part;
  readonly kubeconfig: string;
}

/** Starts an API server with a number of pods. */
export async function startCluster(bench: Bench, pods: number): Promise<Cluster> {
  const server = startPart(bench, 'server', [String(pods)]);
  const { kubeconfig } = await server.next<{ kubeconfig: string }>();
  const path = join(bench.scratch, `kubeconfig-${pods}`);
  writeFileSync(path, kubeconfig);
  return { server, kubeconfig: path };
}
