/** What a document tells by itself, after a keystroke in it: real documents, each with a letter typed in its middle. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { Project } from '../../../core/src/workspace/project.ts';
import { splitDocuments } from '../../../core/src/yaml/split.ts';
import { texts } from '../floors/files.ts';
import { newLinter } from '../linter.ts';
import { fileOf } from '../manifests.ts';
import { costOf, Samples } from '../measure.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';

const uri = 'file:///shop/shop.yaml';

/** Every so many documents of the corpus one is typed in. */
const every = 3;

/** Kubernetes objects, one a text: of the corpus where there is one, else made up. */
function objects({ shared, quick }: Bench): { readonly what: string; readonly objects: readonly string[] } {
  const corpus = shared && join(shared, 'corpus', 'manifests');
  const real = !quick && corpus !== undefined && existsSync(corpus);
  const all = (real ? [...texts(corpus)] : [fileOf(quick ? 20 : 500)])
    .flatMap((text) => splitDocuments(text).map(({ start, end }) => text.slice(start, end)))
    .filter((text) => /^apiVersion:/m.test(text) && /^kind:/m.test(text));
  return {
    what: real ? 'documents of public manifests' : 'documents',
    objects: real ? all.filter((_, index) => index % every === 0) : all,
  };
}

/** The text with a letter more at the end of its middle line. */
function typed(text: string): string {
  const end = text.indexOf('\n', text.length >> 1);
  const at = end < 0 ? text.length : end;
  return `${text.slice(0, at)}x${text.slice(at)}`;
}

export function localFindings(bench: Bench): Promise<readonly Row[]> {
  const { what, objects: before } = objects(bench);
  const linter = newLinter();
  const places = before.map((text) => ({ project: Project.from([[uri, text]]), after: typed(text) }));
  const samples = new Samples();
  const pass = (note: (name: string, cpu: number) => void): void => {
    let changed: Project[] = [];
    const read = costOf(() => (changed = places.map(({ project, after }) => project.with(uri, after)))).cpu;
    const lint = costOf(() => changed.forEach((project) => linter.lint(project, uri, 'document'))).cpu;
    const parse = costOf(() =>
      places.forEach(({ after }) => parseDocument(after, { prettyErrors: false, logLevel: 'silent' })),
    ).cpu;
    note('findings', read + lint);
    note('rules', lint);
    note('parse', parse);
  };
  // As in an editor that has been open for a while.
  for (let round = 0; round < 2; round++) pass(() => undefined);
  for (let round = 0; round < bench.rounds * 3; round++)
    pass((name, cpu) => {
      samples.add(name, cpu / before.length);
    });
  const row = (id: 'findings' | 'rules', title: string): Row => ({
    id: `local/${id}`,
    what: `${title}, ${before.length} ${what}: CPU per key`,
    unit: 'ms',
    ours: samples.median(id) ?? Number.NaN,
    floor: samples.median('parse'),
    floorIs: 'parses the changed document',
    ...(id === 'findings' && { budget: { of: 'floor', atMost: 1.3 } }),
  });
  return Promise.resolve([
    row('findings', "Core: keystroke → the document's own findings, reading included"),
    row('rules', 'Core: the same, rules alone'),
  ]);
}
