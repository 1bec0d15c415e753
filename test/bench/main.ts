/**
 * `npm run bench`: measures the product beside its floors and beside yaml-language-server.
 * `--quick` runs everything once over little, `--only NAME` one suite (may be repeated), `--no-peer` leaves the peer out,
 * `--write` puts the table into docs/performance.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
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
    write: { type: 'boolean', default: false },
  },
});
const loadBefore = loadavg()[0] ?? 0;
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
  /** Processes that wanted a processor, before and after: more than there are processors stretch wall times. */
  load: [loadBefore, loadavg()[0] ?? 0].map((load) => Math.round(load * 10) / 10),
};
mkdirSync(join(root, 'test-results'), { recursive: true });
const result = { at: new Date().toISOString(), machine, quick: values.quick, notes, rows };
writeFileSync(join(root, 'test-results', 'bench.json'), `${JSON.stringify(result, undefined, 2)}\n`);
const { processors, memoryGB, platform, node, load } = machine;
const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
const over = rows.filter(isOverBudget).map(({ what }) => what);
const told = [
  `${result.at.slice(0, 16).replace('T', ' ')} UTC · \`${command}\` · ${processors} · ${memoryGB} GB · ${platform} · Node ${node} · load ${load.join(' before, ')} after`,
  '',
  markdown(rows),
  '',
  ...notes.map((note) => `- ${note}`),
  `- Over budget: ${over.length > 0 ? over.join('; ') : 'nothing'}.`,
].join('\n');
console.log(told);
if (values.write) {
  const path = join(root, 'docs', 'performance.md');
  const page = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    page.replace(
      /(<!-- bench: .*-->\n)[^]*(<!-- \/bench -->)/,
      (_, open: string, close: string) => `${open}\n${told}\n\n${close}`,
    ),
  );
}
