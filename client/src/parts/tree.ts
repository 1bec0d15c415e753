/** The tree in the side bar: rows of data become items of the editor. */
import * as vscode from 'vscode';
import { healthRows } from './health-rows.ts';
import type { Row, Tooltip } from './tree-row.ts';
import type { Parts } from './parts.ts';
import { needsWords } from './status.ts';
import type { TreeShell } from './tree-shell.ts';

/** Redraws at most this often, in milliseconds, while the connection stays what it is. */
const redrawEvery = 250;

const frozen: ReadonlySet<string> = new Set([
  'disconnected',
  'stale',
  'forbidden',
  'unauthorised',
  'unreachable',
  'failed',
  'recording',
]);

/** Fills the view and keeps it up to date; its elements are the rows' ids. */
export function attachTree(shell: TreeShell, parts: Parts): vscode.Disposable {
  const changed = new vscode.EventEmitter<string | undefined>();
  let top: readonly Row[] = [];
  let rows: ReadonlyMap<string, Row> = new Map();
  let pending: NodeJS.Timeout | undefined;
  let timer: NodeJS.Timeout | undefined;
  let drawnAt = -redrawEvery;
  let drawnOf = '';

  const compute = (): void => {
    const view = parts.health.view();
    const stale = view !== undefined && frozen.has(view.connection.state);
    const clock = (view?.now ?? 0) + parts.health.age();
    const seen = view?.connection.kinds.flatMap((kind) => kind.seenAt ?? []) ?? [];
    const now = stale ? Math.max(...(seen.length > 0 ? seen : [view.now])) : clock;
    const { say, units } = parts.texts;
    top = healthRows(view, { t: vscode.l10n.t, say, units: units(), now, clock, stale });
    rows = index(top);
  };
  const redraw = (): void => {
    clearTimeout(pending);
    pending = undefined;
    drawnAt = performance.now();
    drawnOf = connectionOf(parts);
    compute();
    changed.fire(undefined);
    decorate(shell.view, parts);
    runTimer();
  };
  const schedule = (): void => {
    // Another cluster or another state of it is shown at once, as in the dashboard; the rest only so often.
    const wait = drawnOf === connectionOf(parts) ? drawnAt + redrawEvery - performance.now() : 0;
    if (wait <= 0) redraw();
    else pending ??= setTimeout(redraw, wait);
  };
  const tick = (): void => {
    compute();
    for (const row of rows.values()) if (row.runs === true) changed.fire(row.id);
  };
  /** Timers run only while somebody can see them. */
  const runTimer = (): void => {
    const wanted = shell.view.visible && [...rows.values()].some((row) => row.runs === true);
    if (wanted) timer ??= setInterval(tick, 1000);
    else {
      clearInterval(timer);
      timer = undefined;
    }
  };
  const listeners = [
    parts.health.onUpdate(schedule),
    parts.texts.onChange(schedule),
    shell.view.onDidChangeVisibility(runTimer),
  ];
  shell.attach({
    onDidChangeTreeData: changed.event,
    getChildren: (id) => (id === undefined ? top : (rows.get(id)?.children ?? [])).map((row) => row.id),
    getTreeItem: (id) => itemOf(rows.get(id)),
  });
  return new vscode.Disposable(() => {
    clearTimeout(pending);
    clearInterval(timer);
    vscode.Disposable.from(...listeners, changed).dispose();
  });
}

/** Which cluster is shown, and in which state. */
function connectionOf({ health }: Parts): string {
  const connection = health.view()?.connection;
  return JSON.stringify([connection?.state, connection?.context, connection?.server]);
}

function index(top: readonly Row[]): ReadonlyMap<string, Row> {
  const found = new Map<string, Row>();
  const add = (row: Row): void => {
    found.set(row.id, row);
    for (const child of row.children ?? []) add(child);
  };
  for (const row of top) add(row);
  return found;
}

/** Badge and subtitle of the view. */
function decorate(view: vscode.TreeView<string>, parts: Parts): void {
  const health = parts.health.view();
  const needs = health?.totals.needsHuman ?? 0;
  view.badge = needs === 0 ? undefined : { value: needs, tooltip: needsWords(needs) };
  view.description = health?.connection.state === 'disconnected' ? '' : (health?.connection.context ?? '');
}

/** A row as the editor wants it. */
function itemOf(row: Row | undefined): vscode.TreeItem {
  if (row === undefined) return new vscode.TreeItem('');
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(
    row.label,
    row.children === undefined ? None : row.open === true ? Expanded : Collapsed,
  );
  item.id = row.id;
  item.accessibilityInformation = { label: row.spoken };
  if (row.description !== undefined) item.description = row.description;
  if (row.context !== undefined) item.contextValue = row.context;
  if (row.tooltip !== undefined) item.tooltip = markdownOf(row.tooltip);
  if (row.icon !== undefined) {
    item.iconPath = new vscode.ThemeIcon(
      row.icon,
      row.color === undefined ? undefined : new vscode.ThemeColor(row.color),
    );
  }
  if (row.command !== undefined) {
    item.command = { command: row.command.id, title: row.command.title, arguments: [...row.command.args] };
  }
  return item;
}

/** Texts of the cluster are escaped: nothing in them becomes a link or an image. */
function markdownOf(tooltip: Tooltip): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendMarkdown('**').appendText(tooltip.title).appendMarkdown('**');
  for (const line of tooltip.lines) markdown.appendMarkdown('\n\n').appendText(line);
  for (const { field, value } of tooltip.evidence ?? []) {
    markdown.appendMarkdown('\n\n').appendText(field).appendCodeblock(value, 'text');
  }
  return markdown;
}
