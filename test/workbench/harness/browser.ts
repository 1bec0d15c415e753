/** The browser that shows the workbench, driven by playwright. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, type Page, chromium } from 'playwright-core';
import { atExit } from './processes.ts';
import { type PageOptions, type WorkbenchServer, pageAddress } from './server.ts';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

/** Path of an installed Chromium, that of CHROMIUM_PATH first; undefined where there is none. */
export function findBrowser(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named) return fs.existsSync(named) ? named : undefined;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return programs
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find((file) => fs.existsSync(file));
}

/** A browser with one empty page and a profile of its own. */
export interface WorkbenchBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly close: () => Promise<void>;
}

/** Launches it headless, with nothing it would do in the background. */
export async function launchBrowser(): Promise<WorkbenchBrowser> {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('no Chromium: install one or name it in CHROMIUM_PATH');
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'selfheal-chromium-'));
  const clean = (): void => fs.rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  const forget = atExit(clean);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: { width: 1280, height: 800 },
    // The sandbox does not start for root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async (): Promise<void> => {
    await context.close();
    clean();
    forget();
  };
  return { context, page, close };
}

/** Addresses of requests that leave the server under test; the list grows as they happen. */
export function watchForeignRequests(context: BrowserContext, host: string): readonly string[] {
  const foreign: string[] = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    // Resources of webviews have a public-looking address which a service worker answers.
    const virtual = url.host.endsWith('.vscode-resource.vscode-cdn.net');
    if (/^(https?|wss?):$/.test(url.protocol) && url.host !== host && !virtual) foreign.push(url.href);
  });
  return foreign;
}

/** Opens the workbench and waits until it takes keys: what is typed earlier is lost. */
export async function openWorkbench(page: Page, server: WorkbenchServer, options: PageOptions): Promise<void> {
  await page.goto(pageAddress(server, options), { waitUntil: 'commit' });
  await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
  await page.waitForFunction('globalThis.driver?.whenWorkbenchRestored', undefined, { timeout: 60_000 });
  await page.evaluate('globalThis.driver.whenWorkbenchRestored()');
}
