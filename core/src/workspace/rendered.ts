import { splitDocuments } from '../yaml/split.ts';
import { Value } from '../yaml/value.ts';
import { readManifest } from './manifest.ts';
import type { Resource } from './manifest.ts';
import type { Located, Project, SourceFile } from './project.ts';

/** A chart or kustomization that a tool can build. */
export interface Buildable {
  readonly type: 'chart' | 'kustomization';
  /** Address of its folder. */
  readonly dir: string;
  /** Address of its file. */
  readonly uri: string;
  /** Whether building it would fetch what it names from elsewhere. */
  readonly remote: boolean;
}

/** What a tool can build in a project: charts that are part of no other, and kustomizations that no other builds on. */
export function buildables(project: Project): Buildable[] {
  const rootOf = (uri: string): Value => Value.root(project.files.get(uri)?.documents[0]?.manifest.root);
  const charts = [...project.files.keys()].filter((uri) => uri.endsWith('/Chart.yaml'));
  const dirs = new Set(charts.map(folderOf));
  const inner = (dir: string): boolean => {
    const outer = /^(.*)\/charts\/[^/]+$/.exec(dir)?.[1];
    return outer !== undefined && dirs.has(outer);
  };
  const found = charts
    .filter((uri) => !inner(folderOf(uri)) && rootOf(uri).at('type').text() !== 'library')
    .map((uri): Buildable => ({ type: 'chart', dir: folderOf(uri), uri, remote: false }));
  const units = new Set([...project.files.keys()].map((uri) => project.units.of(uri).id));
  const built = [...units].flatMap((unit) =>
    project.units
      .builds(unit)
      .filter(({ uri }) => rootOf(uri).at('kind').text() !== 'Component')
      .map(({ dir, uri }): Buildable => {
        const remote = project.units.made(unit).some((made) => made.remote);
        return { type: 'kustomization', dir, uri, remote };
      }),
  );
  return [...found, ...built];
}

/** What has to be built again when files change: charts that hold them, kustomizations that hold or list them. */
export function buildablesOf(project: Project, uris: readonly string[]): Buildable[] {
  const homes = new Set(uris.flatMap((uri) => project.units.homes(uri)));
  const holds = (folder: string): boolean => uris.some((uri) => uri.startsWith(`${folder}/`));
  return buildables(project).filter(({ type, dir }) =>
    type === 'chart' ? holds(dir) : kustomizationsOf(project, dir).some((each) => homes.has(each) || holds(each)),
  );
}

/** Folders of the kustomizations that one builds on, and its own. */
function kustomizationsOf(project: Project, dir: string): readonly string[] {
  const build = project.units.builds(project.units.of(`${dir}/kustomization.yaml`).id).find((each) => each.dir === dir);
  return [...(build?.namespaces.keys() ?? [])];
}

/** One object of what a tool built. */
export interface RenderedObject {
  readonly text: string;
  /** File that it comes from. */
  readonly uri: string;
  /** The object as it is written there, where it can be told. */
  readonly source: Located | undefined;
}

/**
 * The objects of a tool's output, one after another, each with where it comes from; what comes from files that are not
 * here is left out.
 */
export function* renderedObjects(
  { type, dir, uri }: Buildable,
  output: string,
  project: Project,
): Generator<RenderedObject> {
  const ofFile = new Map<SourceFile, Sources>();
  const all = type === 'chart' ? undefined : new Sources(builtFrom(project, dir));
  const sourcesOf = (uri: string): Sources | undefined => {
    const file = project.files.get(uri);
    let sources = file && ofFile.get(file);
    if (file && !sources) ofFile.set(file, (sources = new Sources([file])));
    return sources;
  };
  for (const { start, end } of splitDocuments(output)) {
    const text = output.slice(start, end);
    const [resource] = readManifest(text).resources;
    if (!resource) continue;
    const from = type === 'chart' ? templateOf(text, dir) : undefined;
    const sources = from === undefined ? all : sourcesOf(from);
    if (type === 'chart' && !sources) continue;
    const source = sources?.take(resource);
    yield { text, uri: source?.file.uri ?? from ?? uri, source };
  }
}

/** File that Helm names above what it made of it: `# Source: chart/templates/web.yaml`, beginning with the chart's name. */
function templateOf(text: string, dir: string): string | undefined {
  const path = /^# Source: [^/\s]+\/(.+?)\s*$/m.exec(text)?.[1];
  return path === undefined ? undefined : `${dir}/${path}`;
}

/** Files of the objects that a kustomization builds. */
function builtFrom(project: Project, dir: string): SourceFile[] {
  const folders = new Set(kustomizationsOf(project, dir));
  return [...project.files.values()].filter(
    ({ uri }) => !project.units.isPatch(uri) && project.units.homes(uri).some((home) => folders.has(home)),
  );
}

/** Objects of files that nothing built was found to come from yet, by kind. */
class Sources {
  private readonly kinds = new Map<string, { readonly named: Map<string, Located[]>; readonly unnamed: Located[] }>();

  constructor(files: readonly SourceFile[]) {
    for (const file of files)
      for (const document of file.documents)
        for (const resource of document.manifest.resources) this.add({ resource, document, file });
  }

  private add(located: Located): void {
    const { groupKind, name } = located.resource;
    let kind = this.kinds.get(groupKind);
    if (!kind) this.kinds.set(groupKind, (kind = { named: new Map(), unnamed: [] }));
    if (name === undefined) kind.unnamed.push(located);
    else if (!kind.named.get(name)?.push(located)) kind.named.set(name, [located]);
  }

  /** Takes the object whose name is the same, else is template text, else is part of the name; the first of each. */
  take({ groupKind, name = '' }: Resource): Located | undefined {
    const kind = this.kinds.get(groupKind);
    if (!kind) return undefined;
    const { named, unnamed } = kind;
    return (
      named.get(name)?.shift() ??
      unnamed.shift() ??
      [...named].find(([written, left]) => left.length > 0 && name.includes(written))?.[1].shift()
    );
  }
}

const folderOf = (uri: string): string => uri.slice(0, uri.lastIndexOf('/'));
