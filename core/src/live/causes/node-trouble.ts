import { defineCause } from '../cause.ts';

/** Conditions of the kubelet; others are the node problem detector's or an operator's. */
const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: 'memory',
  DiskPressure: 'disk',
  PIDPressure: 'processes',
  NetworkUnavailable: 'network',
};

/** The node is ready but not well: it evicts pods, takes no new ones, or was started anew. */
export const nodeTrouble = defineCause({
  about: 'trouble',
  ids: [
    'node-pressure/memory',
    'node-pressure/disk',
    'node-pressure/processes',
    'node-pressure/network',
    'node-pressure/condition',
    'node-out-of-memory/system',
    'node-rebooted/boot',
  ],
  match({ node, type, text }) {
    const data = { node: node.name, condition: type, detail: text.slice(0, 200) };
    if (type === 'SystemOOM')
      return { cause: 'node-out-of-memory/system', rootCause: 'resources', confidence: 0.95, data };
    if (type === 'Rebooted') return { cause: 'node-rebooted/boot', rootCause: 'node', confidence: 0.95, data };
    const pressure = pressures[type];
    return {
      cause: `node-pressure/${pressure ?? 'condition'}`,
      rootCause: pressure === 'network' ? 'network' : 'node',
      confidence: 0.95,
      data,
      fingerprint: type,
    };
  },
});
