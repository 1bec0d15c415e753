import { showName } from '../../kube/pod.ts';
import { asksOneThing } from '../../kube/probe.ts';
import { defineRule } from '../../lint/rule.ts';
import type { Operation } from '../../yaml/edit.ts';

export default defineRule({
  id: 'liveness-too-aggressive',
  capability: 'container-restarts',
  tier: 1,
  severity: 'warning',
  confidence: 'likely',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'The liveness probe kills the container after a moment without an answer.',
    why: 'A garbage collection, a burst of requests or a slow disk can keep any process from answering for some seconds. A liveness probe that acts on that restarts containers that would have recovered, their load moves to the others, and these are next.',
    exemptions:
      'None by itself. Where a probe reads the file of a watchdog that has waited already, a suppression with that reason is right.',
    links: ['concepts/workloads/pods/probes#liveness-probe'],
  },
  explains: [
    'liveness-probe-failed/exec',
    'liveness-probe-failed/http',
    'liveness-probe-failed/refused',
    'liveness-probe-failed/timeout',
    'liveness-probe-failed/grpc',
  ],
  aliases: [],
  options: {
    minSeconds: { default: 10, description: 'Seconds without an answer that a liveness probe should bear at least.' },
  },
  messages: {
    window:
      'Liveness kills container "{{container}}" after {{seconds}} s without an answer ({{threshold}} × {{period}} s): one garbage collection or slow disk is enough for a restart that heals nothing.',
    once: 'Liveness kills container "{{container}}" after a single missed answer: one slow response, {{timeout}} s being the limit, is enough for a restart that heals nothing.',
  },
  titles: { patience: 'Give up after {{threshold}} misses, {{period}} s apart ({{seconds}} s)' },
  visit: {
    container(container, { report, option }) {
      const liveness = container.probe('livenessProbe');
      if (container.role === 'init' || !liveness || !asksOneThing(liveness)) return;
      const { windowSeconds, failureThreshold: threshold, periodSeconds: period, timeoutSeconds: timeout } = liveness;
      if (windowSeconds === undefined || threshold === undefined || period === undefined || threshold < 1 || period < 1)
        return;
      const least = option<number>('minSeconds');
      const once = threshold === 1 && period < 30;
      if (windowSeconds >= least && !once) return;
      const patient = Math.max(3, threshold);
      const apart = patient * period >= least ? period : Math.max(10, Math.ceil(least / patient));
      const { path } = liveness.value;
      const operations: Operation[] = [];
      if (patient !== threshold) operations.push({ op: 'set', path: [...path, 'failureThreshold'], value: patient });
      if (apart !== period) operations.push({ op: 'set', path: [...path, 'periodSeconds'], value: apart });
      report({
        message: once ? 'once' : 'window',
        at: liveness.value,
        data: { container: showName(container), seconds: windowSeconds, threshold, period, timeout: timeout ?? '…' },
        fixes: [
          {
            class: 'safe',
            title: 'patience',
            data: { threshold: patient, period: apart, seconds: patient * apart },
            operations,
          },
        ],
      });
    },
  },
});
