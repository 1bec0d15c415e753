import { expect, it } from 'vitest';
import { rules } from '../../core/src/rules/registry.ts';
import { lintText } from './harness.ts';

const pod = (name: string, policy: string): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
spec:
  restartPolicy: ${policy}
  containers:
    - name: ${name}
      image: registry.example/${name}:1.0.0
`;

/** A rule for what runs for good must not be left out because the first Pod of its kind runs once. */
it.each([
  ['Never', 'Always'],
  ['Always', 'Never'],
])('judges each Pod by its own restartPolicy: %s, then %s', (first, second) => {
  const found = lintText(
    [pod('first', first), pod('second', second)].join('---\n'),
    rules.filter(({ id }) => id === 'best-effort-pod'),
  );
  expect(found.map(({ subject }) => subject?.name)).toEqual([first === 'Always' ? 'first' : 'second']);
});
