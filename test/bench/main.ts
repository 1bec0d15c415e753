/**
 * `npm run bench`: measures the product beside its floors and beside yaml-language-server.
 * `--quick` runs everything once over little, `--only NAME` one suite (may be repeated), `--no-peer` leaves the peer out.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runBench } from './bench.ts';
import { root } from './suite.ts';
import { isOverBudget, markdown } from './table.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    'no-peer': { type: 'boolean', default: false },
  },
});
const { rows, notes } = await runBench({
  quick: values.quick,
  only: values.only,
  peer: !values['no-peer'],
  progress: (text) => console.error(`bench: ${text} …`),
});
const machine = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  processors: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memoryGB: Math.round(totalmem() / 2 ** 30),
};
mkdirSync(join(root, 'test-results'), { recursive: true });
const result = { at: new Date().toISOString(), machine, quick: values.quick, notes, rows };
writeFileSync(join(root, 'test-results', 'bench.json'), `${JSON.stringify(result, undefined, 2)}\n`);
console.log(`${markdown(rows)}\n`);
console.log(
  `${result.at} · ${machine.processors} · ${machine.memoryGB} GB · ${machine.platform} · Node ${machine.node}`,
);
for (const note of notes) console.log(`- ${note}`);
const over = rows.filter(isOverBudget);
if (over.length > 0) console.log(`\nOver budget: ${over.map(({ id }) => id).join(', ')}`);
