import type { Value } from '../yaml/value.ts';

/** A requirement on labels; `In` with one value for a plain key/value pair. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** Label selector in one form; undefined requirements mean that template text hides part of it. */
export interface Selector {
  readonly requirements: readonly Requirement[];
  readonly known: boolean;
  /** Neither labels nor expressions. */
  readonly empty: boolean;
  /** Where template text hides part of it, but what it writes can be compared: all requirements, as identities. */
  readonly written?: readonly Requirement[];
}

const operators: ReadonlySet<string> = new Set(['In', 'NotIn', 'Exists', 'DoesNotExist']);

/** Reads a metav1.LabelSelector: matchLabels and matchExpressions, all of which must hold. */
export function readLabelSelector(value: Value): Selector {
  const matchLabels = value.at('matchLabels');
  const map = readMapSelector(matchLabels);
  const requirements = [...map.requirements];
  let known = map.known && !value.open && !value.at('matchExpressions').open;
  for (const item of value.at('matchExpressions').items()) {
    const key = item.at('key').text();
    const operator = item.at('operator').text();
    const values = item
      .at('values')
      .items()
      .map((entry) => entry.text());
    if (key === undefined || operator === undefined || !operators.has(operator) || values.includes(undefined))
      known = false;
    else requirements.push({ key, operator: operator as Requirement['operator'], values: values as string[] });
  }
  const empty = requirements.length === 0 && known;
  const expressions = requirements.slice(map.requirements.length);
  const plain =
    !value.open && !value.at('matchExpressions').open && expressions.every(({ operator }) => operator === 'In');
  return map.written && plain && expressions.length === value.at('matchExpressions').items().length
    ? { requirements, known, empty, written: [...map.written, ...expressions] }
    : { requirements, known, empty };
}

/** Reads the plain map of a Service's or ReplicationController's selector. */
export function readMapSelector(value: Value): Selector {
  const { labels, complete } = value.labels();
  const requirements = equalities(labels);
  const known = complete && !value.unknown;
  const empty = requirements.length === 0 && complete;
  if (known) return { requirements, known, empty };
  const identities = value.identities();
  const written = equalities(identities.labels);
  return identities.complete && written.length > 0
    ? { requirements, known, empty, written }
    : { requirements, known, empty };
}

const equalities = (labels: Readonly<Record<string, string>>): Requirement[] =>
  Object.entries(labels).map(([key, text]): Requirement => ({ key, operator: 'In', values: [text] }));

/** All requirements, as far as they can be compared; undefined where template text hides some. */
export const comparable = ({ known, requirements, written }: Selector): readonly Requirement[] | undefined =>
  known ? requirements : written;

/** Reads a selector as command lines and kustomizations write it, e.g. `app=web,tier in (a, b),!old`; undefined where it is none. */
export function parseSelector(text: string): readonly Requirement[] | undefined {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const requirements = parts.map((part): Requirement | undefined => {
    const [, not, present] = /^(!?)\s*([\w./-]+)$/.exec(part) ?? [];
    if (present !== undefined) return { key: present, operator: not ? 'DoesNotExist' : 'Exists', values: [] };
    const [, key, sign, value] = /^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/.exec(part) ?? [];
    if (key !== undefined) return { key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value ?? ''] };
    const [, among, word, list] = /^([\w./-]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part) ?? [];
    if (among === undefined || list === undefined) return undefined;
    return {
      key: among,
      operator: word === 'in' ? 'In' : 'NotIn',
      values: list.split(',').map((each) => each.trim()),
    };
  });
  return requirements.some((requirement) => !requirement) ? undefined : requirements.flatMap((each) => each ?? []);
}

/** Whether one requirement holds for labels (apimachinery labels.Requirement.Matches). */
export function meets({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const present = Object.hasOwn(labels, key);
  switch (operator) {
    case 'In':
      return present && values.includes(labels[key] ?? '');
    case 'NotIn':
      return !present || !values.includes(labels[key] ?? '');
    case 'Exists':
      return present;
    case 'DoesNotExist':
      return !present;
  }
}

/** Whether all requirements hold. An empty selector matches everything; callers decide what empty means for their kind. */
export const matches = (selector: Selector, labels: Readonly<Record<string, string>>): boolean =>
  selector.requirements.every((requirement) => meets(requirement, labels));

/** Labels of pods: as texts, and with what template text writes. */
export interface PodLabels {
  readonly labels: Readonly<Record<string, string>>;
  readonly identities: Readonly<Record<string, string>>;
}

/** Whether a selector certainly finds pods; one that template text hides part of may find others, too. */
export const finds = (selector: Selector, { labels, identities }: PodLabels): boolean =>
  selector.known
    ? matches(selector, labels)
    : selector.written?.every((requirement) => meets(requirement, identities)) === true;

/** Whether a selector may find pods once template text is filled in: nothing that can be compared speaks against it. */
export function mayFind(
  selector: Selector,
  { identities, labelsKnown }: PodLabels & { readonly labelsKnown: boolean },
): boolean {
  const isText = (identity: string | undefined): boolean => identity !== undefined && !identity.includes('{{');
  return (comparable(selector) ?? selector.requirements).every((requirement) => {
    if (meets(requirement, identities)) return true;
    if (!Object.hasOwn(identities, requirement.key)) return !labelsKnown;
    return !isText(identities[requirement.key]) || !requirement.values.every(isText);
  });
}

/** The requirements that do not hold. */
export const unmet = (selector: Selector, labels: Readonly<Record<string, string>>): readonly Requirement[] =>
  selector.requirements.filter((requirement) => !meets(requirement, labels));

/** A requirement as people read it, e.g. `app=web`, `tier in (a, b)`. */
export function showRequirement({ key, operator, values }: Requirement): string {
  if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(', ')})`;
}
