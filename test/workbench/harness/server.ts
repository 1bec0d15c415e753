/** Runs the VS Code server on a free loopback port, with settings and data of its own. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { atExit, spawnGroup } from './processes.ts';
import { ensureRuntime } from './runtime.ts';

/** A running server. */
export interface WorkbenchServer {
  /** `127.0.0.1:port` */
  readonly host: string;
  readonly origin: string;
  readonly pid: number;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

export interface ServerOptions {
  /** User settings on top of the quiet ones below. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** With trust the workbench asks before it trusts a folder, as it does for everybody; without, all is trusted. */
  readonly trust?: boolean;
  /** Path of a packaged extension to install beforehand. */
  readonly vsix?: string;
  /** Folders of unpacked extensions to load beside the built-in ones. */
  readonly beside?: readonly string[];
  /** Load every built-in extension, as for a person. */
  readonly allBuiltins?: boolean;
  /**
   * Whether the workbench knows that it is driven by a test (default): it then takes an extension under development
   * and tells when it is restored, but it shows no notification unless asked for the list of them.
   */
  readonly driven?: boolean;
}

/** Nothing that moves, asks or fetches by itself: a test sees only what it caused. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.localHistory.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'window.commandCenter': false,
  'files.autoSave': 'off',
  // Else it offers to open the ports that programs of this machine listen on.
  'remote.autoForwardPorts': false,
  'remote.restoreForwardedPorts': false,
  'files.simpleDialog.enable': true,
};

/**
 * Of about ninety built-in extensions: those that editing YAML takes, and those that the page wants in any case and
 * reports as missing otherwise. Fewer start faster.
 */
const few = [
  'yaml',
  'json',
  'configuration-editing',
  'theme-defaults',
  'theme-seti',
  'json-language-features',
  'merge-conflict',
  'emmet',
  'npm',
  'extension-editing',
  'git-base',
  'github-authentication',
];

/** A folder with links to all extensions that are to be loaded besides installed ones. */
function linkExtensions(standard: string, dataFolder: string, options: ServerOptions): string {
  const folder = path.join(dataFolder, 'builtin');
  fs.mkdirSync(folder);
  const names = options.allBuiltins ? fs.readdirSync(standard) : few;
  const all = [...names.map((name) => path.join(standard, name)), ...(options.beside ?? [])];
  for (const each of all) fs.symlinkSync(path.resolve(each), path.join(folder, path.basename(each)));
  return folder;
}

/** Starts a server in a new empty data folder, which `stop` deletes. */
export async function startServer(options: ServerOptions = {}): Promise<WorkbenchServer> {
  const runtime = await ensureRuntime();
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'selfheal-wb-'));
  const clean = (): void => fs.rmSync(dataFolder, { recursive: true, force: true, maxRetries: 3 });
  const forget = atExit(clean);
  const settings = {
    ...quietSettings,
    'security.workspace.trust.enabled': options.trust === true,
    ...options.settings,
  };
  const user = path.join(dataFolder, 'data/User');
  fs.mkdirSync(user, { recursive: true });
  fs.writeFileSync(path.join(user, 'settings.json'), JSON.stringify(settings, null, 2));
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(VSCODE_(?!TEST_)|ELECTRON_|npm_|NODE_)/.test(key),
  );
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(inherited),
    // An empty gallery: no marketplace is asked. Sockets lie in the data folder instead of littering the temp folder.
    EXTENSIONS_GALLERY: '{}',
    XDG_RUNTIME_DIR: dataFolder,
    // A test must never reach the cluster of whoever runs it.
    KUBECONFIG: path.join(dataFolder, 'no-kubeconfig'),
    ...options.env,
  };
  const base = ['--server-data-dir', dataFolder, '--accept-server-license-terms'];
  const quiet = ['--disable-telemetry', '--telemetry-level', 'off', '--disable-update-check'];
  if (options.vsix) {
    const install = spawnGroup(runtime.node, [runtime.serverMain, ...base, '--install-extension', options.vsix], {
      env,
    });
    await install.printed(/successfully installed/, 60);
    await install.stop();
  }
  const address = ['--host', '127.0.0.1', '--port', '0', '--without-connection-token'];
  const server = spawnGroup(
    runtime.node,
    [
      runtime.serverMain,
      ...base,
      ...address,
      ...quiet,
      ...(options.driven === false ? [] : ['--enable-smoke-test-driver']),
      ...(options.trust ? [] : ['--disable-workspace-trust']),
      '--builtin-extensions-dir',
      linkExtensions(runtime.extensions, dataFolder, options),
    ],
    { env },
  );
  const match = await server.printed(/Extension host agent listening on (\d+)/, 60);
  const host = `127.0.0.1:${match[1]}`;
  const stop = async (): Promise<void> => {
    await server.stop();
    clean();
    forget();
  };
  return { host, origin: `http://${host}`, pid: server.pid, log: server.log, stop };
}

/** What one workbench page shows. */
export interface PageOptions {
  /** Absolute path of the folder to open. */
  readonly folder: string;
  /** Absolute path of the extension under development; the workbench takes one. */
  readonly extension?: string;
  /** Absolute path of the bundle that exports `run()`. */
  readonly tests?: string;
  /** Absolute path of a file to show at once. */
  readonly file?: string;
}

/** Address of a workbench page on this server. */
export function pageAddress(server: Pick<WorkbenchServer, 'host' | 'origin'>, options: PageOptions): string {
  const remote = (file: string): string => `vscode-remote://${server.host}${encodeURI(path.resolve(file))}`;
  const payload: [string, string][] = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  if (options.extension) payload.push(['extensionDevelopmentPath', remote(options.extension)]);
  if (options.tests) payload.push(['extensionTestsPath', remote(options.tests)]);
  if (options.file) payload.push(['openFile', remote(options.file)]);
  const url = new URL(server.origin);
  url.searchParams.set('folder', path.resolve(options.folder));
  url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}
