/** Other ways to write the same objects: findings must not depend on how a manifest is written. */
import type { Document, Node as YamlNode, Scalar, YAMLSeq } from 'yaml';
import { isMap, isScalar, isSeq, parseAllDocuments, visit } from 'yaml';
import { resolvePlain } from '../../core/src/yaml/scalar.ts';

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/** Documents with every scalar as it is written; an empty one is written as null, which is the same. */
function parse(text: string): Document[] {
  const documents = parseAllDocuments(text, { schema: 'failsafe' }) as Document[];
  for (const document of documents) {
    if (document.errors.length > 0) throw document.errors[0];
    visit(document, {
      Scalar(_key, node) {
        if (node.value === '' && (node.type ?? 'PLAIN') === 'PLAIN') node.value = 'null';
      },
    });
  }
  return documents;
}

const write = (documents: readonly Document[], options: { indent?: number; indentSeq?: boolean } = {}): string =>
  documents.map((document) => `---\n${document.toString({ lineWidth: 0, ...options }).replace(/^---\n/, '')}`).join('');

/** What the API server would read. */
export function toPlain(node: unknown): Plain {
  if (isMap(node))
    return Object.fromEntries(node.items.map(({ key, value }) => [String((key as Scalar).value), toPlain(value)]));
  if (isSeq(node)) return node.items.map(toPlain);
  if (!isScalar(node)) return null;
  const text = typeof node.value === 'string' ? node.value : '';
  return (node.type ?? 'PLAIN') === 'PLAIN' ? resolvePlain(text) : text;
}

/** Objects of a text, as the API server would read them. */
export const objectsOf = (text: string): Plain[] =>
  parseAllDocuments(text, { schema: 'failsafe' }).map((document) => {
    const resolved = document.clone() as Document;
    visit(resolved, { Alias: (_key, alias) => (alias.resolve(resolved) as YamlNode).clone() as Scalar });
    return toPlain(resolved.contents);
  });

function edited(text: string, change: (document: Document) => void): Document[] {
  const documents = parse(text);
  for (const document of documents) change(document);
  return documents;
}

const setFlow = (flow: boolean) => (document: Document) =>
  visit(document, {
    Collection(_key, node) {
      if (flow || node.items.length > 0) node.flow = flow;
    },
  });

/** Quotes every text that is one; numbers and booleans would become texts and stay. */
const setQuotes = (type: 'QUOTE_DOUBLE' | 'QUOTE_SINGLE') => (document: Document) =>
  visit(document, {
    Scalar(key, node) {
      const text = String(node.value);
      if (key !== 'key' && (typeof resolvePlain(text) === 'string' || node.type?.startsWith('QUOTE'))) node.type = type;
    },
  });

const reverseKeys = (document: Document): unknown =>
  visit(document, {
    Map(_key, node) {
      node.items.reverse();
    },
  });

/** The second of two equal collections becomes an alias of the first. */
function addAnchors(document: Document): void {
  const seen = new Map<string, YamlNode>();
  visit(document, {
    Collection(_key, node) {
      const text = JSON.stringify(toPlain(node));
      const first = seen.get(text);
      if (!first) {
        seen.set(text, node);
        return undefined;
      }
      return document.createAlias(first as Scalar);
    },
  });
}

function wrapInList(text: string): string {
  const items = parse(text).map((document) => document.contents);
  const [list] = parse('apiVersion: v1\nkind: List\nitems: []\n');
  if (!list) throw new Error('no list');
  const sequence = list.get('items') as YAMLSeq;
  sequence.items = items;
  sequence.flow = false;
  return write([list]);
}

/** Each form of a text. Comments and empty lines may go; what the API server reads stays. */
export const forms: Readonly<Record<string, (text: string) => string>> = {
  'indented by four': (text) => write(parse(text), { indent: 4 }),
  'sequences at their key': (text) => write(edited(text, setFlow(false)), { indentSeq: false }),
  'keys reversed': (text) => write(edited(text, reverseKeys)),
  'double quotes': (text) => write(edited(text, setQuotes('QUOTE_DOUBLE'))),
  'single quotes': (text) => write(edited(text, setQuotes('QUOTE_SINGLE'))),
  'flow style': (text) => write(edited(text, setFlow(true))),
  'block style': (text) => write(edited(text, setFlow(false))),
  JSON: (text) =>
    parse(text)
      .map((document) => `---\n${JSON.stringify(toPlain(document.contents), null, 2)}\n`)
      .join(''),
  'JSON on one line': (text) =>
    parse(text)
      .map((document) => `---\n${JSON.stringify(toPlain(document.contents))}\n`)
      .join(''),
  anchors: (text) => write(edited(text, addAnchors)),
  'List wrapper': wrapInList,
  'CRLF line ends': (text) => text.replaceAll('\n', '\r\n'),
  'no line end at the end': (text) => text.trimEnd(),
};

/** Documents of a text that hold no template actions, so that a parser can read them. */
export const withoutTemplates = (text: string): string =>
  text
    .split(/^---\n/m)
    .filter((part) => !part.includes('{{'))
    .join('---\n');
