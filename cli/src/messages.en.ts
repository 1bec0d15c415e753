import { reportMessages } from '../../core/src/report/messages.en.ts';

const usage = `selfheal: checks Kubernetes manifests for what keeps them from healing

  selfheal lint [PATH…]    checks manifests, and repairs what has one right repair
  selfheal explain RULE    says what a rule finds, why, and what to write instead
  selfheal rules           lists the rules by capability
  selfheal watch           shows live what breaks in a cluster, who heals it and how long it takes
  selfheal replay FILE     shows what a recording holds
  selfheal rights          says which rights you lack in a cluster, and prints what grants them
  selfheal help [COMMAND]  describes a command
  selfheal --version

Ends with 0 when nothing was found, 1 when something was, 2 when the call was wrong or something could not be read or written.
`;

const usageLint = `selfheal lint [PATH…]

PATH is a file, a folder or a glob; "-" reads standard input. Without PATH: the working directory.

What is found:
  --config FILE          use this selfheal.yaml instead of the nearest one above each file
  --preset NAME          minimal, recommended or strict, whatever the configuration says; kube-linter,
                         kube-score or polaris for the rules and thresholds of those linters
  --rule ID=LEVEL        sets a rule to error, warning, info, hint or off; may be given several times
  --kubernetes VERSION   Kubernetes version the manifests are meant for, such as 1.32
  --hints                show hints too
  --render               run helm and kustomize (or kubectl kustomize) on the charts and kustomizations found, and check
                         what they build, too; needs the tools installed
  --stdin-filename NAME  what standard input is called, and where its configuration is looked for

What is repaired:
  --fix                  write the safe fixes to the files (with "-": to standard output)
  --diff                 print what --fix would write as a unified diff; ends with 1 when there is something

What is reported:
  --format NAME          stylish (default), json, sarif, github or junit
  --output FILE          write the report to a file
  --baseline FILE        leave out the findings that this file holds
  --write-baseline       write what is found now to the file of --baseline
  --no-frames            show no lines of the manifests
  --quiet                show findings and problems only: no summary, no progress
  --color WHEN           auto (default), always or never

What ends with 1:
  --fail-on LEVEL        error, warning (default), info or hint: findings of this level and graver
  --max-warnings N       more warnings than N; fewer do not count
`;

const usageExplain = `selfheal explain RULE

Shows the page of a rule: what it finds, why that keeps a workload from healing, and manifests that it finds and does not find.

  --color WHEN           auto (default), always or never
`;

const usageRules = `selfheal rules

Lists the rules by capability: level, tier, the smallest preset that has them, and the fixes they offer.

  --format NAME          table (default) or json
  --output FILE          write the list to a file
  --color WHEN           auto (default), always or never
`;

const usageWatch = `selfheal watch [PATH…]

Connects to a cluster and writes a line for every step of every incident: opened, healing, needs a person, recovered. It reads only.
With PATH, folders of manifests, a line names the one that allowed the incident.

  --context NAME         context of the kubeconfig; default: the current one
  --namespace NAME       show this namespace only
  --kubeconfig FILE      default: KUBECONFIG, else ~/.kube/config
  --format NAME          stylish (default) or json: one object on each line
  --record DIR           keep what is seen in this folder, for "selfheal replay"
  --for TIME             end after this time, such as 90s, 10m or 2h
  --color WHEN           auto (default), always or never
  --verbose              show on standard error what the connection does

Ends with 0 when it is stopped or its time is over, 2 when the call was wrong or nothing could be connected.
`;

const usageReplay = `selfheal replay FILE [PATH…]

Writes what "selfheal watch" would have written. FILE is an exported recording or a folder of one.

  --format NAME          stylish (default) or json: one object on each line
  --namespace NAME       show this namespace only
  --speed N              N times as fast as it was; default: at once
  --color WHEN           auto (default), always or never

Ends with 0, or 2 when there is no recording.
`;

