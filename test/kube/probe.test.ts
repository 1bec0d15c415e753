import { describe, expect, it } from 'vitest';
import { readPodTemplate } from '../../core/src/kube/pod.ts';
import type { Container } from '../../core/src/kube/pod.ts';
import { asksOneThing, canonicalHandler, handlerPort, readHooks } from '../../core/src/kube/probe.ts';
import { killedBeforeReady, mayDieBeforeReady, proposeStartupProbe } from '../../core/src/kube/startup.ts';
import { parseDocument } from '../../core/src/yaml/parse.ts';
import { Value } from '../../core/src/yaml/value.ts';

/** Container with the given fields in flow style. */
function container(fields: string): Container {
  const { root } = parseDocument(`spec: { containers: [{ name: c, image: i, ${fields} }] }\n`);
  const [only] = readPodTemplate(Value.root(root)).containers;
  if (!only) throw new Error('no container');
  return only;
}

const liveness = (fields: string) => container(`livenessProbe: { ${fields} }`).probe('livenessProbe');

describe('numbers of a probe, with the defaults of the API', () => {
  it.each([
    ['tcpSocket: { port: 1 }', [0, 10, 1, 3, 1, 30, 30]],
    ['tcpSocket: { port: 1 }, initialDelaySeconds: 5, periodSeconds: 2, failureThreshold: 4', [5, 2, 1, 4, 1, 8, 13]],
    ['periodSeconds: 0, timeoutSeconds: 0, failureThreshold: 0, successThreshold: 0', [0, 10, 1, 3, 1, 30, 30]],
    ['periodSeconds: null', [0, 10, 1, 3, 1, 30, 30]],
    ['periodSeconds: "${P}"', [0, undefined, 1, 3, 1, undefined, undefined]],
    ['initialDelaySeconds: "${D}"', [undefined, 10, 1, 3, 1, 30, undefined]],
  ])('%s', (fields, expected) => {
    const probe = liveness(fields);
    expect([
      probe?.initialDelaySeconds,
      probe?.periodSeconds,
      probe?.timeoutSeconds,
      probe?.failureThreshold,
      probe?.successThreshold,
      probe?.windowSeconds,
      probe?.budgetSeconds,
    ]).toEqual(expected);
  });

  it('null is no probe, {} is one', () => {
    expect(container('livenessProbe: null').probe('livenessProbe')).toBeUndefined();
    expect(liveness('')?.handlers).toEqual([]);
  });
});

describe('handlers', () => {
  it.each([
    ['httpGet: { port: 1 }', true],
    ['exec: null, httpGet: { port: 1 }', true],
    ['exec: { command: [] }', true],
    ['', false],
    ['exec: {}', false],
    ['exec: { command: [a] }, tcpSocket: { port: 1 }', false],
    ['exec: {}, tcpSocket: { port: 1 }', false],
  ])('%s asks one thing: %j', (fields, one) => {
    const probe = liveness(fields);
    expect(probe && asksOneThing(probe)).toBe(one);
  });

  it.each([
    ['httpGet: { port: 8080 }', 'httpGet: { port: http, path: /, scheme: HTTP }', true],
    ['httpGet: { port: 8080, path: /a }', 'httpGet: { port: 8080 }', false],
    ['httpGet: { port: 8080 }', 'tcpSocket: { port: 8080 }', false],
    ['tcpSocket: { port: http }', 'tcpSocket: { port: 8080 }', true],
    ['tcpSocket: { port: 8080, host: a }', 'tcpSocket: { port: 8080 }', false],
    ['exec: { command: [a, b] }', 'exec: { command: [a, b] }', true],
    ['exec: { command: [a, b] }', 'exec: { command: [b, a] }', false],
    ['grpc: { port: 1 }', 'grpc: { port: 1, service: "" }', true],
  ])('%s and %s are the same: %j', (a, b, same) => {
    const both = container(
      `ports: [{ name: http, containerPort: 8080 }], livenessProbe: { ${a} }, readinessProbe: { ${b} }`,
    );
    const [left, right] = (['livenessProbe', 'readinessProbe'] as const).map((name) => {
      const probe = both.probe(name);
      return probe && canonicalHandler(probe, both.ports);
    });
    expect(left).toBeDefined();
    expect(left === right).toBe(same);
  });

  it.each([
    ['httpGet: { port: http }', 8080],
    ['httpGet: { port: other }', undefined],
    ['httpGet: { port: 9000 }', 9000],
    ['exec: { command: [a] }', undefined],
  ])('the port of %s is %j', (fields, port) => {
    const probe = container(`ports: [{ name: http, containerPort: 8080 }], livenessProbe: { ${fields} }`);
    const handler = probe.probe('livenessProbe')?.handler;
    expect(handler && handlerPort(handler, probe.ports)).toBe(port);
  });
});

