import type { Plain } from '../yaml/plain.ts';
import { tabStop } from '../yaml/plain.ts';
import type { HandlerName, Port } from './probe.ts';

/** A probe to start from, with places to fill in for what the manifest does not tell. */
export interface Proposal {
  readonly handler: Exclude<HandlerName, 'exec'>;
  readonly probe: { readonly [key: string]: Plain };
}

/**
 * Probes that fit a declared port, the likeliest first: by its name, as ports are commonly called, else HTTP and then
 * a plain connection. UDP and SCTP ports cannot be probed.
 * @param path proposed for HTTP; the user decides
 */
export function proposeProbes(port: Port, path: string, timing: { readonly [key: string]: Plain } = {}): Proposal[] {
  if (port.protocol !== 'TCP' || port.number === undefined) return [];
  const at = port.name ?? port.number;
  const http: Proposal = { handler: 'httpGet', probe: { httpGet: { path: tabStop(1, path), port: at }, ...timing } };
  const tcp: Proposal = { handler: 'tcpSocket', probe: { tcpSocket: { port: at }, ...timing } };
  // grpc takes numbers only.
  const grpc: Proposal = { handler: 'grpc', probe: { grpc: { port: port.number }, ...timing } };
  const name = port.name ?? '';
  if (name.startsWith('grpc')) return [grpc, tcp];
  if (name !== '' && !/http|web|metrics|health|admin|api|rest|mgmt|management|status|probe|live|ready/.test(name))
    return [tcp, http];
  return [http, tcp];
}