const usageRights = `selfheal rights

Asks the API server what your user may not read, says what is not shown because of that, and prints manifests that grant it.

  --context NAME         context of the kubeconfig; default: the current one
  --namespace NAME       ask about this namespace only
  --kubeconfig FILE      default: KUBECONFIG, else ~/.kube/config
  --format NAME          stylish (default), yaml or json
  --color WHEN           auto (default), always or never

Ends with 0 when nothing is missing, 1 when something is, 2 when it could not be asked.
`;

/** Everything that the command line says, by id. */
export const cliMessages: Readonly<Record<string, string>> = {
  ...reportMessages,
  'cli/usage': usage,
  'cli/usage.lint': usageLint,
  'cli/usage.explain': usageExplain,
  'cli/usage.rules': usageRules,
  'cli/usage.watch': usageWatch,
  'cli/usage.replay': usageReplay,
  'cli/usage.rights': usageRights,
  'cli/step.open': 'open',
  'cli/step.opened': 'opened',
  'cli/step.repeated': 'again',
  'cli/step.reopened': 'opened again',
  'cli/step.healing': 'healing',
  'cli/step.verifying': 'looks well',
  'cli/step.needs-person': 'needs you',
  'cli/step.eased': 'goes on alone',
  'cli/step.recovered': 'recovered',
  'cli/step.planned': 'ended',
  'cli/step.superseded': 'ended',
  'cli/step-after': 'after {{duration}}',
  'cli/step-by': 'by {{actor}}',
  'cli/connection.disconnected': 'disconnected',
  'cli/connection.connecting': 'connecting',
  'cli/connection.authenticating': 'logging in',
  'cli/connection.live': 'live',
  'cli/connection.stale': 'no news',
  'cli/connection.forbidden': 'no access',
  'cli/connection.unauthorised': 'not logged in',
  'cli/connection.unreachable': 'unreachable',
  'cli/connection.failed': 'failed',
  'cli/connection.recording': 'recording',
  'cli/watch-totals': '{{workloads}} workloads, {{pods}} pods, {{open}} open incidents',
  'cli/wrong-duration': '{{name}} needs a time such as 90s, 10m or 2h, not "{{value}}".',
  'cli/recording-needed': 'Name a recording: "selfheal replay FILE".',
  'cli/rights-complete': '{{user}} may read everything that is shown of {{context}}.',
  'cli/rights-missing': '{{user}} may not read everything in {{context}}. What is missing:',
  'cli/rights-grant': 'An administrator grants it with "selfheal rights --format yaml | kubectl apply -f -":',
  'cli/rights-unknown-user': 'Your user',
  'cli/see-help': 'Run "{{command}}" for what can be written here.',
  'cli/did-you-mean': 'Did you mean "{{suggestion}}"?',
  'cli/choose': 'Choose one of: {{names}}.',
  'cli/unknown-command': 'There is no command "{{name}}".',
  'cli/no-arguments': '"{{command}}" takes no argument "{{argument}}".',
  'cli/one-rule': 'Name one rule: "selfheal explain RULE". "selfheal rules" lists them.',
  'cli/unknown-rule': 'There is no rule "{{name}}".',
  'cli/list-rules': '"selfheal rules" lists them.',
  'cli/unknown-option': '"{{command}}" has no option "{{name}}".',
  'cli/value-missing': '{{name}} needs a value: {{name}} {{placeholder}}.',
  'cli/value-unwanted': '{{name}} takes no value, but was given "{{value}}".',
  'cli/given-twice': '{{name}} was given more than once.',
  'cli/wrong-choice': '{{name}} cannot be "{{value}}".',
  'cli/wrong-number': '{{name}} needs a whole number, not "{{value}}".',
  'cli/wrong-version': '{{name}} needs a version such as 1.32, not "{{value}}".',
  'cli/wrong-rule': '{{name}} needs a rule and a level, such as {{name}} single-replica=off, not "{{value}}".',
  'cli/stdin-alone': '"-" reads standard input and goes with no other path.',
  'cli/not-together': '{{first}} and {{second}} do not go together.',
  'cli/baseline-needed': '--write-baseline needs to know the file: add --baseline FILE.',
  'cli/no-path': 'There is no file or folder "{{path}}" in {{folder}}.',
  'cli/no-match': 'Nothing matches "{{path}}". Check the pattern, or quote it so that the shell does not expand it.',
  'cli/no-config': 'There is no configuration file "{{path}}" that can be read: {{reason}}',
  'cli/unreadable': '{{path}} cannot be read, so it is not checked: {{reason}}',
  'cli/not-utf8': '{{path}} is no UTF-8 text, so it is not checked.',
  'cli/unwritable': '{{path}} cannot be written: {{reason}}',
  'cli/render-missing':
    '{{path}} is not rendered: "{{command}}" cannot be run, since there is no such program. Install it, or leave out --render.',
  'cli/render-timeout':
    '{{path}} is not rendered: "{{command}}" took longer than {{reason}} s. Run it yourself to see what it waits for.',
  'cli/render-large': '{{path}} is not rendered: "{{command}}" prints too much.',
  'cli/render-failed': '{{path}} is not rendered: "{{command}}" failed. Run it yourself to see all it says: {{reason}}',
  'cli/render-remote': '{{path}} is not rendered: it builds on what would have to be fetched.',
  'cli/changed-meanwhile':
    '{{path}} was changed by someone else meanwhile, so its fixes are not written. Run the command again.',
  'cli/rule-failed': 'Rule "{{rule}}" failed on {{path}} and was skipped there: {{reason}}',
  'cli/no-baseline': 'The baseline "{{path}}" cannot be read: {{reason}} Write it with --write-baseline.',
  'cli/bad-baseline': 'The baseline "{{path}}" is not one: {{problem}} Write it anew with --write-baseline.',
  'cli/baseline.json': 'it is not JSON.',
  'cli/baseline.object': '{{field}} is no object.',
  'cli/baseline.version': '"{{field}}" is not 1.',
  'cli/baseline.list': '"{{field}}" is no list.',
  'cli/baseline.text': '"{{field}}" is no text.',
  'cli/baseline.count': '"{{field}}" is no whole number above 0.',
  'cli/baseline-root': 'it',
  'cli/count.written.one': 'Wrote 1 finding to {{path}}.',
  'cli/count.written.other': 'Wrote {{count}} findings to {{path}}.',
  'cli/count.fixed.one': 'Fixed 1 file.',
  'cli/count.fixed.other': 'Fixed {{count}} files.',
  'cli/progress.find': 'Looking for manifests: {{done}} found',
  'cli/progress.read': 'Reading {{done}} of {{total}} files',
  'cli/progress.render': 'Rendering {{done}} of {{total}}',
  'cli/progress.fix': 'Fixing {{done}} of {{total}} files',
  'cli/progress.lint': 'Checking {{done}} of {{total}} files',
  'cli/page-missing': 'The page of "{{rule}}" was not shipped with this build; this is what the rule itself says.',
  'cli/capability.container-restarts': 'Container restarts',
  'cli/capability.replica-replacement': 'Replica replacement',
  'cli/capability.storage-recovery': 'Persistent storage recovery',
  'cli/capability.load-balancing': 'Load balancing for Services',
  'cli/capability.node-failure-and-autoscaling': 'Node failure and autoscaling',
  'cli/capability.rollouts-and-disruptions': 'Rollouts and disruptions',
  'cli/capability.resources': 'Resources',
  'cli/column.rule': 'rule',
  'cli/column.level': 'level',
  'cli/column.tier': 'tier',
  'cli/column.preset': 'preset',
  'cli/column.fixes': 'fixes',
  'cli/preset.none': 'opt-in',
  'cli/count.rule.one': '1 rule.',
  'cli/count.rule.other': '{{count}} rules.',
};
