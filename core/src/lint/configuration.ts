import type { PodKinds } from '../kube/kinds.ts';
import type { KubernetesVersion } from '../kube/version.ts';
import { defaultVersion, readVersion } from '../kube/version.ts';
import type { Range } from '../text/text.ts';
import { nearest } from '../text/nearest.ts';
import type { Entry, Value } from '../yaml/value.ts';
import { Value as ValueView } from '../yaml/value.ts';
import { parseDocument } from '../yaml/parse.ts';
import type { Mistakes } from './pod-kinds.ts';
import { readPodKinds } from './pod-kinds.ts';
import type { Preset } from './presets.ts';
import { presets, presetSetting } from './presets.ts';
import type { Data, Rule, Severity } from './rule.ts';

/** What the user declares to exist outside the workspace, or to be someone else's business. */
export interface Known {
  /** Containers that others inject or own; rules about containers leave them alone. */
  readonly containers: readonly string[];
  readonly storageClasses: readonly string[];
  /** Namespaces that availability rules leave alone. */
  readonly namespaces: readonly string[];
  /** Label keys whose pods an operator makes, so that a selector for them matches nothing in the workspace. */
  readonly selectors: readonly string[];
  /** Names of ConfigMaps, Secrets, ServiceAccounts and PriorityClasses that exist elsewhere; `*` stands for any text. */
  readonly objects: readonly string[];
}

/** Levels a rule can be set to. */
export type Level = Severity | 'off';

export interface RuleSetting {
  readonly level?: Level;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Override {
  readonly files: readonly string[];
  readonly kinds: readonly string[];
  readonly namespaces: readonly string[];
  readonly names: readonly string[];
  readonly rules: ReadonlyMap<string, RuleSetting>;
}

/** Settings that lint follows, from a selfheal.yaml or an editor's settings. */
export interface Configuration {
  readonly extends: Preset;
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly overrides: readonly Override[];
  readonly kubernetes: KubernetesVersion;
  /** Globs of files that are not linted, relative to the configuration's folder. */
  readonly ignore: readonly string[];
  readonly known: Known;
  /** Kinds of custom resources that make pods. */
  readonly podTemplates: PodKinds;
}

/** A mistake in a configuration file; the rest of the file still counts. */
export interface ConfigurationProblem {
  readonly message: 'syntax' | 'unknown-key' | 'unknown-rule' | 'unknown-option' | 'wrong-value' | 'missing-value';
  readonly range: Range;
  readonly data: Data;
}

/** Sidecars that meshes and agents inject, and system namespaces: someone else's manifests. */
const defaultKnown: Known = {
  containers: [
    'istio-proxy',
    'linkerd-proxy',
    'linkerd-init',
    'istio-init',
    'vault-agent',
    'vault-agent-init',
    'cloud-sql-proxy',
    'daprd',
  ],
  storageClasses: [],
  namespaces: ['kube-system', 'kube-public', 'kube-node-lease'],
  selectors: ['strimzi.io/', 'cnpg.io/', 'redisfailovers', 'postgres-operator', 'app.kubernetes.io/managed-by'],
  objects: [],
};

/** What lint follows where nothing is configured. */
export const defaultConfiguration: Configuration = {
  extends: 'recommended',
  rules: new Map(),
  overrides: [],
  kubernetes: defaultVersion,
  ignore: [],
  known: defaultKnown,
  podTemplates: new Map(),
};

/** Names a configuration may use. */
const topKeys = ['extends', 'rules', 'overrides', 'kubernetes', 'ignore', 'known', 'podTemplates'] as const;
const overrideKeys = ['files', 'kinds', 'namespaces', 'names', 'rules'] as const;
const knownKeys = ['containers', 'storageClasses', 'namespaces', 'selectors', 'objects'] as const;
const levels: readonly string[] = ['error', 'warning', 'info', 'hint', 'off'];

/**
 * Reads a selfheal.yaml. Whatever is wrong in it is named with its place and a suggestion; the rest still counts.
 * @param base what holds where the file says nothing: the editor's settings, else the defaults
 */
export function readConfiguration(
  text: string,
  rules: readonly Rule[],
  base: Configuration = defaultConfiguration,
): { readonly configuration: Configuration; readonly problems: readonly ConfigurationProblem[] } {
  const reader = new Reader(rules);
  const { root, problem } = parseDocument(text);
  if (problem) {
    reader.problems.push({ message: 'syntax', range: problem, data: { reason: problem.message } });
    return { configuration: base, problems: reader.problems };
  }
  const value = ValueView.root(root);
  if (value.missing) return { configuration: base, problems: [] };
  if (!value.isMap) reader.wrong(value, 'selfheal.yaml', topKeys.join(', '));
  reader.checkKeys(value, topKeys);
  const configuration: Configuration = {
    extends: reader.oneOf(value.at('extends'), 'extends', presets, base.extends) as Preset,
    rules: new Map([...base.rules, ...reader.rules(value.at('rules'))]),
    overrides: value
      .at('overrides')
      .items()
      .map((item) => reader.override(item)),
    kubernetes: reader.version(value.at('kubernetes'), base.kubernetes),
    ignore: reader.strings(value.at('ignore'), 'ignore', base.ignore),
    known: reader.known(value.at('known')),
    podTemplates: readPodKinds(value.at('podTemplates'), reader),
  };
  if (!value.at('overrides').missing && !value.at('overrides').isSeq)
    reader.wrong(value.at('overrides'), 'overrides', 'a list');
  return { configuration, problems: reader.problems };
}

class Reader implements Mistakes {
  readonly problems: ConfigurationProblem[] = [];
  private readonly byId: ReadonlyMap<string, Rule>;

