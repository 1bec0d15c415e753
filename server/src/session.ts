import { fileURLToPath } from 'node:url';
import { compareFindings } from '../../core/src/lint/findings.ts';
import type { Finding, Templates } from '../../core/src/lint/findings.ts';
import type { LintStatus } from '../../core/src/protocol.ts';
import type { LintSettings } from '../../core/src/settings.ts';
import { lineIndex } from '../../core/src/text/text.ts';
import type { LineIndex } from '../../core/src/text/text.ts';
import { fileLines } from '../../core/src/workspace/file-lines.ts';
import type { SourceFile } from '../../core/src/workspace/project.ts';
import { Project, readFile } from '../../core/src/workspace/project.ts';
import { canonical, findYaml, readText } from './files.ts';
import type { Folder } from './folder.ts';
import { activeRules, openFolder } from './folder.ts';

/** What changed: the text of an open document, or anything else that findings depend on. */
export type Change = 'document' | 'workspace';

/** What is told to the log. */
export type Log = (level: 'error' | 'warn' | 'info' | 'debug', message: string) => void;

/**
 * The only mutable state of the server: which texts there are, the current project, and the settings per folder.
 * Everything else is computed from a project.
 */
export class Session {
  project: Project = Project.empty;
  templates: Templates;
  folders: readonly Folder[] = [];
  /** Whether all files of the workspace have been read: until then nothing is said that depends on other files. */
  scanned = false;
  private readonly open = new Map<string, string>();
  private readonly indexes = new WeakMap<object, LineIndex>();
  private readonly outside: Folder;
  private readonly log: Log;
  private readonly changed: (what: Change) => void;
  private settings: ReadonlyMap<string, LintSettings> = new Map();
  /** Adds to a file's own findings those of what is built from it. */
  withBuilt: (uri: string, own: readonly Finding[]) => readonly Finding[] = (_, own) => own;
  /** Counts changes of anything findings depend on. */
  version = 0;

  /** Address of a rule's page, which comes with the product. */
  readonly pageOf: (rule: string) => string | undefined;

  constructor(host: Pick<Session, 'templates' | 'pageOf'>, log: Log, changed: (what: Change) => void) {
    this.templates = host.templates;
    this.pageOf = host.pageOf;
    this.log = log;
    this.changed = changed;
    this.outside = this.folderFrom('', undefined, {});
  }

