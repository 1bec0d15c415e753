import { groupKind, knowsTemplateOf } from '../kube/kinds.ts';
import type { PodKind, PodKinds } from '../kube/kinds.ts';
import type { Value } from '../yaml/value.ts';

/** Where mistakes in a configuration are told. */
export interface Mistakes {
  wrong(value: Value, name: string, expected: string): void;
  missing(value: Value, name: string, expected: string): void;
  checkKeys(value: Value, allowed: readonly string[]): void;
}

/** Keys of an entry of `podTemplates`. */
export const podKindKeys = ['group', 'kind', 'template', 'replicas', 'selector'] as const;

const expected: Readonly<Record<(typeof podKindKeys)[number], string>> = {
  group: 'the API group without a version, such as example.com',
  kind: 'the name of the kind, such as Worker',
  template: 'the path of what holds metadata and spec of the pods, such as spec.template',
  replicas: 'the path of the number of pods, such as spec.replicas',
  selector: 'the path of the label selector, such as spec.selector',
};

/** Reads `podTemplates`: kinds of custom resources that make pods. An entry with a mistake that matters does not count. */
export function readPodKinds(value: Value, mistakes: Mistakes): PodKinds {
  const kinds = new Map<string, PodKind>();
  if (!value.missing && !value.isSeq) mistakes.wrong(value, 'podTemplates', 'a list');
  for (const entry of value.items()) {
    if (!entry.isMap) {
      mistakes.wrong(entry, 'podTemplates', `a map of ${podKindKeys.join(', ')}`);
      continue;
    }
    mistakes.checkKeys(entry, podKindKeys);
    const read = readPodKind(entry, mistakes);
    if (!read) continue;
    const { name, kind } = read;
    if (knowsTemplateOf(name))
      mistakes.wrong(entry.at('kind'), 'podTemplates.kind', 'a kind that Selfheal does not know');
    else if (kinds.has(name)) mistakes.wrong(entry.at('kind'), 'podTemplates.kind', 'one entry for each kind');
    else kinds.set(name, kind);
  }
  return kinds;
}

function readPodKind(entry: Value, mistakes: Mistakes): { readonly name: string; readonly kind: PodKind } | undefined {
  const text = (key: 'group' | 'kind', form: RegExp): string | undefined =>
    read(entry, key, mistakes, (written) => (form.test(written) ? written : undefined));
  const path = (key: 'template' | 'replicas' | 'selector'): readonly string[] | undefined =>
    read(entry, key, mistakes, (written) => (pathForm.test(written) ? written.split('.') : undefined));
  const [group, kind, template] = [text('group', groupForm), text('kind', kindForm), path('template')];
  const [replicas, selector] = (['replicas', 'selector'] as const).map((key) =>
    entry.at(key).missing ? undefined : path(key),
  );
  if (group === undefined || kind === undefined || !template) return undefined;
  return {
    name: groupKind(`${group}/v1`, kind),
    kind: { template, ...(replicas && { replicas }), ...(selector && { selector }) },
  };
}

/** DNS subdomain; only the groups of Kubernetes itself have no dot, and their kinds are known. */
const groupForm = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/;
const kindForm = /^[A-Z][A-Za-z0-9]*$/;
const pathForm = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

function read<Result>(
  entry: Value,
  key: (typeof podKindKeys)[number],
  mistakes: Mistakes,
  parse: (written: string) => Result | undefined,
): Result | undefined {
  const value = entry.at(key);
  const written = value.rawText();
  const result = written === undefined ? undefined : parse(written);
  if (value.missing) mistakes.missing(entry, `podTemplates.${key}`, expected[key]);
  else if (result === undefined) mistakes.wrong(value, `podTemplates.${key}`, expected[key]);
  return result;
}