describe('hooks', () => {
  it.each([
    ['lifecycle: {}', []],
    ['lifecycle: null', []],
    ['lifecycle: { preStop: null, postStart: {} }', ['postStart:']],
    [
      'lifecycle: { preStop: { sleep: { seconds: 1 } }, postStart: { exec: { command: [a] }, httpGet: {} } }',
      ['postStart:exec+httpGet', 'preStop:sleep'],
    ],
    ['lifecycle: { preStop: { grpc: { port: 1 } } }', ['preStop:']],
  ])('%s', (fields, expected) => {
    const hooks = readHooks(container(fields).value);
    expect(hooks.map(({ name, handlers }) => `${name}:${handlers.map((handler) => handler.name).join('+')}`)).toEqual(
      expected,
    );
  });
});

describe('startup', () => {
  it.each([
    [
      'livenessProbe: { tcpSocket: { port: 1 } }, readinessProbe: { tcpSocket: { port: 1 }, initialDelaySeconds: 30 }',
      { budget: 30, wanted: 30 },
      true,
    ],
    [
      'livenessProbe: { tcpSocket: { port: 1 } }, readinessProbe: { tcpSocket: { port: 1 }, initialDelaySeconds: 29 }',
      undefined,
      false,
    ],
    ['livenessProbe: { tcpSocket: { port: 1 } }', undefined, false],
    [
      'livenessProbe: { tcpSocket: { port: 1 } }, readinessProbe: { tcpSocket: { port: 1 }, initialDelaySeconds: "${D}" }',
      undefined,
      true,
    ],
  ])('%s', (fields, killed, may) => {
    expect(killedBeforeReady(container(fields))).toEqual(killed);
    expect(mayDieBeforeReady(container(fields))).toBe(may);
  });

  it.each([
    ['livenessProbe: { tcpSocket: { port: 1 } }', 10, 90, { periodSeconds: 10, failureThreshold: 9 }],
    [
      'livenessProbe: { tcpSocket: { port: 1 }, timeoutSeconds: 20 }',
      10,
      90,
      { timeoutSeconds: 20, periodSeconds: 20, failureThreshold: 5 },
    ],
    ['livenessProbe: { tcpSocket: { port: 1 }, timeoutSeconds: 0 }', 7, 30, { periodSeconds: 7, failureThreshold: 5 }],
  ])('%s every %i s for %i s', (fields, period, seconds, timing) => {
    const [first] = proposeStartupProbe(container(fields), period, seconds)?.operations ?? [];
    expect(first).toEqual({
      op: 'set',
      path: ['spec', 'containers', 0, 'startupProbe'],
      value: { tcpSocket: { port: 1 }, ...timing },
      after: 'image',
    });
  });

  it.each([
    'livenessProbe: { tcpSocket: { port: "${P}" } }',
    'livenessProbe: {}',
    'readinessProbe: { tcpSocket: { port: 1 } }',
  ])('nothing can be proposed for %s', (fields) =>
    expect(proposeStartupProbe(container(fields), 10, 90)).toBeUndefined(),
  );

  it('takes away the delays it replaces', () => {
    const both = container(
      'livenessProbe: { tcpSocket: { port: 1 }, initialDelaySeconds: 9 }, readinessProbe: { tcpSocket: { port: 1 }, initialDelaySeconds: 0 }',
    );
    expect(proposeStartupProbe(both, 10, 90)?.operations.slice(1)).toEqual([
      { op: 'remove', path: ['spec', 'containers', 0, 'livenessProbe', 'initialDelaySeconds'] },
    ]);
  });
});
