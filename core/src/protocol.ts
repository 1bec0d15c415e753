/**
 * The methods that the language server adds to LSP, and the messages between the dashboard and its host.
 * Their types are written once, here; both ends import them.
 */
import type { HealthUpdate, Message } from './live/view.ts';

/** Range as LSP has it: zero-based lines and UTF-16 columns. */
export interface LspRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

/** Names of the custom methods. */
export const method = {
  /** request ContextsParams → ContextList */
  contexts: 'selfheal/contexts',
  /** request ConnectParams → ConnectResult */
  connect: 'selfheal/connect',
  /** request () → null */
  disconnect: 'selfheal/disconnect',
  /** request () → HealthUpdate (a snapshot) */
  snapshot: 'selfheal/snapshot',
  /** request () → text of a first selfheal.yaml for what the workspace holds */
  firstConfiguration: 'selfheal/firstConfiguration',
  /** request () → FixWorkspaceResult; the edit comes back as workspace/applyEdit */
  fixWorkspace: 'selfheal/fixWorkspace',
  /** request ExportParams → ExportResult */
  exportRecording: 'selfheal/exportRecording',
  /** request OpenRecordingParams → ConnectResult; what it shows arrives as health updates */
  openRecording: 'selfheal/openRecording',
  /** request RightsParams → RightsReport */
  rights: 'selfheal/rights',
  /** notification HealthUpdate, server to client */
  health: 'selfheal/health',
  /** request RemedyParams → Remedy */
  remedy: 'selfheal/remedy',
  /** request ApplyRemedyParams → ApplyRemedyResult; the edit comes back as workspace/applyEdit */
  applyRemedy: 'selfheal/applyRemedy',
  /** request () → the texts of live and cluster messages by id, in the language of `initialize`'s locale */
  texts: 'selfheal/texts',
  /** notification LintStatus, server to client: after start and whenever settings change it */
  status: 'selfheal/status',
} as const;

export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
  readonly server?: string;
  readonly current: boolean;
  /** Command line that this context's user runs to log in, where it has one. */
  readonly exec?: string;
}

export interface ContextList {
  /** Files read, in the order of KUBECONFIG. */
  readonly files: readonly string[];
  readonly contexts: readonly KubeContext[];
  /** Why there is nothing to connect to: names the file, the field and the remedy. */
  readonly problem?: Message;
}

export interface ContextsParams {
  /** Path of a kubeconfig; absent: KUBECONFIG, else ~/.kube/config. */
  readonly kubeconfig?: string;
}

export interface ConnectParams {
  /** Path of a kubeconfig; absent: KUBECONFIG, else ~/.kube/config. */
  readonly kubeconfig?: string;
  /** Absent: the kubeconfig's current context. */
  readonly context?: string;
  /** Where the rights do not cover the whole cluster, this namespace is shown. Absent: the context's. */
  readonly namespace?: string;
  /** Absent: nothing is recorded, and nothing of before is read. */
  readonly history?: HistoryParams;
}

/** What was seen of a cluster is kept on this machine, so that a restart of the editor does not forget it. */
export interface HistoryParams {
  /** Folder of all recordings; a folder for each cluster is made below it. */
  readonly folder: string;
  /** Older recordings are removed. */
  readonly days: number;
  /** False: what was recorded before is left alone. */
  readonly restore?: boolean;
}

export interface ExportParams {
  /** File to write; compressed if it ends in `.gz`. */
  readonly file: string;
}

export interface ExportResult {
  /** What the recording covers, epoch ms. */
  readonly from?: number;
  readonly to?: number;
  readonly problem?: Message;
}

export interface OpenRecordingParams {
  /** A file (`.jsonl`, `.jsonl.gz`) or a folder of recordings. */
  readonly path: string;
}

export interface RightsParams {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Asks for rights in this namespace only. */
  readonly namespace?: string;
}

