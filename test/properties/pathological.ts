import { deployment } from '../core/manifests.ts';

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

/** A valid file of at least so many characters: Deployments, one per document. */
export const validFile = (length: number): string => {
  const parts: string[] = [];
  for (let size = 0; size < length; size += parts.at(-1)?.length ?? 0) parts.push(deployment(`web-${parts.length}`));
  return parts.join('---\n');
};

/** Texts that have made editors and linters hang, or could; each a few hundred kilobytes so that anything quadratic shows. */
export const pathological: Readonly<Record<string, () => string>> = {
  'unfinished double quote': () => `a: "unfinished\n${times(500, (i) => deployment(`d${i}`))}`,
  'unfinished single quote': () => `a: 'unfinished\n${times(500, (i) => deployment(`d${i}`))}`,
  'unfinished quotes and end markers': () => times(5000, () => 'b: "x\n...\n'),
  'git conflict markers': () =>
    times(500, (i) => `<<<<<<< HEAD\n${deployment(`a${i}`)}=======\n${deployment(`b${i}`)}>>>>>>> topic\n`),
  'conflict markers in one document of many': () =>
    `${validFile(200_000)}---\n<<<<<<< HEAD\n${deployment('x')}=======\n${deployment('y')}>>>>>>> topic\n---\n${validFile(100_000)}`,
  'aliases that multiply': () =>
    `a0: &a0 [x, x]\n${times(30, (i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]\n`)}`,
  'Lists that multiply': () =>
    `apiVersion: v1\nkind: List\nx0: &x0 {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod}]}\n${times(20, (i) => `x${i + 1}: &x${i + 1} {apiVersion: v1, kind: List, items: [*x${i}, *x${i}, *x${i}]}\n`)}items: [*x20]\n`,
  'merge keys that multiply': () =>
    `big: &big\n${times(4000, (i) => `  k${i}: 1\n`)}${times(4000, (i) => `m${i}: {<<: *big}\n`)}`,
  'many anchors': () => times(15_000, () => '- &a x\n- *a\n'),
  'a cycle of anchors': () => `a: &a\n${times(5000, (i) => `  b${i}: *a\n`)}`,
  'deep brackets': () => '['.repeat(100_000),
  'deep brackets, closed': () => '['.repeat(50_000) + ']'.repeat(50_000),
  'deep braces': () => '{a: '.repeat(50_000),
  'deep indentation': () => times(1000, (i) => `${' '.repeat(i)}a:\n`),
  'deep dashes': () => times(60, (i) => `${' '.repeat(i * 396)}${'- '.repeat(198)}\n`),
  'question marks': () => '? '.repeat(100_000),
  '50,000 lines in one map': () => times(50_000, (i) => `k${i}: v\n`),
  '50,000 lines of items': () => `items:\n${times(25_000, (i) => `  - name: n${i}\n    value: v\n`)}`,
  '50,000 documents': () => times(50_000, () => '---\na: 1\n'),
  '50,000 empty documents': () => '---\n'.repeat(50_000),
  'a line of 1 MB': () => `a: ${'x y '.repeat(250_000)}`,
  'a flow line of 500 kB': () => `a: [${'{b: c}, '.repeat(62_500)}{}]`,
  'a line of unbalanced brackets': () => `a: ${'[]{}'.repeat(100_000)}`,
  'a line of 1 MB of blanks': () => `a:${' '.repeat(1_000_000)}b`,
  '500,000 blank lines': () => `a:\n${'\n'.repeat(500_000)}b: c`,
  tabs: () => '\t'.repeat(200_000),
  'zero bytes': () => '\0'.repeat(200_000),
  'unclosed actions': () => times(20_000, () => 'a: {{ x\n'),
  'unclosed actions on one line': () => '{{ '.repeat(70_000),
  'unclosed quotes in actions': () => times(20_000, () => 'a: {{ "x\n'),
  'unclosed raw quotes in actions': () => times(20_000, () => 'a: {{ ` }}\n'),
  'unclosed template comments': () => times(20_000, () => '{{/* x }}\n'),
  'thousands of actions': () => times(20_000, (i) => `a${i}: {{ .x }}\n`),
  'thousands of actions alone': () => times(20_000, () => '{{ .x }}\n'),
  'thousands of actions on one line': () => '{{ .x }}'.repeat(50_000),
  'thousands of actions in flow': () => `a: [${'{a: {{ .x }}}, '.repeat(20_000)}{}]`,
  'thousands of actions of several lines': () => '{{ if\n x }}'.repeat(30_000),
  'thousands of values written by templates': () =>
    `spec:\n${times(10_000, (i) => `  a${i}:\n    {{- toYaml .x | nindent 4 }}\n`)}`,
  'thousands of suppressions above one line': () =>
    `${times(10_000, () => '# selfheal-ignore single-replica\n')}${deployment('web')}`,
  'thousands of suppressions of no rule': () =>
    times(10_000, (i) => `a${i}: b # selfheal-ignore single-replicas-${i}\n`),
  'thousands of ids in one suppression': () =>
    `# selfheal-ignore ${'single-replica, '.repeat(20_000)}\n${deployment('web')}`,
  'thousands of different ids in one suppression': () =>
    `# selfheal-ignore ${times(30_000, (i) => `single-replica-${i} `)}\n${deployment('web')}`,
  'a suppression in each of many documents': () =>
    times(800, (i) => `---\n# selfheal-ignore-file single-replica\n${deployment(`d${i}`)}`),
  'thousands of containers with annotations': () =>
    deployment(
      'web',
      times(4000, (i) => `        - name: c${i}\n`),
    ).replace(
      'metadata:\n',
      `metadata:\n  annotations:\n${times(4000, (i) => `    selfheal.dev/ignore.c${i}: single-replica\n`)}`,
    ),
  'long comment lines': () => `${times(5, () => `#${' x'.repeat(50_000)}\n`)}${deployment('web')}`,
  'a long comment of dashes': () => `# selfheal-ignore ${' -'.repeat(250_000)}\n${deployment('web')}`,
  'thousands of comment lines before a marker': () => `${'# c\n'.repeat(100_000)}---\n${deployment('web')}`,
  'thousands of broken documents': () => times(3000, (i) => `---\nkind: Pod\nb${i}: "x\n`),
};