  constructor(rules: readonly Rule[]) {
    this.byId = new Map(rules.map((rule) => [rule.id, rule]));
  }

  wrong(value: Value, name: string, expected: string): void {
    this.problems.push({
      message: 'wrong-value',
      range: value.highlight,
      data: { name, value: value.rawText() ?? '…', expected },
    });
  }

  missing(value: Value, name: string, expected: string): void {
    this.problems.push({ message: 'missing-value', range: value.highlight, data: { name, expected } });
  }

  checkKeys(value: Value, allowed: readonly string[]): void {
    for (const { key, keyRange } of value.entries()) {
      if (allowed.includes(key)) continue;
      const suggestion = nearest(key, allowed) ?? allowed.join(', ');
      this.problems.push({ message: 'unknown-key', range: keyRange, data: { name: key, suggestion } });
    }
  }

  oneOf(value: Value, name: string, allowed: readonly string[], otherwise: string): string {
    if (value.missing) return otherwise;
    const text = value.text() ?? '';
    if (allowed.includes(text)) return text;
    this.wrong(value, name, allowed.join(', '));
    return otherwise;
  }

  strings(value: Value, name: string, otherwise: readonly string[]): readonly string[] {
    if (value.missing) return otherwise;
    if (!value.isSeq) {
      this.wrong(value, name, 'a list');
      return otherwise;
    }
    return value.items().flatMap((item) => item.rawText() ?? []);
  }

  version(value: Value, otherwise: KubernetesVersion): KubernetesVersion {
    if (value.missing) return otherwise;
    const version = readVersion(value.rawText() ?? '');
    if (!version) this.wrong(value, 'kubernetes', '"1.36"');
    return version ?? otherwise;
  }

  private mustBeMap(value: Value, name: string, keys: string): void {
    if (!value.missing && !value.isMap) this.wrong(value, name, `a map of ${keys}`);
  }

  known(value: Value): Known {
    this.mustBeMap(value, 'known', knownKeys.join(', '));
    this.checkKeys(value, knownKeys);
    const list = (key: (typeof knownKeys)[number]): readonly string[] => [
      ...defaultKnown[key],
      ...this.strings(value.at(key), `known.${key}`, []),
    ];
    return {
      containers: list('containers'),
      storageClasses: list('storageClasses'),
      namespaces: list('namespaces'),
      selectors: list('selectors'),
      objects: list('objects'),
    };
  }