  private folderFrom(uri: string, configText: string | undefined, settings: LintSettings): Folder {
    const told = new Set<string>();
    return openFolder(uri, configText, settings, (rule, file, error) => {
      if (told.has(rule)) return;
      told.add(rule);
      this.log(
        'error',
        `Rule ${rule} failed on ${file} and was skipped: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    });
  }

  /** Says that findings may have changed. */
  touch(what: Change): void {
    this.version++;
    this.changed(what);
  }

  /** Text of an open document, at each change. */
  update(uri: string, text: string): void {
    const key = canonical(uri);
    this.open.set(key, text);
    this.project = this.project.with(key, text);
    const folder = this.folders.find(({ configUri }) => configUri === key);
    if (folder) this.replaceFolder(folder, text);
    this.touch(folder ? 'workspace' : 'document');
  }

  /** A document was closed: what is on disk counts again. */
  async close(uri: string): Promise<void> {
    this.open.delete(canonical(uri));
    await this.reread(uri);
  }

  /** A file changed on disk. */
  async reread(uri: string): Promise<void> {
    const key = canonical(uri);
    if (this.open.has(key)) return;
    const text = await readText(key);
    if (this.open.has(key)) return;
    const isOurs = this.folderOf(key).uri !== '';
    this.project = text === undefined || !isOurs ? this.project.without(key) : this.project.with(key, text);
    const folder = this.folders.find(({ configUri }) => configUri === key);
    if (folder) this.replaceFolder(folder, text);
    this.touch('workspace');
  }

  /** Sets the workspace folders and their settings, and reads what is in them. */
  async setFolders(uris: readonly string[], settings: ReadonlyMap<string, LintSettings>): Promise<void> {
    const folders = await Promise.all(
      uris.map(async (uri) => {
        const key = canonical(uri).replace(/\/$/, '');
        const config = this.open.get(`${key}/selfheal.yaml`) ?? (await readText(`${key}/selfheal.yaml`));
        return this.folderFrom(key, config, settings.get(uri) ?? {});
      }),
    );
    this.settings = new Map(uris.map((uri) => [canonical(uri).replace(/\/$/, ''), settings.get(uri) ?? {}]));
    this.setFolderList(folders.sort((a, b) => b.uri.length - a.uri.length));
    await this.scan();
  }

  /** New settings of the folders; files are not read again. */
  setSettings(settings: ReadonlyMap<string, LintSettings>): void {
    this.settings = new Map([...settings].map(([uri, value]) => [canonical(uri).replace(/\/$/, ''), value]));
    this.setFolderList(
      this.folders.map((folder) => this.folderFrom(folder.uri, folder.configText, this.settings.get(folder.uri) ?? {})),
    );
    this.touch('workspace');
  }

  private replaceFolder(folder: Folder, configText: string | undefined): void {
    const next = this.folderFrom(folder.uri, configText, this.settings.get(folder.uri) ?? {});
    this.setFolderList(this.folders.map((other) => (other === folder ? next : other)));
  }

  /** What configurations declare to make pods decides how objects are read. */
  private setFolderList(folders: readonly Folder[]): void {
    this.folders = folders;
    this.project = this.project.declaring((uri) => folderAmong(folders, this.outside, uri).configuration.podTemplates);
  }

  /** Reads the workspace file by file; each read yields to whatever the editor asks meanwhile. */
  private async scan(): Promise<void> {
    this.scanned = false;
    const listed = await Promise.all(this.folders.map(({ uri }) => findYaml(uri).catch(() => [])));
    const wanted = new Set(listed.flat());
    for (const uri of this.project.files.keys()) {
      if (!wanted.has(uri) && !this.open.has(uri)) this.project = this.project.without(uri);
    }
    let batch: SourceFile[] = [];
    const flush = (): void => {
      this.project = this.project.withFiles(batch.filter(({ uri }) => !this.open.has(uri)));
      batch = [];
    };
    for (const uri of wanted) {
      if (this.open.has(uri)) continue;
      const text = await readText(uri);
      if (text !== undefined) batch.push(readFile(uri, text, this.project.files.get(uri)));
      if (batch.length >= 50) flush();
    }
    flush();
    this.scanned = true;
    this.touch('workspace');
  }

  /** What the linter does, for the editor's status: of the first folder, or of no folder at all. */
  status(): LintStatus {
    const folder = this.folders[0] ?? this.outside;
    const { major, minor } = folder.configuration.kubernetes;
    const configuration = folder.configText === undefined ? {} : { configuration: fileURLToPath(folder.configUri) };
    return {
      rules: folder.enabled ? activeRules(folder.configuration) : 0,
      kubernetes: `${major}.${minor}`,
      ...configuration,
    };
  }

  folderOf(uri: string): Folder {
    return folderAmong(this.folders, this.outside, uri);
  }

  /** Text of a file of the project: documents lie behind one another without gaps. */
  textOf(uri: string): string | undefined {
    return this.project.files
      .get(uri)
      ?.documents.map(({ manifest }) => manifest.text)
      .join('');
  }

  /** Line index of a file as the project has it. */
  indexOf(uri: string): LineIndex {
    const file = this.project.files.get(uri);
    if (!file) return lineIndex('');
    let index = this.indexes.get(file);
    if (!index) this.indexes.set(file, (index = fileLines(file)));
    return index;
  }

  /** Findings of a file under its folder's configuration; those of selfheal.yaml are about itself. */
  findings(uri: string): readonly Finding[] {
    return this.withBuilt(uri, this.ownFindings(uri));
  }

  /** Findings of a file as it is written. */
  ownFindings(uri: string): readonly Finding[] {
    const folder = this.folderOf(uri);
    if (!folder.enabled) return [];
    if (uri === folder.configUri) return this.configurationFindings(folder);
    return folder.linter.lint(this.project, uri, this.scanned ? 'unit' : 'document');
  }

  private configurationFindings({ configUri, problems }: Folder): readonly Finding[] {
    const document = this.project.files.get(configUri)?.documents[0];
    if (!document) return [];
    return problems
      .map(({ message, range, data }): Finding => ({
        rule: 'configuration',
        message,
        data,
        severity: message === 'syntax' ? 'error' : 'warning',
        document,
        range,
        related: [],
        fixes: [],
      }))
      .sort(compareFindings);
  }
}

/** The innermost folder that holds a file. */
const folderAmong = (folders: readonly Folder[], outside: Folder, uri: string): Folder =>
  folders.find((folder) => uri.startsWith(`${folder.uri}/`)) ?? outside;
