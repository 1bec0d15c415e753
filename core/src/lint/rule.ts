import type { KubernetesVersion } from '../kube/version.ts';
import type { Container, PodTemplate } from '../kube/pod.ts';
import type { Range } from '../text/text.ts';
import type { Known } from './configuration.ts';
import type { Located } from '../workspace/project.ts';
import type { Surroundings } from '../workspace/surroundings.ts';
import type { Operation } from '../yaml/edit.ts';
import type { Value } from '../yaml/value.ts';

/** LSP's four levels. `error`: rejected or certain to fail. `warning`: does not heal in a common failure. */
export type Severity = 'error' | 'warning' | 'info' | 'hint';

/** The capabilities of Kubernetes self-healing that the catalogue is ordered by. */
export const capabilities = [
  'container-restarts',
  'replica-replacement',
  'storage-recovery',
  'load-balancing',
  'node-failure-and-autoscaling',
  'rollouts-and-disruptions',
  'resources',
] as const;
export type Capability = (typeof capabilities)[number];

/** safe: one right answer, applied by "fix all". review: valid, but changes behaviour. template: has places to fill in. */
export type FixClass = 'safe' | 'review' | 'template';

export type Data = Readonly<Record<string, string | number>>;

/** A change that would end a finding, as structured operations on one document. */
export interface Fix {
  readonly class: FixClass;
  /** Id in the rule's `titles`. */
  readonly title: string;
  readonly data?: Data;
  readonly operations: readonly Operation[];
  /** Object whose document the operations change; absent: the finding's own. Paths start at the document's root. */
  readonly target?: Located;
}

/** Another place that explains a finding. */
export interface Related {
  readonly located: Located;
  readonly at: Value;
  /** Id in the rule's `messages`. */
  readonly message: string;
  readonly data?: Data;
}

/** What a visitor reports. */
export interface Problem<MessageId extends string> {
  readonly message: MessageId;
  /** Where: a value's highlight, or a range of the document. */
  readonly at: Value | Range;
  readonly data?: Data;
  /** A sub-case whose level differs from the rule's. */
  readonly severity?: Severity;
  readonly related?: readonly Related[];
  readonly fixes?: readonly Fix[];
}

/** What a visitor is given beside its subject. */
export interface Context<MessageId extends string = string> {
  readonly report: (problem: Problem<MessageId>) => void;
  /** The object that is visited, and where it stands. */
  readonly located: Located;
  /** Value of one of the rule's options. */
  readonly option: <Type>(name: string) => Type;
  readonly version: KubernetesVersion;
  /** What the user declares to exist or to be left alone. */
  readonly known: Known;
}

/** Context of a rule that looks at other objects. */
export interface UnitContext<MessageId extends string = string> extends Context<MessageId> {
  readonly around: Surroundings;
}

/** An option of a rule, with its default; numbers are in the unit that the description names. */
export interface RuleOption {
  readonly default: number | string | boolean | readonly string[];
  readonly description: string;
}

interface Visitors<Ctx> {
  /** Each container of each pod template: init, sidecar and main. */
  container?(container: Container, context: Ctx): void;
  /** Each pod template. */
  pod?(pod: PodTemplate, context: Ctx): void;
  /** Each object of the rule's kinds. */
  resource?(located: Located, context: Ctx): void;
}

interface RuleBase<MessageId extends string> {
  readonly id: string;
  readonly capability: Capability;
  readonly tier: 1 | 2 | 3;
  readonly severity: Severity;
  readonly confidence: 'certain' | 'likely' | 'heuristic';
  /** Version of Selfheal that brought the rule. */
  readonly since: string;
  /**
   * Objects it looks at: `long` are workloads whose pods run until replaced, `all` adds jobs and one-shot Pods;
   * otherwise a list of `group/Kind`, with `declaredWithReplicas` for what the configuration says to be alike.
   */
  readonly kinds: 'long' | 'all' | readonly string[];
  /** `complete`: claims that something is absent, so it is not asked about patches. */
  readonly needs: 'complete' | 'any';
  readonly docs: {
    readonly summary: string;
    readonly why: string;
    readonly exemptions?: string;
    /** Pages of the Kubernetes documentation, below https://kubernetes.io/docs/. */
    readonly links: readonly string[];
  };
  /** Causes of live incidents that the rule would have prevented. */
  readonly explains: readonly string[];
  /** Ids of other linters' checks, `tool:id`. */
  readonly aliases: readonly string[];
  readonly options?: Readonly<Record<string, RuleOption>>;
  readonly messages: Readonly<Record<MessageId, string>>;
  /** Titles of fixes. */
  readonly titles?: Readonly<Record<string, string>>;
}

/** A rule that judges a document by itself; its findings are cached with the document. */
export interface DocumentRule<MessageId extends string = string> extends RuleBase<MessageId> {
  readonly scope: 'document';
  readonly visit: Visitors<Context<MessageId>>;
}

/** A rule that looks at the objects around. */
export interface UnitRule<MessageId extends string = string> extends RuleBase<MessageId> {
  readonly scope: 'unit';
  readonly visit: Visitors<UnitContext<MessageId>>;
}

export type Rule<MessageId extends string = string> = DocumentRule<MessageId> | UnitRule<MessageId>;

/** Declares a rule; its message ids are checked against what its visitors report. */
export function defineRule<const MessageId extends string>(rule: DocumentRule<MessageId> | UnitRule<MessageId>): Rule {
  return rule;
}
