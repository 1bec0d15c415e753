import { rules } from '../../core/src/rules/registry.ts';
import type { Templates } from '../../core/src/lint/findings.ts';
import { translated } from '../../core/src/lint/templates.ts';
import cliChinese from '../../l10n/cli.zh-cn.json' with { type: 'json' };
import clusterChinese from '../../l10n/cluster.zh-cn.json' with { type: 'json' };
import { liveMessages } from '../../core/src/live/messages.en.ts';
import { rightsMessages } from '../../core/src/live/rights.ts';
import liveChinese from '../../l10n/live.zh-cn.json' with { type: 'json' };
import rightsChinese from '../../l10n/rights.zh-cn.json' with { type: 'json' };
import rulesChinese from '../../l10n/rules.zh-cn.json' with { type: 'json' };
import serverChinese from '../../l10n/server.zh-cn.json' with { type: 'json' };
import { messages as clusterMessages } from './cluster/messages.en.ts';
import { serverMessages } from './ui-text.ts';

const isChinese = (locale: string | undefined): boolean => /^zh(?:[-_](?:cn|hans|sg))?\b/i.test(locale ?? '');

/** Templates of a locale such as `zh-cn`; English for the others, and for what a translation lacks. */
export function templatesFor(locale: string | undefined): Templates {
  const english = { ...liveTextsFor(undefined), ...serverMessages };
  return translated(
    rules,
    isChinese(locale)
      ? { ...english, ...liveTextsFor(locale), ...rulesChinese, ...serverChinese, ...cliChinese }
      : english,
  );
}

/** Texts of what a cluster session says, by message id, in a locale. */
export function liveTextsFor(locale: string | undefined): Readonly<Record<string, string>> {
  const english = { ...clusterMessages, ...liveMessages, ...rightsMessages };
  return isChinese(locale) ? { ...english, ...clusterChinese, ...liveChinese, ...rightsChinese } : english;
}
