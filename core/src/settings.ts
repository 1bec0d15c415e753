import { presets } from './lint/presets.ts';

/** The extension's settings: one table from which package.json's configuration section is generated. */
export interface Setting {
  readonly type: 'boolean' | 'string' | 'object' | 'number';
  readonly default: boolean | string | number | Readonly<Record<string, string>>;
  readonly enum?: readonly string[];
  readonly scope: 'window' | 'resource' | 'machine-overridable';
  /** Names a file or a program: ignored while the workspace is not trusted. */
  readonly restricted?: true;
  /** Markdown, English; translated by its key in package.nls.*.json. */
  readonly description: string;
}

/** Settings by their name below `selfheal.`. */
export const settings = {
  'lint.enable': {
    type: 'boolean',
    default: true,
    scope: 'resource',
    description: 'Check manifests for what keeps a workload from healing.',
  },
  'lint.preset': {
    type: 'string',
    default: 'recommended',
    enum: presets,
    scope: 'resource',
    description: 'Rules that run where no `selfheal.yaml` says otherwise.',
  },
  'lint.rules': {
    type: 'object',
    default: {},
    scope: 'resource',
    description:
      'Level of single rules (`error`, `warning`, `info`, `hint`, `off`) where no `selfheal.yaml` says otherwise.',
  },
  kubernetes: {
    type: 'string',
    default: '1.36',
    scope: 'resource',
    description: 'Kubernetes version the manifests are meant for, where no `selfheal.yaml` says otherwise.',
  },
  render: {
    type: 'string',
    default: 'off',
    enum: ['off', 'onSave'],
    scope: 'resource',
    restricted: true,
    description:
      'Whether `helm`, `kustomize` or `kubectl kustomize` is run when a file of a chart or kustomization is saved (and once when the workspace is opened), to check what they make of it too. `onSave` needs the tool on the PATH and a trusted workspace; nothing is run while you type.',
  },
  'cluster.kubeconfig': {
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    restricted: true,
    description: 'Kubeconfig to connect with. Empty: `KUBECONFIG`, else `~/.kube/config`.',
  },
  'cluster.context': {
    type: 'string',
    default: '',
    scope: 'machine-overridable',
    restricted: true,
    description: 'Context to offer first when connecting. Empty: the current context of the kubeconfig.',
  },
  'history.enabled': {
    type: 'boolean',
    default: true,
    scope: 'window',
    description:
      'Keep what is seen of a connected cluster on this machine, so that a restart of the editor forgets nothing. Recordings hold names, states and messages of objects; never Secrets, environment values or credentials.',
  },
  'history.days': {
    type: 'number',
    default: 7,
    scope: 'window',
    description: 'Days after which recordings are removed. They never take more than 64 MB for each cluster.',
  },
} as const satisfies Record<string, Setting>;

/** The settings that the language server asks for, as the client sends them. */
export interface LintSettings {
  readonly lint?: {
    readonly enable?: boolean;
    readonly preset?: string;
    readonly rules?: Readonly<Record<string, string>>;
  };
  readonly kubernetes?: string;
  readonly render?: 'off' | 'onSave';
}
