/**
 * English texts of everything the cluster session says: causes (`cluster.*`) and ways on (`cluster.remedy/*`).
 * `{{name}}` stands for a value of the message's data.
 */
export const messages = {
  'cluster.kubeconfig/missing': 'The kubeconfig {{file}} does not exist.',
  'cluster.kubeconfig/none': 'No kubeconfig was found: KUBECONFIG is not set and {{file}} does not exist.',
  'cluster.kubeconfig/unreadable': 'The kubeconfig {{file}} cannot be read: {{reason}}.',
  'cluster.kubeconfig/syntax': 'The kubeconfig {{file}} is not valid YAML, line {{line}}: {{reason}}',
  'cluster.kubeconfig/not-map': '{{file}}: {{field}} must be a mapping.',
  'cluster.kubeconfig/not-list': '{{file}}: {{field}} must be a list.',
  'cluster.kubeconfig/not-text': '{{file}}: {{field}} must be text.',
  'cluster.kubeconfig/not-boolean': '{{file}}: {{field}} must be true or false.',
  'cluster.kubeconfig/not-base64': '{{file}}: {{field}} is not base64.',
  'cluster.kubeconfig/required': '{{file}}: {{field}} is missing.',
  'cluster.kubeconfig/empty': 'The kubeconfig {{file}} contains no context.',
  'cluster.kubeconfig/no-context': 'There is no context "{{context}}" in {{file}}.',
  'cluster.kubeconfig/no-current-context': '{{file}} names no current context, and none was chosen.',
  'cluster.kubeconfig/no-cluster':
    'Context "{{context}}" refers to the cluster "{{cluster}}", which {{file}} does not define.',
  'cluster.kubeconfig/no-user': 'Context "{{context}}" refers to the user "{{user}}", which {{file}} does not define.',
  'cluster.kubeconfig/no-server': '{{file}}: cluster "{{cluster}}" has no server address.',
  'cluster.kubeconfig/bad-server': '{{file}}: the server of cluster "{{cluster}}" is not an http or https address.',
  'cluster.kubeconfig/file-missing': '{{file}}: {{field}} names {{path}}, which cannot be read: {{reason}}.',
  'cluster.kubeconfig/bad-certificate': 'A certificate or key of context "{{context}}" cannot be used: {{reason}}.',
  'cluster.kubeconfig/auth-provider':
    'The auth-provider "{{provider}}" of user "{{user}}" gave no credentials: {{reason}}.',
  'cluster.kubeconfig/auth-provider-removed':
    'The auth-provider "{{provider}}" of user "{{user}}" is no longer supported, nor is it by kubectl since 1.26.',
  'cluster.exec/not-found': 'The login command "{{command}}" was not found.',
  'cluster.exec/failed': 'The login command "{{command}}" failed with exit code {{code}}: {{stderr}}',
  'cluster.exec/start': 'The login command "{{command}}" could not be started: {{reason}}.',
  'cluster.exec/timeout':
    'The login command "{{command}}" did not finish within {{seconds}} s and was stopped. {{stderr}}',
  'cluster.exec/output': 'The login command "{{command}}" printed no usable credentials: {{reason}}. {{stderr}}',
  'cluster.exec/interactive': 'The login command "{{command}}" insists on a terminal (interactiveMode: Always).',
  'cluster.tls/wrong-ca':
    'The certificate of {{server}} is not signed by the certificate authority in the kubeconfig ({{code}}).',
  'cluster.tls/name': 'The certificate of {{server}} is for another name: {{reason}}.',
  'cluster.tls/expired': 'The certificate of {{server}} is expired or not valid yet ({{code}}).',
  'cluster.tls/client-certificate': '{{server}} refused the client certificate ({{code}}).',
  'cluster.tls/not-tls': '{{server}} does not speak TLS ({{code}}).',
  'cluster.tls/failed': 'No secure connection to {{server}} could be made ({{code}}).',
  'cluster.tls/unverified': 'The certificate of {{server}} is not verified (insecure-skip-tls-verify).',
  'cluster.tls/plain': 'The connection to {{server}} is not encrypted.',
  'cluster.proxy/unsupported':
    'The proxy {{proxy}} of the kubeconfig is not used: only http, https and socks5 proxies are supported.',
  'cluster.unreachable/refused': '{{server}} refuses connections ({{code}}).',
  'cluster.unreachable/name': 'The host name of {{server}} cannot be resolved ({{code}}).',
  'cluster.unreachable/timeout': '{{server}} does not answer ({{code}}).',
  'cluster.unreachable/network': 'There is no route to {{server}} ({{code}}).',
  'cluster.unreachable/reset': 'The connection to {{server}} was cut ({{code}}).',
  'cluster.unreachable/other': '{{server}} cannot be reached: {{code}}.',
  'cluster.http/unauthorised': '{{server}} does not accept the credentials (401): {{reason}}.',
  'cluster.http/forbidden': '{{reason}} (403)',
  'cluster.http/throttled': '{{server}} asks for fewer requests (429).',
  'cluster.http/server-error': '{{server}} answers with an error ({{status}}): {{reason}}.',
  'cluster.http/not-kubernetes': '{{server}} does not answer like a Kubernetes API server ({{status}}).',
  'cluster.kind/absent': 'This cluster does not serve {{resource}} of {{api}}.',
  'cluster.kind/polling': '{{resource}} may be listed but not watched: the list is read every {{seconds}} s.',
  'cluster.scope/namespace':
    'Your rights do not cover the whole cluster: {{resource}} are shown for namespace "{{namespace}}" only.',
  'cluster.scope/hidden': 'Your rights do not cover {{resource}}: what they would show is missing from the picture.',
  'cluster.worker/crashed': 'The cluster session stopped unexpectedly: {{reason}}.',
  'cluster.history/gap':
    'Nobody watched between {{from}} and {{to}}: what happened then is known only as far as objects tell of it.',
  'cluster.history/torn': 'The recording {{file}} was cut short: its last line is left out.',
  'cluster.history/damaged': 'The recording {{file}} is damaged and was set aside. {{reason}}',
  'cluster.history/unreadable-lines': '{{count}} lines of the recording {{file}} cannot be read and are left out.',
  'cluster.history/unwritable': 'Nothing more is recorded: {{folder}} cannot be written ({{reason}}).',
  'cluster.history/too-large':
    'What was recorded before is too much to be shown again ({{file}}); it can be opened as a recording.',
  'cluster.history/nothing':
    'Nothing has been recorded of this cluster: the history is switched off, or no cluster is connected.',
  'cluster.recording/shown': 'This is a recording ({{name}}), from {{from}} to {{to}}. No cluster is connected.',
  'cluster.recording/none': '{{path}} is no recording. {{reason}}',
  'cluster.recording/several': '{{path}} holds recordings of several clusters: {{folders}}.',
  'cluster.recording/damaged': 'The recording {{file}} is damaged; what comes before that is shown. {{reason}}',
  'cluster.recording/cut': 'The recording {{file}} is too large; its beginning is shown.',
  'cluster.recording/unwritable': 'The recording {{file}} cannot be written: {{reason}}.',
  'cluster.remedy/choose-recording': 'Choose a recording (.jsonl or .jsonl.gz), or a folder with one.',
  'cluster.remedy/choose-kubeconfig': 'Choose a kubeconfig file, or set KUBECONFIG and connect again.',
  'cluster.remedy/edit-kubeconfig': 'Correct {{file}} and connect again.',
  'cluster.remedy/choose-context': 'Choose one of its contexts: {{contexts}}.',
  'cluster.remedy/install-plugin': 'Install {{command}} or put its folder on the PATH, then connect again. {{hint}}',
  'cluster.remedy/run-plugin': 'Run the command in a terminal to log in, then connect again.',
  'cluster.remedy/use-plugin':
    'Install {{plugin}} and write the user anew with the tool of your cloud, then connect again.',
  'cluster.remedy/log-in': 'Log in to the cluster again (renew the token or certificate), then connect again.',
  'cluster.remedy/check-ca':
    'Check certificate-authority-data of the cluster in {{file}}; a recreated cluster has a new one.',
  'cluster.remedy/check-server':
    'Check the server address in {{file}}, and that the cluster runs and the network or VPN is up.',
  'cluster.remedy/check-clock':
    'Check the clock of this machine; otherwise the administrator has to renew the certificate.',
  'cluster.remedy/ask-rights':
    'Ask an administrator for the rights get, list and watch, or choose a context with a namespace of yours.',
  'cluster.remedy/wait': 'Nothing to do: the session tries again by itself.',
  'cluster.remedy/reconnect': 'Connect again.',
} as const;

/** Id of a message of the cluster session. */
export type ClusterMessageId = keyof typeof messages;