/** A kind that cannot be read, or not fully. */
export interface MissingRight {
  readonly resource: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly verbs: readonly string[];
  /** What the picture lacks without it. */
  readonly consequence: Message;
}

/** What the user of a context may and may not read. */
export interface RightsReport {
  readonly context: string;
  /** Who the API server says we are; absent where it does not say. */
  readonly user?: string;
  /** Absent: the whole cluster was asked about. */
  readonly namespace?: string;
  readonly missing: readonly MissingRight[];
  /** Manifests that grant what is missing; empty where nothing is. */
  readonly yaml: string;
  /** Why nothing could be asked. */
  readonly problem?: Message;
  readonly remedy?: Message;
}

export interface ConnectResult {
  /** The attempt began; its progress and its failures arrive as health updates. */
  readonly started: boolean;
  readonly problem?: Message;
}

export interface RemedyParams {
  readonly incident: string;
}

export interface RemedyFix {
  readonly title: string;
  /** Safe: one right answer. Review: changes behaviour. Template: placeholders to fill in. */
  readonly kind: 'safe' | 'review' | 'template';
}

/** What in the workspace allowed an incident. */
export interface Remedy {
  readonly incident: string;
  /** Absent when no manifest of the workload is in the workspace. */
  readonly location?: { readonly uri: string; readonly range: LspRange };
  /** Rule that would have prevented it, and its message, where it has a finding at that place. */
  readonly rule?: string;
  readonly message?: string;
  /** There was a finding, and it is gone: what the cluster runs may still be what was there before. */
  readonly fixed?: boolean;
  /** The manifest has changes that are not saved; known to the editor alone, which adds it. */
  readonly unsaved?: boolean;
  readonly fixes: readonly RemedyFix[];
}

export interface ApplyRemedyParams {
  readonly incident: string;
  /** Index into `Remedy.fixes`. */
  readonly fix: number;
}

export interface ApplyRemedyResult {
  readonly applied: boolean;
  readonly problem?: Message;
}

/** What applying all safe fixes of the workspace came to. */
export interface FixWorkspaceResult {
  /** Files with safe fixes. */
  readonly files: number;
  readonly applied: boolean;
}

/** Dashboard host → webview. Strings are those of the user's language, by message id. */
export type ToDashboard =
  | {
      readonly type: 'init';
      readonly strings: Readonly<Record<string, string>>;
      readonly locale: string;
      /** The workspace is not trusted: no cluster can be connected. */
      readonly restricted?: boolean;
    }
  | { readonly type: 'health'; readonly update: HealthUpdate }
  | { readonly type: 'remedy'; readonly remedy: Remedy }
  /** The tree or a link asks the dashboard to show one incident. */
  | { readonly type: 'reveal'; readonly incident: string };

/** Webview → dashboard host. Only names and ids: never a method, a path or a command line. */
export type FromDashboard =
  | { readonly type: 'ready' }
  | { readonly type: 'resync' }
  | { readonly type: 'connect' }
  | { readonly type: 'disconnect' }
  | { readonly type: 'showLog' }
  /** Opens the editor's own page about workspace trust. */
  | { readonly type: 'trust' }
  | { readonly type: 'remedy'; readonly incident: string }
  | { readonly type: 'openManifest'; readonly incident: string }
  | { readonly type: 'applyFix'; readonly incident: string; readonly fix: number };

/** Initialization options that the extension gives the server. */
export interface InitializationOptions {
  /** False in an untrusted workspace: no connection, no file outside the workspace. */
  readonly trusted?: boolean;
}

/** What the linter is doing, for the language status item. */
export interface LintStatus {
  /** Rules switched on for the folder or for no folder at all. */
  readonly rules: number;
  /** Kubernetes version the manifests are checked for, e.g. `1.36`. */
  readonly kubernetes: string;
  /** Path of the configuration file in effect. */
  readonly configuration?: string;
  /** Programs that rendering needs and that are not installed. */
  readonly missingTools?: readonly string[];
}
