import type { Value } from '../yaml/value.ts';
import type { Port, Probe, ProbeName } from './probe.ts';
import { readPorts, readProbe } from './probe.ts';

/** main: spec.containers · sidecar: init container with restartPolicy Always · init: the other init containers. */
export type ContainerRole = 'main' | 'sidecar' | 'init';

/** One container of a pod template, the same for every workload kind. */
export interface Container {
  readonly role: ContainerRole;
  readonly value: Value;
  /** As written; undefined when it is missing or template text. */
  readonly name: string | undefined;
  readonly ports: readonly Port[];
  readonly pod: PodTemplate;
  /** Reads a probe with defaults applied; undefined when absent. */
  probe(name: ProbeName): Probe | undefined;
}

/** The pod a workload makes: metadata and spec, wherever its kind keeps them. */
export interface PodTemplate {
  /** Value that holds `metadata` and `spec`. */
  readonly value: Value;
  readonly spec: Value;
  readonly containers: readonly Container[];
  readonly labels: Readonly<Record<string, string>>;
  /** Labels with what template text writes, where it can be compared. */
  readonly identities: Readonly<Record<string, string>>;
  /** False when template text may add or change labels. */
  readonly labelsKnown: boolean;
}

/** Reads the pod template at a value (`{}` of a Pod is the Pod itself). */
export function readPodTemplate(value: Value): PodTemplate {
  const spec = value.at('spec');
  const written = value.at('metadata', 'labels');
  const { labels, complete } = written.labels();
  const labelsKnown = complete && !value.at('metadata').open && !value.open;
  const containers: Container[] = [];
  const identities = complete ? labels : written.identities().labels;
  const pod: PodTemplate = { value, spec, containers, labels, identities, labelsKnown };
  for (const item of spec.at('initContainers').items()) {
    const policy = item.at('restartPolicy');
    if (policy.templated) continue;
    containers.push(readContainer(item, policy.text() === 'Always' ? 'sidecar' : 'init', pod));
  }
  for (const item of spec.at('containers').items()) containers.push(readContainer(item, 'main', pod));
  return pod;
}

function readContainer(value: Value, role: ContainerRole, pod: PodTemplate): Container {
  let ports: readonly Port[] | undefined;
  let probes: Map<ProbeName, Probe | undefined> | undefined;
  return {
    role,
    value,
    pod,
    name: value.at('name').text(),
    get ports() {
      return (ports ??= readPorts(value));
    },
    probe(name) {
      probes ??= new Map();
      if (!probes.has(name)) probes.set(name, readProbe(value, name));
      return probes.get(name);
    },
  };
}

/** A container's name for a message. */
export const showName = ({ name }: Container): string => name ?? '…';
