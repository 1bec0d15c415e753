import type { Container } from '../../kube/pod.ts';
import { showName } from '../../kube/pod.ts';
import { readHooks } from '../../kube/probe.ts';
import type { Wait } from '../../kube/shutdown.ts';
import { drainOf, graceSeconds, waitOf } from '../../kube/shutdown.ts';
import { atLeast } from '../../kube/version.ts';
import type { Context, Fix } from '../../lint/rule.ts';
import { defineRule } from '../../lint/rule.ts';

export default defineRule({
  id: 'grace-shorter-than-prestop',
  capability: 'rollouts-and-disruptions',
  tier: 1,
  severity: 'error',
  confidence: 'certain',
  since: '0.1.0',
  scope: 'document',
  kinds: 'long',
  needs: 'complete',
  docs: {
    summary: 'The preStop hook takes the whole grace period, so the program is killed before it is asked to end.',
    why: 'A pod that has to go gets terminationGracePeriodSeconds (30 by default) for everything: first its preStop hook runs, and only then the program is asked to end (SIGTERM). If the hook sleeps for the whole time, the program is killed without a word: requests are cut off and files stay half-written. The API server refuses a sleep action longer than the grace period, in postStart hooks too; it does not look into commands. Before Kubernetes 1.34 a StatefulSet is accepted as it is, and then each of its pods is refused.',
    exemptions: 'Sleeps in loops and branches, times that template text fills in.',
    links: [
      'concepts/containers/container-lifecycle-hooks#hook-handler-execution',
      'concepts/workloads/pods/pod-lifecycle#pod-termination',
    ],
  },
  explains: ['pre-stop-failed/hook', 'container-exit/grace-exceeded'],
  aliases: [],
  messages: {
    rejected:
      'The {{hook}} hook of container "{{container}}" sleeps {{seconds}} s, longer than the grace period of its pod ({{grace}} s). The API server refuses pods like this, so the {{kind}} never runs.',
    killed:
      'The preStop hook of container "{{container}}" sleeps {{seconds}} s, and the grace period of its pod is {{grace}} s: the program is killed before it is asked to end, in the middle of its requests.',
    drain:
      'Container "{{container}}" sleeps {{seconds}} s before it is asked to end and then takes {{drain}} s ({{name}}), {{total}} s in all, but the grace period of its pod is {{grace}} s: it is killed before it is done.',
    zero: 'The {{hook}} hook of container "{{container}}" sleeps {{seconds}} s, which is no time to sleep. The API server refuses pods like this, so the {{kind}} never runs.',
  },
  titles: { grace: 'Raise terminationGracePeriodSeconds to {{seconds}}' },
  visit: {
    container(container, context) {
      if (container.role === 'init') return;
      const grace = graceSeconds(container.pod.spec);
      if (grace === undefined) return;
      for (const hook of readHooks(container.value)) {
        const wait = waitOf(hook);
        if (wait) judge(container, hook.name, wait, grace, context);
      }
    },
  },
});

type Messages = 'rejected' | 'killed' | 'drain' | 'zero';

function judge(
  container: Container,
  hook: string,
  wait: Wait,
  grace: number,
  { report, located, version }: Context<Messages>,
): void {
  const { form, at, seconds } = wait;
  const { kind } = located.resource;
  const data = { hook, container: showName(container), seconds, grace, kind };
  // From 1.33 on a sleep of no time is allowed (PodLifecycleSleepActionAllowZero).
  if (form === 'sleep' && (seconds < 0 || (seconds === 0 && !atLeast(version, '1.33'))))
    report({ message: 'zero', at, data });
  else if (form === 'sleep' && seconds > grace) report({ message: 'rejected', at, data, fixes: raise(container, 0) });
  else if (hook === 'preStop') {
    const fixes = kind === 'Pod' ? [] : raise(container, 0);
    if (seconds >= grace && seconds > 0) report({ message: 'killed', at, data, fixes });
    else {
      const drain = drainOf(container);
      if (!drain || seconds + drain.seconds <= grace) return;
      const total = seconds + drain.seconds;
      report({
        message: 'drain',
        at: drain.at,
        data: { ...data, drain: drain.seconds, name: drain.name, total },
        severity: 'warning',
        fixes: kind === 'Pod' ? [] : raise(container, drain.seconds),
      });
    }
  }
}

/** Enough for the longest hook of the pod and 30 s for the program to end. */
function raise({ pod }: Container, drain: number): Fix[] {
  const waits = pod.containers.flatMap(({ value }) => readHooks(value).flatMap((hook) => waitOf(hook)?.seconds ?? []));
  const seconds = Math.ceil(Math.max(...waits)) + Math.max(30, drain);
  return [
    {
      class: 'safe',
      title: 'grace',
      data: { seconds },
      operations: [{ op: 'set', path: [...pod.spec.path, 'terminationGracePeriodSeconds'], value: seconds }],
    },
  ];
}
