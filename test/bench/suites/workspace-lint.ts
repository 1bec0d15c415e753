/** Linting a folder from the command line, in a cold process. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { workspace } from '../manifests.ts';
import type { ProcessCost } from '../measure.ts';
import { runNode, Samples } from '../measure.ts';
import type { Bench } from '../suite.ts';
import type { Row } from '../table.ts';

/** Writes a made-up workspace; gives its folder. */
export function writeWorkspace(bench: Bench, files: number, documents: number): string {
  const folder = join(bench.scratch, `workspace-${files}-${documents}`);
  if (existsSync(folder)) return folder;
  for (const [path, text] of workspace(files, documents)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A folder to lint. */
interface Subject {
  readonly id: string;
  readonly what: string;
  readonly folder: string;
}

export async function workspaceLint(bench: Bench): Promise<readonly Row[]> {
  const files = bench.quick ? 20 : 1000;
  const subjects: Subject[] = [1, 10].map((documents) => ({
    id: `${documents}`,
    what: `${files} files of ${documents} document${documents === 1 ? '' : 's'}`,
    folder: writeWorkspace(bench, files, documents),
  }));
  const corpus = bench.shared && join(bench.shared, 'corpus', 'manifests');
  if (!bench.quick && corpus !== undefined && existsSync(corpus))
    subjects.push({ id: 'corpus', what: 'corpus of public manifests', folder: corpus });
  const samples = new Samples();
  const take = (name: string, { cpu, wall, rss }: ProcessCost): void => {
    samples.add(`${name} cpu`, cpu);
    samples.add(`${name} wall`, wall);
    samples.add(`${name} rss`, rss);
  };
  for (let round = 0; round < bench.rounds; round++) {
    for (const { id, folder } of subjects) {
      take(`read ${id}`, await runNode(bench, [join(bench.bundles, 'floor-read.cjs'), folder]));
      take(`parse ${id}`, await runNode(bench, [join(bench.bundles, 'floor-parse.cjs'), folder]));
      take(`ours ${id}`, await runNode(bench, [join(bench.bundles, 'cli.cjs'), 'lint', folder]));
    }
  }
  return [...subjects.flatMap((subject) => rowsOf(subject, samples)), linearity(samples)];
}

function rowsOf({ id, what }: Subject, samples: Samples): Row[] {
  const value = (side: string, measure: string): number => samples.median(`${side} ${id} ${measure}`) ?? Number.NaN;
  const row = (measure: 'cpu' | 'wall' | 'rss', name: string, atMost: number | undefined): Row => ({
    id: `workspace/${id}/${measure}`,
    what: `selfheal lint, cold, ${what}: ${name}`,
    unit: measure === 'rss' ? 'MB' : 'ms',
    ours: value('ours', measure),
    floor: value('parse', measure),
    floorIs: 'reads and parses (yaml)',
    ...(atMost !== undefined && { budget: { of: 'floor', atMost } }),
  });
  const readOnly: Row = {
    id: `workspace/${id}/cpu-read`,
    what: `selfheal lint, cold, ${what}: CPU`,
    unit: 'ms',
    ours: value('ours', 'cpu'),
    floor: value('read', 'cpu'),
    floorIs: 'reads only',
  };
  return [row('cpu', 'CPU', 1.5), readOnly, row('wall', 'wall', undefined), row('rss', 'largest memory', 3)];
}

/** Processor time per resource must not grow with the number of resources. */
function linearity(samples: Samples): Row {
  const perResource = (side: string, id: string, resources: number): number =>
    (samples.median(`${side} ${id} cpu`) ?? Number.NaN) / resources;
  return {
    id: 'workspace/linearity',
    what: 'CPU per resource, ten times the resources ÷ once',
    unit: '',
    ours: perResource('ours', '10', 10) / perResource('ours', '1', 1),
    floor: perResource('parse', '10', 10) / perResource('parse', '1', 1),
    floorIs: 'reads and parses (yaml)',
    budget: { of: 'value', atMost: 1.1 },
  };
}
