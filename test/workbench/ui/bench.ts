/** What the tests of the user interface share: a workbench on a copy of the workspace, and words for what one does in it. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { root } from '../bundle.ts';
import { launchBrowser, openWorkbench, watchForeignRequests } from '../harness/browser.ts';
import { type ServerOptions, startServer } from '../harness/server.ts';

/** One workbench with the extension in it. */
export interface Bench {
  readonly page: Page;
  /** Absolute path of the workspace, a copy. */
  readonly folder: string;
  /** Addresses outside the workbench that were asked for. */
  readonly foreign: readonly string[];
  /** Text of a file of the workspace as it is on disk. */
  readonly saved: (file: string) => string;
  /** Writes `test-results/screenshots/<name>.png`. */
  readonly shot: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface BenchOptions extends ServerOptions {
  /** File of the workspace to open at once. */
  readonly file?: string;
}

/** Folder of the pictures. */
export const screenshots = path.join(root, 'test-results/screenshots');

/** Opens a workbench; `close` takes it away with all it started. */
export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  // Its name becomes the title of the workspace, so that screenshots are the same everywhere.
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), 'selfheal-ui-'));
  const folder = path.join(parent, 'shop');
  fs.cpSync(path.join(import.meta.dirname, '../workspace'), folder, { recursive: true });
  fs.mkdirSync(screenshots, { recursive: true });
  const server = await startServer(options);
  const browser = await launchBrowser();
  const { page } = browser;
  page.setDefaultTimeout(20_000);
  const foreign = watchForeignRequests(browser.context, server.host);
  await openWorkbench(page, server, {
    folder,
    // Either this checkout's extension or a packaged one.
    ...(options.vsix === undefined ? { extension: root } : {}),
    ...(options.file === undefined ? {} : { file: path.join(folder, options.file) }),
  });
  const shot = async (name: string): Promise<void> => {
    await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  };
  const close = async (): Promise<void> => {
    await browser.close();
    await server.stop();
    fs.rmSync(parent, { recursive: true, force: true });
  };
  return { page, folder, foreign, saved: (file) => fs.readFileSync(path.join(folder, file), 'utf8'), shot, close };
}

/** The line of the editor that holds this text. */
export const lineWith = (page: Page, text: string): Locator =>
  page.locator('.monaco-editor .view-line').filter({ hasText: text });

/** Opens the command palette on this text. Keys are lost while the focus moves between frames: it tries again. */
export async function openPalette(page: Page, text: string): Promise<void> {
  const input = page.locator('.quick-input-widget input');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await page.keyboard.press('F1');
      await input.fill(text, { timeout: 2000 });
      return;
    } catch (error) {
      if (attempt === 5) throw error;
      await page.locator('.part.titlebar').click({ position: { x: 300, y: 10 } });
    }
  }
}

/** Runs a command by its title, through the command palette. */
export async function runCommand(page: Page, title: string): Promise<void> {
  await openPalette(page, `>${title}`);
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first().click();
}

/** Texts of all notifications so far; while a test drives the workbench they pile up in a list and never pop up. */
export async function notifications(page: Page): Promise<readonly string[]> {
  await runCommand(page, 'Notifications: Show Notifications');
  const list = page.locator('.notifications-center');
  await list.waitFor();
  const texts = await list.locator('.notification-list-item-message').allTextContents();
  await list.getByRole('button', { name: /^Hide Notifications/ }).click();
  // The page also reports those of its own extensions that this server does not have.
  return texts.filter((text) => !text.startsWith("Activating extension 'vscode."));
}

/** Shows the list of notifications once one with this text is in it, and gives that one. */
export async function notice(page: Page, text: string): Promise<Locator> {
  await page.locator('.part.statusbar [id="status.notifications"] .codicon-bell-dot').waitFor();
  await runCommand(page, 'Notifications: Show Notifications');
  const found = page.locator('.notifications-center .notification-list-item').filter({ hasText: text });
  await found.waitFor();
  return found;
}

/** Opens a file by its name. */
export async function openFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Control+p');
  await page.locator('.quick-input-widget input').fill(name);
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first().click();
  await page.locator('.tab.active').filter({ hasText: name }).waitFor();
}

/** Saves the active editor, the only one with changes, and waits until it is on disk. */
export async function save(page: Page): Promise<void> {
  await page.keyboard.press('Control+s');
  await page.locator('.tab.dirty').waitFor({ state: 'detached' });
}

/** The document of the extension's webview: VS Code puts it into a frame within a frame. */
export const webview = (page: Page): FrameLocator =>
  page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
