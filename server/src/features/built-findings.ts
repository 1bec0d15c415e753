import { withRendered } from '../../../core/src/lint/carried.ts';
import type { Finding } from '../../../core/src/lint/findings.ts';
import { foreignReader } from '../../../core/src/lint/foreign-suppressions.ts';
import type { RenderedFindings } from '../../../core/src/lint/rendered.ts';
import { rules } from '../../../core/src/rules/registry.ts';
import type { SourceFile } from '../../../core/src/workspace/project.ts';
import type { Folder } from '../folder.ts';
import type { Session } from '../session.ts';

/** What a build gave, under the configuration that it was judged by. */
export interface BuildResult {
  readonly folder: Folder;
  /** By the file that they are told in. */
  readonly findings: ReadonlyMap<string, RenderedFindings>;
}

/** Results of the latest builds by the address of what was built; a session's findings hold theirs. */
export interface BuiltFindings {
  get(uri: string): BuildResult | undefined;
  set(uri: string, result: BuildResult): void;
  /** Forgets all but these; tells whether there was anything to forget. */
  keep(uris: ReadonlySet<string>): boolean;
}

/** What was merged for a file, and from what: while that is the same, so is the array that nobody looks at twice. */
interface Merged {
  readonly file: SourceFile;
  readonly own: readonly Finding[];
  readonly rendered: readonly RenderedFindings[];
  readonly all: readonly Finding[];
}

/** Adds what is found in builds to the findings of a session. */
export function builtFindings(session: Session): BuiltFindings {
  const foreign = foreignReader(rules);
  const results = new Map<string, BuildResult>();
  const merged = new Map<string, Merged>();
  let byFile = new Map<string, RenderedFindings[]>();

  /** In the order of addresses, so that nothing depends on which program was faster. */
  const sortByFile = (): void => {
    byFile = new Map();
    merged.clear();
    for (const [, { findings }] of [...results].sort(([a], [b]) => (a < b ? -1 : 1)))
      for (const [uri, each] of findings) {
        if (each.findings.length === 0 && each.silenced.size === 0) continue;
        const list = byFile.get(uri);
        if (list) list.push(each);
        else byFile.set(uri, [each]);
      }
  };

  session.withBuilt = (uri, own) => {
    const rendered = byFile.get(uri);
    const file = session.project.files.get(uri);
    if (!rendered || !file) return own;
    const known = merged.get(uri);
    if (known?.file === file && known.own === own && known.rendered === rendered) return known.all;
    const all = withRendered(file, own, rendered, foreign);
    merged.set(uri, { file, own, rendered, all });
    return all;
  };

  return {
    get: (uri) => results.get(uri),
    set(uri, result) {
      results.set(uri, result);
      sortByFile();
    },
    keep(uris) {
      const gone = [...results.keys()].filter((uri) => !uris.has(uri));
      for (const uri of gone) results.delete(uri);
      if (gone.length > 0) sortByFile();
      return gone.length > 0;
    },
  };
}
