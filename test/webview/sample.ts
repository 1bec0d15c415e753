/** Small views for tests of what draws them. */
import { emptyView } from '../../core/src/health-stream.ts';
import type { ConnectionView, HealthView, IncidentRow, ObjectRef, WorkloadRow } from '../../core/src/live/view.ts';

export const ref = (kind: string, name: string, namespace = 'shop'): ObjectRef => ({
  apiVersion: 'apps/v1',
  kind,
  namespace,
  name,
});

export const incident = (changes: Partial<IncidentRow>): IncidentRow => ({
  id: 'a',
  cause: 'container-exit/error',
  state: 'healing',
  actor: 'kubelet',
  subject: ref('Pod', 'web-1'),
  workload: ref('Deployment', 'web'),
  count: 1,
  reopened: 0,
  phases: { fault: 1000 },
  rootCause: 'application',
  confidence: 0.9,
  priority: 2,
  children: [],
  summary: { id: 'x.summary' },
  evidence: [],
  ...changes,
});

export const workload = (name: string, changes: Partial<WorkloadRow> = {}): WorkloadRow => ({
  ref: ref('Deployment', name),
  ready: 3,
  desired: 3,
  restarts24h: 0,
  openIncidents: 0,
  state: 'healthy',
  ...changes,
});

export const view = (changes: Partial<HealthView>, connection: Partial<ConnectionView> = {}): HealthView => ({
  ...emptyView(1000, { state: 'live', context: 'kind-dev', ...connection }),
  ...changes,
});
