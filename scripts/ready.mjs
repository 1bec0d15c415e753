/**
 * Makes a bare clone able to run `npm start` and `npm test`: packages, and the programs of the system the tests need.
 *
 * usage: node scripts/ready.mjs [start|test]
 *
 * Plain JavaScript without dependencies, because it runs before anything is installed and on whatever Node the system
 * has. It changes nothing where everything is in place.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const purpose = process.argv[2] ?? 'test';
const say = (text) => console.log(`ready: ${text}`);

/** Absolute path of the first of these programs that is on the PATH. */
function which(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
      const file = path.join(folder, name);
      try {
        fs.accessSync(file, fs.constants.X_OK);
        if (fs.statSync(file).isFile()) return file;
      } catch {
        // not in this folder
      }
    }
  }
  return undefined;
}

const readJson = (file) => {
  try {
    return JSON.parse(fs.readFileSync(path.join(root, file), 'utf8'));
  } catch {
    return undefined;
  }
};

/**
 * Why the installed packages are not those of the lock file; undefined when they are.
 * npm writes `node_modules/.package-lock.json` last, so an installation that was interrupted does not pass.
 */
function staleness() {
  const wanted = readJson('package-lock.json')?.packages ?? {};
  const installed = readJson('node_modules/.package-lock.json')?.packages;
  if (!installed) return 'no packages are installed';
  for (const [name, entry] of Object.entries(wanted)) {
    // Optional packages are those of other platforms, as a rule: their absence is right.
    if (name === '' || entry.link || (!installed[name] && (entry.optional || entry.devOptional))) continue;
    if (installed[name]?.version !== entry.version) return `${name} is ${installed[name]?.version ?? 'missing'}`;
    if (installed[name].integrity !== entry.integrity) return `${name} has another checksum`;
  }
  for (const name of Object.keys(installed)) if (!wanted[name]) return `${name} is not in the lock file`;
  // The `node` package brings its program by an install script, which a cautious npm may have refused.
  return fs.existsSync(path.join(root, 'node_modules/node/bin/node'))
    ? undefined
    : 'the Node of the project is missing';
}

function installPackages() {
  const why = staleness();
  if (!why) return;
  say(`${why}: npm ci`);
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([key]) => !/^npm_(package|lifecycle|command|config_(local_prefix|prefix))/.test(key),
    ),
  );
  // `npm ci` deletes node_modules first; npm itself must not be running on the Node in there.
  const bin = path.join('node_modules', '.bin');
  env.PATH = (env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => !folder.endsWith(bin))
    .join(path.delimiter);
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  const still = staleness();
  if (still) throw new Error(`npm ci ended, yet ${still}`);
}

const hasDisplay = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) || process.platform !== 'linux';

/** Debian packages to install: a browser for the workbench tests, a compiler for two modules of the workbench. */
function missingPackages() {
  if (purpose === 'start' && which('code') && hasDisplay) return [];
  const missing = [];
  if (purpose === 'test' && !process.env.CHROMIUM_PATH && !which('chromium', 'chromium-browser', 'google-chrome')) {
    missing.push('chromium');
  }
  for (const [program, name] of [
    ['g++', 'g++'],
    ['make', 'make'],
    ['python3', 'python3'],
  ]) {
    if (!which(program)) missing.push(name);
  }
  return missing;
}

function installSystemPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (!which('apt-get') || process.getuid?.() !== 0) {
    // Not a failure here: without a browser the workbench tests say so themselves, without a compiler the log stays empty.
    say(`not installed: ${missing.join(', ')} (only root on Debian can do it from here)`);
    return;
  }
  say(`apt-get install ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => execFileSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    apt('update', '-qq');
    apt('install', '-y', '-qq', '--no-install-recommends', ...missing);
  } catch (error) {
    // Tests of the workbench then skip with a reason, or fail where they must not be skipped.
    say(`apt-get failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

try {
  installPackages();
  installSystemPackages();
} catch (error) {
  console.error(`ready: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
