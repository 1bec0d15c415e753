/** What the extension has loaded and started inside this extension host. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

/** Names of the extension's own bundles that this process has loaded. */
export function loadedBundles(extensionPath: string): readonly string[] {
  const { cache } = createRequire(path.join(extensionPath, 'package.json'));
  const dist = path.join(extensionPath, 'dist') + path.sep;
  const files = Object.keys(cache).filter((file) => file.startsWith(dist));
  return files.map((file) => path.relative(dist, file)).sort();
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function processesFromProc(): readonly Process[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = fs.readFileSync(`/proc/${name}/stat`, 'utf8');
        // The name of the program stands in parentheses and may itself hold any character.
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent, command }];
      } catch {
        return []; // it ended while we looked
      }
    });
}

function processesFromPs(): readonly Process[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,command='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => !line.includes('ps -axo'));
  return lines.flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }] : [];
  });
}

/** VS Code's own search for open ports, every few seconds in a remote extension host. */
const portSearch = /^(?:\/bin\/sh -c )?(?:ls -l \/proc\/|ps -F -A -l|grep (?:socket: |\w+ $))/;

/** Command lines of all descendants of this process by pid; on Windows there is no cheap way to list them. */
export function startedProcesses(): ReadonlyMap<number, string> {
  const all = process.platform === 'linux' ? processesFromProc() : processesFromPs();
  const family = new Set([process.pid]);
  let size = 0;
  while (size !== family.size) {
    size = family.size;
    for (const each of all) if (family.has(each.parent)) family.add(each.pid);
  }
  const own = all.find((each) => each.pid === process.pid)?.command;
  const descendants = all.filter(
    ({ pid, command }) =>
      family.has(pid) &&
      pid !== process.pid &&
      // Without a command line it has ended; with ours it is about to become another program.
      command !== '' &&
      command !== own &&
      !portSearch.test(command),
  );
  return new Map(descendants.map((each) => [each.pid, each.command]));
}
