import type { Templates } from './findings.ts';
import type { Rule } from './rule.ts';

/** What the engine itself says, by `rule/message`. */
const engineMessages: Readonly<Record<string, string>> = {
  'yaml-syntax/invalid': 'This document is not valid YAML, so nothing in it is checked: {{reason}}',
  'yaml-syntax/duplicate-key':
    'The key "{{reason}}" is written twice in this map; the API server takes only one of them.',
  'yaml-syntax/too-deep':
    'This document nests more than 200 levels deep, so it is not checked. No manifest needs that.',
  'yaml-syntax/unreadable': 'This document cannot be read, so nothing in it is checked: {{reason}}',
  'suppression-unknown/found':
    'No rule is called "{{rule}}", so this suppression silences nothing. Did you mean "{{suggestion}}"?',
  'suppression-unused/found': 'This suppression of "{{rule}}" silences nothing any more and can go.',
  'overlay/affected': 'The overlay {{overlay}} builds it so; others mend it.',
  'overlay/introduced': 'The overlay {{overlay}} makes this of {{kind}} "{{name}}".',
  'rendered/chart': 'Helm makes this of the chart {{folder}}.',
  'rendered/kustomization': 'Kustomize makes this of {{folder}}.',
  'rendered/failed':
    'What is built of this is not checked, since "{{command}}" failed. Run it in a terminal to see all it says, and save again once it works: {{reason}}',
  'rendered/timeout':
    'What is built of this is not checked, since "{{command}}" took longer than {{reason}} s. Run it in a terminal to see what it waits for.',
  'rendered/large':
    'What is built of this is not checked here, since "{{command}}" prints too much of it. "selfheal lint --render" checks it in a terminal.',
  'chart/default': "This holds for the chart's default of {{path}}.",
  'configuration/syntax': 'This configuration is not valid YAML, so the defaults apply: {{reason}}',
  'configuration/unknown-key': 'Unknown key "{{name}}". Did you mean: {{suggestion}}?',
  'configuration/unknown-rule': 'No rule is called "{{name}}". Did you mean: {{suggestion}}?',
  'configuration/unknown-option': 'Rule "{{rule}}" has no option "{{name}}". Did you mean: {{suggestion}}?',
  'configuration/wrong-value': '"{{name}}" cannot be "{{value}}"; expected: {{expected}}.',
  'configuration/missing-value': '"{{name}}" is missing; expected: {{expected}}.',
};

/** English templates of the engine and of the given rules. */
export function englishTemplates(rules: readonly Rule[]): Templates {
  const templates = new Map(Object.entries(engineMessages));
  for (const { id, messages, titles = {} } of rules) {
    for (const [message, text] of Object.entries(messages)) templates.set(`${id}/${message}`, text);
    for (const [title, text] of Object.entries(titles)) templates.set(`${id}/title:${title}`, text);
  }
  return templates;
}

/** English templates with those of another language in place of the ones it has. */
export function translated(rules: readonly Rule[], bundle: Readonly<Record<string, string>>): Templates {
  return new Map([...englishTemplates(rules), ...Object.entries(bundle)]);
}
