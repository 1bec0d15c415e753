import { describe, expect, it } from 'vitest';
import { readPodTemplate } from '../../core/src/kube/pod.ts';
import { readHooks } from '../../core/src/kube/probe.ts';
import { drainOf, durationSeconds, graceSeconds, waitOf } from '../../core/src/kube/shutdown.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { Value } from '../../core/src/yaml/value.ts';

const value = (text: string): Value => Value.root(parseDocument(text).root);

describe('a preStop hook', () => {
  it.each([
    { hook: '{ sleep: { seconds: 5 } }', seconds: 5 },
    { hook: '{ sleep: { seconds: "{{ x }}" } }', seconds: undefined },
    { hook: '{ exec: { command: [sleep, "5"] } }', seconds: 5 },
    { hook: '{ exec: { command: [/bin/sleep, 1m] } }', seconds: 60 },
    { hook: '{ exec: { command: [sleep, "5", "10"] } }', seconds: 15 },
    { hook: '{ exec: { command: [sh, -c, "sleep 5"] } }', seconds: 5 },
    { hook: '{ exec: { command: [/bin/bash, -c, "sleep 5; nginx -s quit; sleep 10s"] } }', seconds: 15 },
    { hook: '{ exec: { command: [sh, -c, "sleep $DELAY"] } }', seconds: undefined },
    { hook: '{ exec: { command: [sh, -c, "while busy; do sleep 1; done"] } }', seconds: undefined },
    { hook: '{ exec: { command: [sh, -c, "busy && sleep 100"] } }', seconds: undefined },
    { hook: '{ exec: { command: [nginx, -s, quit] } }', seconds: undefined },
    { hook: '{ httpGet: { path: /stop, port: 80 } }', seconds: undefined },
    { hook: '{ sleep: { seconds: 5 }, exec: { command: [sleep, "9"] } }', seconds: undefined },
  ])('$hook waits $seconds s', ({ hook, seconds }) => {
    const [read] = readHooks(value(`lifecycle: { preStop: ${hook} }`));
    expect(read && waitOf(read)?.seconds).toBe(seconds);
  });
});

describe('a drain', () => {
  it.each([
    { container: '{ args: [--drain-time-s, "60"] }', seconds: 60 },
    { container: '{ args: [--drain-time-s=60] }', seconds: 60 },
    { container: '{ args: [--graceful-timeout, "90"] }', seconds: 90 },
    { container: '{ args: [--shutdown-timeout=2m] }', seconds: 120 },
    { container: '{ args: [--shutdown-timeout=20000] }', seconds: undefined },
    { container: '{ env: [{ name: TERMINATION_DRAIN_DURATION_SECONDS, value: "40" }] }', seconds: 40 },
    { container: '{ env: [{ name: TIMEOUT_SECONDS, value: "40" }] }', seconds: undefined },
    { container: '{ args: [--drain-time-s=5], env: [{ name: SHUTDOWN_TIMEOUT_SECONDS, value: "8" }] }', seconds: 8 },
    { container: '{ args: [--port, "8080"] }', seconds: undefined },
  ])('$container takes $seconds s', ({ container, seconds }) => {
    const [read] = readPodTemplate(value(`spec: { containers: [${container}] }`)).containers;
    expect(read && drainOf(read)?.seconds).toBe(seconds);
  });
});

it.each([
  ['{}', 30],
  ['{ terminationGracePeriodSeconds: null }', 30],
  ['{ terminationGracePeriodSeconds: 0 }', 0],
  ['{ terminationGracePeriodSeconds: "{{ x }}" }', undefined],
])('the grace period of %s is %s s', (spec, seconds) => expect(graceSeconds(value(spec))).toBe(seconds));

it.each([
  ['5', 5],
  ['1.5s', 1.5],
  ['2m', 120],
  ['1h', 3600],
  ['1d', 86_400],
  ['soon', undefined],
  ['-5', undefined],
])('%s is %s s', (text, seconds) => expect(durationSeconds(text)).toBe(seconds));
