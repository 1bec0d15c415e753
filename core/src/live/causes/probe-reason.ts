/** Why a probe failed, read from its output (texts of `pkg/probe` and of the Go standard library). */
import type { Probe } from '../slim-types.ts';
import type { ProbeNote } from '../notes.ts';

export const probeReasons = ['exec', 'http', 'refused', 'timeout', 'grpc'] as const;
export type ProbeReason = (typeof probeReasons)[number];

const byHandler: Readonly<Record<Probe['handler'], ProbeReason>> = {
  exec: 'exec',
  http: 'http',
  tcp: 'refused',
  grpc: 'grpc',
};

/** The reason by the probe's output; by its handler where no output was seen. */
export function probeReason(note: ProbeNote | undefined, probe: Probe | undefined): ProbeReason {
  const text = note?.text ?? '';
  if (/connection refused|no route to host|connection reset/.test(text)) return 'refused';
  if (/deadline exceeded|timed? ?out|i\/o timeout/i.test(text)) return 'timeout';
  if (/statuscode: \d+|HTTP response to HTTPS client/.test(text)) return 'http';
  return probe === undefined ? 'exec' : byHandler[probe.handler];
}

/** The probe asks in a way that this program never answers: another scheme, no gRPC health service, a missing command. */
export function wrongHandler(note: ProbeNote | undefined): boolean {
  return /HTTP response to HTTPS client|malformed HTTP response|does not implement the grpc health protocol|executable file not found/.test(
    note?.text ?? '',
  );
}

/** A short form of the probe's output for a sentence. */
export function probeOutput(note: ProbeNote | undefined): string {
  const text = (note?.text ?? '').replace(/\s+/g, ' ').trim();
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
