/** One change among much that stays: the core alone, without protocol and files. */
import { parseAllDocuments } from 'yaml';
import { Project } from '../../../core/src/workspace/project.ts';
import { newLinter } from '../linter.ts';
import { fileOf, workspace } from '../manifests.ts';
import { costOf, median, Samples } from '../measure.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';

/** The same text with a letter more or less in the middle. */
function typed(text: string, index: number): string {
  const at = text.indexOf('livenessProbe:', text.length >> 1);
  const end = (at < 0 ? text.indexOf('livenessProbe:') : at) + 'livenessProbe'.length;
  return index % 2 === 0 ? `${text.slice(0, end)}x${text.slice(end)}` : text;
}

/** Keystrokes in one file of many documents. */
function oneFile(count: number, keys: number, samples: Samples): void {
  const uri = 'file:///shop/shop.yaml';
  const text = fileOf(count);
  const full = (): void => void newLinter().lint(Project.from([[uri, text]]), uri);
  full();
  samples.add('full', median(Array.from({ length: 5 }, () => costOf(full).cpu)));
  samples.add(
    'parse',
    median(Array.from({ length: 5 }, () => costOf(() => void parseAllDocuments(text, { prettyErrors: false })).cpu)),
  );
  const linter = newLinter();
  let project = Project.from([[uri, text]]);
  linter.lint(project, uri);
  const press = (index: number): void => {
    project = project.with(uri, typed(text, index));
    linter.lint(project, uri);
  };
  for (let index = 0; index < 20; index++) press(index);
  const { cpu, wall } = costOf(() => {
    for (let index = 0; index < keys; index++) press(index);
  });
  samples.add('key cpu', cpu / keys);
  samples.add('key wall', wall / keys);
}

/** One changed file of a workspace whose objects refer to one another. */
function manyFiles(files: number, samples: Samples): void {
  const texts = [...workspace(files, 10)].map(([path, text]): [string, string] => [`file:///shop/${path}`, text]);
  const linter = newLinter();
  let project = Project.empty;
  const whole = costOf(() => {
    project = Project.from(texts);
    for (const [uri] of texts) linter.lint(project, uri);
  });
  samples.add('scan', whole.cpu);
  samples.add(
    'scan parse',
    costOf(() => {
      for (const [, text] of texts) parseAllDocuments(text, { prettyErrors: false });
    }).cpu,
  );
  const [uri, text] = texts[files >> 1] ?? ['', ''];
  const changed: number[] = [];
  const around: number[] = [];
  for (let index = 0; index < 10; index++) {
    changed.push(
      costOf(() => {
        project = project.with(uri, typed(text, index));
        linter.lint(project, uri);
      }).cpu,
    );
    around.push(
      costOf(() => {
        for (const [other] of texts) linter.lint(project, other);
      }).cpu,
    );
  }
  samples.add('changed', median(changed));
  samples.add('around', median(around));
}

export function incremental(bench: Bench): Promise<readonly Row[]> {
  const documents = bench.quick ? 20 : 200;
  const files = bench.quick ? 20 : 1000;
  const samples = new Samples();
  for (let round = 0; round < bench.rounds; round++) {
    oneFile(documents, bench.quick ? 10 : 100, samples);
    manyFiles(files, samples);
  }
  const of = (name: string): number => samples.median(name) ?? Number.NaN;
  const file = `${documents} documents`;
  const resources = `${files * 10} resources`;
  return Promise.resolve([
    {
      id: 'incremental/full',
      what: `Core: full lint of a file of ${file}, warm: CPU`,
      unit: 'ms',
      ours: of('full'),
      floor: of('parse'),
      floorIs: 'parses the file',
      budget: { of: 'floor', atMost: 1.5 },
    },
    {
      id: 'incremental/key',
      what: `Core: keystroke in that file: CPU`,
      unit: 'ms',
      ours: of('key cpu'),
      floor: of('full'),
      floorIs: 'our full lint',
      budget: { of: 'floor', atMost: 0.1 },
    },
    {
      id: 'incremental/scan',
      what: `Core: full lint of ${resources} in ${files} files: CPU`,
      unit: 'ms',
      ours: of('scan'),
      floor: of('scan parse'),
      floorIs: 'parses the files',
      budget: { of: 'floor', atMost: 1.5 },
    },
    {
      id: 'incremental/changed',
      what: `Core: one file of them changed, its findings: CPU`,
      unit: 'ms',
      ours: of('changed'),
      floor: of('scan'),
      floorIs: 'our full lint',
      budget: { of: 'floor', atMost: 0.005 },
    },
    {
      id: 'incremental/around',
      what: `Core: one file of them changed, everyone's findings: CPU`,
      unit: 'ms',
      ours: of('around'),
      floor: of('scan'),
      floorIs: 'our full lint',
      budget: { of: 'value', atMost: 50 },
    },
  ]);
}
