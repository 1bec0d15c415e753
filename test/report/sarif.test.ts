/** Microsoft's own validator judges the log: its SARIF rules and those that GitHub's code scanning asks for. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sarif } from '../../core/src/report/sarif.ts';
import { rules } from '../../core/src/rules/registry.ts';
import { applyEdits, lineIndex } from '../../core/src/text/text.ts';
import { daemonSet, fixtures, reportOf, templates } from './reports.ts';

interface Region {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}
interface Place {
  physicalLocation: { artifactLocation: { uri: string; uriBaseId?: string }; region: Region };
}
interface Change {
  artifactLocation: { uri: string };
  replacements: { deletedRegion: Region; insertedContent?: { text: string } }[];
}
interface Result {
  ruleId: string;
  ruleIndex: number;
  /** The validator leaves out what the standard takes for granted. */
  level?: string;
  message: { text: string };
  locations: Place[];
  relatedLocations?: (Place & { message: { text: string } })[];
  partialFingerprints: Record<string, string>;
  fixes?: { artifactChanges: Change[] }[];
}
interface Log {
  runs: {
    tool: { driver: { rules: { id: string; help: { text: string; markdown?: string }; helpUri?: string }[] } };
    results: Result[];
  }[];
}

const write = (texts: Readonly<Record<string, string>>): string =>
  sarif(reportOf(texts, rules), { version: '1.2.3', rules, templates, uri: (path) => encodeURI(path) });
const parse = (log: string): Log['runs'][number] => {
  const [run] = (JSON.parse(log) as Log).runs;
  if (!run) throw new Error('the log holds no run');
  return run;
};

/** Every rule's bad manifests, and a broken file. */
const everything: Readonly<Record<string, string>> = Object.fromEntries([
  ...readdirSync(fixtures)
    .filter((id) => existsSync(join(fixtures, id, 'bad.yaml')))
    .map((id) => [`${id}/bad file.yaml`, readFileSync(join(fixtures, id, 'bad.yaml'), 'utf8')] as const),
  ['broken.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {\n'],
]);

/** The validator's program in its package for this system; undefined where npm did not install it. */
function validator(): string | undefined {
  const systems: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'win32' };
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('@microsoft/sarif-multitool/package.json'));
    const folder = dirname(
      require.resolve(`@microsoft/sarif-multitool-${systems[process.platform] ?? 'linux'}/package.json`),
    );
    const program = join(folder, process.platform === 'win32' ? 'Sarif.Multitool.exe' : 'Sarif.Multitool');
    // Its package forgets the mode, and mends it in an install script that need not have run.
    if (process.platform !== 'win32') chmodSync(program, 0o755);
    return program;
  } catch {
    return undefined;
  }
}

const program = validator();
if (!program) console.log('skipped: the SARIF validator (@microsoft/sarif-multitool) is not installed');

describe.skipIf(!program)("Microsoft's validator", { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'selfheal-sarif-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function objections(log: string): string[] {
    writeFileSync(join(folder, 'log.sarif'), log);
    const args = [
      'validate',
      'log.sarif',
      '--output',
      'out.sarif',
      '--log',
      'ForceOverwrite',
      '--rule-kind',
      'Sarif;Gh',
      '--level',
      'Error;Warning',
      '--kind',
      'Fail',
    ];
    try {
      execFileSync(program ?? '', args, {
        cwd: folder,
        stdio: 'pipe',
        env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' },
      });
    } catch (error) {
      // It ends with a code of its own when it objects; what it says is in its own log.
      if (!existsSync(join(folder, 'out.sarif'))) throw error;
    }
    const run = parse(readFileSync(join(folder, 'out.sarif'), 'utf8').replace(/^\uFEFF/, ''));
    return [...new Set(run.results.map(({ ruleId, level = 'warning' }) => `${level} ${ruleId}`))].sort();
  }

  test('objects to nothing but that the project has no page on the web to name', () => {
    expect(objections(write(everything)).filter((objection) => objection !== 'warning SARIF2005')).toEqual([]);
  });

  test('and does object to a log that is wrong', () => {
    const broken = write({ 'a.yaml': daemonSet('agent') }).replaceAll('"startLine": ', '"startLine": -');
    expect(objections(broken).filter((objection) => objection.startsWith('error'))).not.toEqual([]);
  });
});

test('tells where, how bad, what else and which rule', () => {
  const run = parse(write(everything));
  expect(run.results.length).toBeGreaterThan(20);
  for (const { ruleId, ruleIndex, partialFingerprints } of run.results) {
    expect(run.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(partialFingerprints['selfheal/v1']).toMatch(/^[0-9a-f]{16}:\d+$/);
  }
  const policy = run.results.find(({ ruleId }) => ruleId === 'restart-policy-not-always');
  expect(policy).toMatchObject({
    level: 'error',
    message: { text: expect.stringContaining('only accepts restartPolicy Always') as string },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'restart-policy-not-always/bad%20file.yaml', uriBaseId: 'ROOT' },
          region: { startLine: 13, startColumn: 22, endLine: 13, endColumn: 31 },
        },
      },
    ],
  });
  const rule = run.tool.driver.rules.find(({ id }) => id === 'restart-policy-not-always');
  expect(rule?.helpUri).toBe('https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy');
  expect(rule?.help.markdown).toContain(rule?.help.text.split('\n')[0]);
  expect(run.results.some(({ relatedLocations }) => (relatedLocations?.length ?? 0) > 0)).toBe(true);
});

test('its fixes, applied to the file, are those of --fix', () => {
  const text = `# é 𝄞\n${daemonSet('agent', '"Never" # 𝄞')}`;
  const [found] = parse(write({ 'a.yaml': text })).results.filter(
    ({ ruleId }) => ruleId === 'restart-policy-not-always',
  );
  const changes = found?.fixes?.[0]?.artifactChanges[0];
  expect(changes?.artifactLocation.uri).toBe('a.yaml');
  const lines = lineIndex(text);
  const edits = (changes?.replacements ?? []).map(({ deletedRegion: at, insertedContent }) => ({
    range: {
      start: lines.offset({ line: at.startLine - 1, character: at.startColumn - 1 }),
      end: lines.offset({ line: at.endLine - 1, character: at.endColumn - 1 }),
    },
    newText: insertedContent?.text ?? '',
  }));
  expect(applyEdits(text, edits)).toBe(text.replace('"Never"', '"Always"'));
});

test('only safe fixes are offered, since whoever applies them does not ask', () => {
  const shown = reportOf(everything, rules).flatMap(({ findings }) => findings);
  const safe = shown.filter(({ fixes }) => fixes.some((fix) => fix.class === 'safe')).length;
  expect(safe).toBeGreaterThan(0);
  expect(shown.filter(({ fixes }) => fixes.length > 0).length).toBeGreaterThan(safe);
  expect(parse(write(everything)).results.filter(({ fixes }) => fixes !== undefined).length).toBe(safe);
});

test('the same files give the same log, whatever else there is', () => {
  expect(write(everything)).toBe(write(everything));
});
