import type { Finding } from '../lint/findings.ts';
import type { MapNode, Node } from '../yaml/node.ts';
import type { Range } from '../text/text.ts';

/**
 * Where a finding stands in its document, as `spec.template.spec.containers[web].image`. Items of a list are called by
 * their name where they have one, so that another item before them does not change the answer.
 */
export function placeOf(root: Node | undefined, range: Range): string {
  const steps: string[] = [];
  for (let node = root; node;) node = stepInto(node, range.start, steps);
  return steps.join('').replace(/^\./, '');
}

function stepInto(node: Node, offset: number, steps: string[]): Node | undefined {
  if (node.kind === 'map') {
    for (const { key, keyStart, keyEnd, value, shared } of node.pairs) {
      const onKey = keyStart <= offset && offset < keyEnd;
      if (!onKey && (shared || offset < value.start || offset >= value.end)) continue;
      steps.push(/^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);
      return onKey ? undefined : value;
    }
  } else if (node.kind === 'seq') {
    for (const [index, item] of node.items.entries()) {
      if (node.shared.has(index) || offset < item.start || offset >= item.end) continue;
      steps.push(`[${(item.kind === 'map' && nameOf(item)) || index}]`);
      return item;
    }
  }
  return undefined;
}

function nameOf(item: MapNode): string | undefined {
  const named = item.pairs.find(({ key }) => key === 'name' || key === 'metadata')?.value;
  if (named?.kind === 'map') return nameOf(named);
  return named?.kind === 'scalar' ? named.source : undefined;
}

/**
 * Identity of a finding that survives edits elsewhere: rule, message, object and place in the document, never a line.
 * A finding whose object has no name that can be read is told apart by its file.
 * @param path path of the file in the report
 */
export function fingerprint({ rule, message, subject, document, range }: Finding, path: string): string {
  const object =
    subject?.name === undefined
      ? ['file', path, subject?.kind ?? '']
      : [subject.kind, subject.namespace ?? '', subject.name];
  return hash(JSON.stringify([rule, message, object, placeOf(document.manifest.root, range)]));
}

/** FNV-1a with 64 bits, in hexadecimal: enough to tell findings apart, and the same on every machine. */
function hash(text: string): string {
  let state = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++)
    state = BigInt.asUintN(64, (state ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return state.toString(16).padStart(16, '0');
}
