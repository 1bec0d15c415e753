/** Chooses what to connect to from a merged kubeconfig. */
import { delimiter } from 'node:path';
import type { ContextList, KubeContext } from '../../../core/src/protocol.ts';
import type { Message } from '../../../core/src/live/view.ts';
import type { ClusterEntry, KubeConfig, UserEntry } from './kubeconfig.ts';
import { failed, message } from './problem.ts';
import { bareAddress } from './redact.ts';

/** One context with everything that it refers to. */
export interface Target {
  readonly context: string;
  readonly cluster: ClusterEntry & { readonly server: string };
  readonly user: UserEntry;
  readonly namespace?: string;
  /** The kubeconfig that defines the cluster, for messages. */
  readonly file: string;
}

/** The contexts of a kubeconfig for a person to choose from; needs no network and starts nothing. */
export function contextList(config: KubeConfig): ContextList {
  const contexts = [...config.contexts.values()].map((entry): KubeContext => {
    const server = config.clusters.get(entry.cluster)?.server;
    const exec = config.users.get(entry.user)?.exec;
    return {
      name: entry.name,
      cluster: entry.cluster,
      user: entry.user,
      current: entry.name === config.currentContext,
      ...(entry.namespace === undefined ? {} : { namespace: entry.namespace }),
      ...(server === undefined ? {} : { server: bareAddress(server) }),
      ...(exec === undefined ? {} : { exec: [exec.command, ...exec.args].join(' ') }),
    };
  });
  const problem = config.problems[0];
  return { files: config.files, contexts, ...(problem === undefined ? {} : { problem }) };
}

function remedyFor(problem: Message): Message {
  const nothing = problem.id === 'cluster.kubeconfig/missing' || problem.id === 'cluster.kubeconfig/none';
  if (nothing) return message('cluster.remedy/choose-kubeconfig');
  return message('cluster.remedy/edit-kubeconfig', { file: String(problem.data?.['file'] ?? '') });
}

/** Resolves a context. @throws ClusterError naming the file and the field that stands in the way */
export function chooseTarget(config: KubeConfig, name: string | undefined): Target {
  const file = config.files.join(delimiter);
  const fault = config.problems[0];
  // A fault elsewhere in the file is the likeliest reason for something missing; nothing missing, nothing said.
  const missing = (otherwise: Message, remedy: Message): Error =>
    fault === undefined ? failed(otherwise, remedy) : failed(fault, remedyFor(fault));
  const contexts = [...config.contexts.keys()].join(', ');
  const choose = message('cluster.remedy/choose-context', { contexts });
  const wanted = name ?? config.currentContext;
  if (wanted === undefined) throw missing(message('cluster.kubeconfig/no-current-context', { file }), choose);
  const context = config.contexts.get(wanted);
  if (context === undefined) {
    throw missing(message('cluster.kubeconfig/no-context', { context: wanted, file }), choose);
  }
  const edit = message('cluster.remedy/edit-kubeconfig', { file: context.file });
  const cluster = config.clusters.get(context.cluster);
  if (cluster === undefined) {
    const data = { context: wanted, cluster: context.cluster, file };
    throw missing(message('cluster.kubeconfig/no-cluster', data), edit);
  }
  const anonymous: UserEntry = { name: '', file: context.file };
  const user = context.user === '' ? anonymous : config.users.get(context.user);
  if (user === undefined) {
    throw missing(message('cluster.kubeconfig/no-user', { context: wanted, user: context.user, file }), edit);
  }
  const server = serverOf(cluster);
  const target = { context: wanted, cluster: { ...cluster, server }, user, file: cluster.file };
  return context.namespace === undefined ? target : { ...target, namespace: context.namespace };
}

/** The target with the namespace that was asked for, where one was. */
export function inNamespace(target: Target, namespace: string | undefined): Target {
  return namespace === undefined ? target : { ...target, namespace };
}

function serverOf(cluster: ClusterEntry): string {
  const { name, file, server } = cluster;
  const edit = message('cluster.remedy/edit-kubeconfig', { file });
  if (server === undefined) throw failed(message('cluster.kubeconfig/no-server', { cluster: name, file }), edit);
  // As for kubectl, an address without a scheme is plain http: that is what its proxy gives.
  const address = server.includes('://') ? server : `http://${server}`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw failed(message('cluster.kubeconfig/bad-server', { cluster: name, file }), edit);
  }
  return address.replace(/\/+$/, '');
}
