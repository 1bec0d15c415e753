import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';

// Many runs on a busy machine take their time; what hangs is still found.
vi.setConfig({ testTimeout: 180_000 });

const child = fileURLToPath(new URL('heap-child.ts', import.meta.url));

/** What stays in memory for a text, measured in a process of its own whose heap may not pass 300 MB meanwhile. */
function measure(name: string): { length: number; bytes: number; documents: number; findings: number } {
  const run = spawnSync(process.execPath, ['--expose-gc', '--max-old-space-size=300', child, name], {
    encoding: 'utf8',
  });
  expect({ status: run.status, stderr: run.stderr.slice(0, 2000) }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(run.stdout) as ReturnType<typeof measure>;
}

describe('memory', () => {
  test.each([
    'valid',
    'unfinished quotes and end markers',
    'git conflict markers',
    'aliases that multiply',
    'Lists that multiply',
    'merge keys that multiply',
    'deep brackets, closed',
    'deep indentation',
    '50,000 lines in one map',
    '50,000 documents',
    'a line of 1 MB',
    'thousands of values written by templates',
    'a suppression in each of many documents',
    'thousands of containers with annotations',
  ])('%s: at most 20 bytes for each of its characters, and a constant for each document and finding', (name) => {
    const { length, bytes, documents, findings } = measure(name);
    // A Document is a few objects and cache entries whatever it holds, with what each rule that looks around asked and
    // found, told or not; a finding has its data and fixes.
    expect(bytes).toBeLessThan(20 * length + 2500 * documents + 3000 * findings + 2_000_000);
    expect(length).toBeGreaterThan(500);
  });
});
