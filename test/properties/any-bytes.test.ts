import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { defaultConfiguration, readConfiguration } from '../../core/src/lint/configuration.ts';
import type { Linter } from '../../core/src/lint/engine.ts';
import { fixAll, fixEdits } from '../../core/src/lint/fixes.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { Project } from '../../core/src/workspace/project.ts';
import { deployment } from '../core/manifests.ts';
import { linter, root } from '../core/support.ts';
import { pathological, validFile } from './pathological.ts';

// Many runs on a busy machine take their time; what hangs is still found.
vi.setConfig({ testTimeout: 180_000 });

const uri = `${root}a.yaml`;
const configuration = { ...defaultConfiguration, extends: 'strict' } as const;
const make = (): Linter => linter({ configuration });

/** Lints a text as the only file, checks the places of what is found, and lowers every fix. */
function lintSafely(text: string): number {
  const findings = make().lint(Project.from([[uri, text]]), uri);
  for (const finding of findings) {
    const { start, end } = finding.range;
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(finding.document.start + start).toBeLessThanOrEqual(text.length);
    for (const fix of finding.fixes) fixEdits(finding, fix);
  }
  return findings.length;
}

const folder = new URL('../fixtures/helm/', import.meta.url);
const seeds = [
  ...readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8')),
  `${deployment('web')}---\n${deployment('api').replaceAll('\n', '\r\n')}`,
  'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: {app: web}}}\n  - &a {apiVersion: policy/v1, kind: PodDisruptionBudget, spec: {minAvailable: 50%, selector: {}}}\n  - *a\n',
];
const scraps = fc.constantFrom(
  '\n',
  '\r',
  '---\n',
  '...\n',
  ': ',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '#',
  '&a ',
  '*a',
  '<<: *a\n',
  '|',
  '>',
  '%',
  '@',
  '`',
  '{{',
  '}}',
  '{{- end }}',
  '\t',
  '\0',
  '\uFEFF',
  '\uD800',
  '😀',
  'null',
  '~',
  '0x',
  '1e999',
  '# selfheal-ignore ',
  '!!binary ',
  '? ',
  '  ',
  '<<<<<<< HEAD\n',
);
/** A seed with pieces cut out, doubled, and scraps put in. */
const mutated = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(40),
        fc.oneof(scraps, fc.constant(''), fc.string({ maxLength: 5 })),
      ),
      { maxLength: 8 },
    ),
  )
  .map(([seed, cuts]) =>
    cuts.reduce((text, [where, size, scrap]) => {
      const at = Math.floor(where * text.length);
      return text.slice(0, at) + scrap + text.slice(at + (size > 20 ? 0 : size));
    }, seed),
  );

describe('any text', () => {
  test('strings of all kinds never make lint throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.array(scraps, { maxLength: 40 }).map((list) => list.join('')),
        ),
        (text) => void lintSafely(text),
      ),
      { numRuns: 1500 },
    );
  });

  test('mutated manifests and templates never make lint throw', () => {
    let found = 0;
    fc.assert(
      fc.property(mutated, (text) => void (found += lintSafely(text))),
      { numRuns: 1500 },
    );
    expect(found).toBeGreaterThan(500);
  });

  test('random bytes, decoded as an editor does, never make lint throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void lintSafely(new TextDecoder().decode(bytes))),
      { numRuns: 1000 },
    );
  });

  test('fixing all of anything ends, and does not throw', () => {
    const findingsOf = (text: string): ReturnType<Linter['lint']> => make().lint(Project.from([[uri, text]]), uri);
    fc.assert(
      fc.property(mutated, (text) => {
        const fixed = fixAll(text, findingsOf);
        expect(fixAll(fixed, findingsOf)).toBe(fixed);
      }),
      { numRuns: 300 },
    );
  });

  test('any configuration and any kustomization beside it never throw', () => {
    const texts = fc.oneof(
      mutated,
      fc
        .array(
          fc.constantFrom(
            'extends: ',
            'strict',
            'rules:',
            '\n',
            '  ',
            '- ',
            'single-replica: ',
            'off',
            'overrides:',
            'known:',
            'resources: ',
            '[../b]',
            'patches:',
            'path: ',
            '{',
            '}',
            ': ',
            'namespace: x',
          ),
          { maxLength: 15 },
        )
        .map((list) => list.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        readConfiguration(text, rules);
        const project = Project.from([
          [uri, deployment('web')],
          [`${root}kustomization.yaml`, text],
          [`${root}b/kustomization.yaml`, 'resources: [..]\n'],
        ]);
        for (const file of project.files.keys()) make().lint(project, file);
      }),
      { numRuns: 500 },
    );
  });

  test('one broken document leaves the findings of the others, and is told once', () => {
    const alone = make().lint(Project.from([[uri, deployment('web')]]), uri);
    const broken = make().lint(
      Project.from([
        [uri, `${deployment('web')}---\napiVersion: v1\nkind: Pod\nmetadata: {name: "x\n---\n${deployment('api')}`],
      ]),
      uri,
    );
    expect(alone.length).toBeGreaterThan(0);
    expect(broken.filter(({ rule }) => rule === 'yaml-syntax')).toHaveLength(1);
    for (const { rule, message } of alone)
      expect(broken.filter((each) => each.rule === rule && each.message === message)).toHaveLength(2);
  });
});

const milliseconds = (run: () => void): number => {
  const start = performance.now();
  run();
  return performance.now() - start;
};

/** Whatever else the machine does only ever adds, so the best of a few runs counts. */
const fastest = (run: () => void): number => Math.min(...[1, 2, 3].map(() => milliseconds(run)));

describe('texts that make linters hang', () => {
  const sample = validFile(100_000);
  /** Below this many milliseconds a ratio says more about the machine than about the text. */
  const floor = 30;

  test.each(Object.entries(pathological))(
    '%s: at most ten times as long as parsing a valid file of its size',
    (_name, create) => {
      const text = create();
      // A short file tells a lower bound of a long one's time; only where that does not settle it, the long one is parsed.
      const bound = fastest(() => void parseAllDocuments(sample)) * (text.length / sample.length);
      let parse = Math.max(bound, floor);
      let ratio = Infinity;
      for (let tries = 0; tries < 4 && ratio >= 10; tries++) {
        const own = milliseconds(() => void lintSafely(text));
        if (own / parse >= 10)
          parse = Math.max(
            parse,
            fastest(() => void parseAllDocuments(validFile(text.length).slice(0, text.length))),
          );
        ratio = Math.min(ratio, own / parse);
      }
      expect(ratio).toBeLessThan(10);
    },
  );
});
