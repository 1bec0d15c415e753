import type { Session } from './session.ts';

/** What the server itself says to a person, by id; translated with the rules' texts. */
export const serverMessages: Readonly<Record<string, string>> = {
  'server/action.fix-rule': 'Fix all "{{rule}}" in this file',
  'server/action.fix-all': 'Apply all safe Selfheal fixes',
  'server/action.rollouts': '(rolls out {{count}} workload(s) when deployed)',
  'server/action.suppress': 'Ignore "{{rule}}" here, with a reason',
  'server/action.rule-off': 'Turn "{{rule}}" off in selfheal.yaml',
  'server/action.rewrite-suppressions': "Rewrite other linters' suppressions into Selfheal's",
  'server/action.reason': 'why this is right here',
  'remedy.gone': 'The finding is gone or cannot be edited any more, so there is nothing to apply.',
  'cluster.untrusted': 'This workspace is not trusted, so no cluster is connected. Trust it to connect.',
  'server/live.incident':
    'Happening to {{workload}} in the connected cluster ({{context}}), {{count}} times so far: {{summary}}',
  'server/live.pods': '{{pods}} pods of {{workload}}',
  'server/live.fixed':
    'Fixed here, and not yet in the connected cluster ({{context}}), where {{workload}} still runs the old version: {{summary}}',
  'server/live.incident.one': 'Happening to {{workload}} in the connected cluster ({{context}}): {{summary}}',
};

/** Text of the server in the session's language. */
export const text = (session: Session, id: string): string =>
  session.templates.get(`server/${id}`) ?? serverMessages[`server/${id}`] ?? id;