  override(value: Value): Override {
    this.mustBeMap(value, 'overrides', overrideKeys.join(', '));
    this.checkKeys(value, overrideKeys);
    const list = (key: string): readonly string[] => this.strings(value.at(key), `overrides.${key}`, []);
    return {
      files: list('files'),
      kinds: list('kinds'),
      namespaces: list('namespaces'),
      names: list('names'),
      rules: this.rules(value.at('rules')),
    };
  }

  rules(value: Value): ReadonlyMap<string, RuleSetting> {
    this.mustBeMap(value, 'rules', 'rule: level');
    const settings = new Map<string, RuleSetting>();
    for (const entry of value.entries()) {
      const rule = this.byId.get(entry.key);
      if (rule) settings.set(entry.key, this.setting(entry, rule));
      else {
        const suggestion = nearest(entry.key, this.byId.keys()) ?? 'selfheal rules';
        this.problems.push({ message: 'unknown-rule', range: entry.keyRange, data: { name: entry.key, suggestion } });
      }
    }
    return settings;
  }

  private setting({ value, key }: Entry, rule: Rule): RuleSetting {
    if (!value.isMap) {
      const level = value.rawText() === 'false' ? 'off' : (value.rawText() ?? '');
      // An unquoted `off` is YAML 1.1's false; as a level it can mean one thing only.
      if (levels.includes(level)) return { level: level as Level };
      this.wrong(value, key, levels.join(', '));
      return {};
    }
    const options: Record<string, unknown> = {};
    let level: Level | undefined;
    for (const { key: name, keyRange, value: option } of value.entries()) {
      if (name === 'level') level = this.oneOf(option, `${key}.level`, levels, rule.severity) as Level;
      else if (rule.options && name in rule.options) this.option(rule, name, option, options);
      else {
        const candidates = ['level', ...Object.keys(rule.options ?? {})];
        const suggestion = nearest(name, candidates) ?? candidates.join(', ');
        this.problems.push({ message: 'unknown-option', range: keyRange, data: { name, rule: rule.id, suggestion } });
      }
    }
    return level ? { level, options } : { options };
  }

  private option(rule: Rule, name: string, value: Value, into: Record<string, unknown>): void {
    const expected = rule.options?.[name]?.default;
    const json = value.json();
    const fits = Array.isArray(expected) ? Array.isArray(json) : typeof json === typeof expected;
    if (fits) into[name] = json;
    else this.wrong(value, `${rule.id}.${name}`, Array.isArray(expected) ? 'a list' : `a ${typeof expected}`);
  }
}

/** What an override can be limited to. */
export interface Subject {
  /** Path relative to the configuration's folder. */
  readonly path: string;
  readonly kind: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Decides whether a glob fits a path; given by the shell, since the core knows no glob library. */
export type GlobMatcher = (glob: string, path: string) => boolean;

/** Level and options of a rule for one object. */
export function settingFor(
  rule: Rule,
  configuration: Configuration,
  subject: Subject,
  glob: GlobMatcher,
): { readonly level: Level; readonly options: Readonly<Record<string, unknown>> } {
  const base = configuration.rules.get(rule.id);
  const preset = presetSetting(rule, configuration.extends);
  let level = base?.level ?? preset.level;
  let options = { ...preset.options, ...base?.options };
  for (const override of configuration.overrides) {
    const setting = override.rules.get(rule.id);
    if (!setting || !applies(override, subject, glob)) continue;
    level = setting.level ?? level;
    options = { ...options, ...setting.options };
  }
  return { level, options };
}

function applies(override: Override, { path, kind, namespace, name }: Subject, glob: GlobMatcher): boolean {
  const includes = (list: readonly string[], value: string | undefined): boolean =>
    list.length === 0 || (value !== undefined && list.some((pattern) => glob(pattern, value)));
  return (
    includes(override.files, path) &&
    includes(override.kinds, kind) &&
    includes(override.namespaces, namespace) &&
    includes(override.names, name)
  );
}
