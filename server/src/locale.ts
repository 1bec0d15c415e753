import { rules } from '../../core/src/rules/registry.ts';
import type { Templates } from '../../core/src/lint/findings.ts';
import { translated } from '../../core/src/lint/templates.ts';
import { liveMessages } from '../../core/src/live/messages.en.ts';
import liveChinese from '../../l10n/live.zh-cn.json' with { type: 'json' };
import rulesChinese from '../../l10n/rules.zh-cn.json' with { type: 'json' };
import serverChinese from '../../l10n/server.zh-cn.json' with { type: 'json' };
import { serverMessages } from './ui-text.ts';

/** Templates of a locale such as `zh-cn`; English for the others, and for what a translation lacks. */
export function templatesFor(locale: string | undefined): Templates {
  const english = { ...liveMessages, ...serverMessages };
  const chinese = /^zh(?:[-_](?:cn|hans|sg))?\b/i.test(locale ?? '');
  return translated(rules, chinese ? { ...english, ...liveChinese, ...rulesChinese, ...serverChinese } : english);
}
