import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { causeIds, rulesFor } from '../../core/src/live/remedies.ts';
import { liveMessages } from '../../core/src/live/messages.en.ts';

const root = join(import.meta.dirname, '../..');
const chinese = JSON.parse(readFileSync(join(root, 'l10n/live.zh-cn.json'), 'utf8')) as Record<string, string>;
const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort();

describe('texts of the live engine', () => {
  it('has the same ids and placeholders in both languages', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(liveMessages).sort());
    for (const [id, text] of Object.entries(liveMessages))
      expect([id, placeholders(chinese[id] ?? '')]).toEqual([id, placeholders(text)]);
  });

  it('has a text for every cause', () => {
    const texts = Object.keys(liveMessages).filter((id) => id.startsWith('incident.'));
    expect(texts.sort()).toEqual(causeIds.map((id) => `incident.${id}`).sort());
  });

  it('has exactly the needs, endings and actions that the engine names', () => {
    const folder = join(root, 'core/src/live');
    const sources = readdirSync(folder)
      .filter((file) => file.endsWith('.ts') && !file.startsWith('messages'))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
    const named = new Set(
      [...sources.matchAll(/'((?:needs|ending|action)\.[a-z-]+)'/g)].map((match) => match[1] ?? ''),
    );
    const texts = Object.keys(liveMessages).filter((id) => !id.startsWith('incident.'));
    expect([...named].sort()).toEqual(texts.sort());
  });

  it('writes Chinese in Chinese', () => {
    for (const text of Object.values(chinese)) expect(text).toMatch(/\p{Script=Han}/u);
  });
});

describe('rules that prevent a cause', () => {
  const first = [
    'container-exit/error',
    'container-exit/completed',
    'container-exit/killed',
    'oom-killed/limit',
    'liveness-probe-failed/exec',
    'liveness-probe-failed/http',
    'startup-probe-failed/refused',
    'readiness-lost/refused',
    'readiness-lost/timeout',
    'pod-deleted/by-request',
    'pod-evicted/eviction-api',
    'pod-lost/node',
    'node-not-ready/kubelet-stopped',
  ];

  it.each(first)('%s maps to at least one rule', (cause) => expect(rulesFor(cause).length).toBeGreaterThan(0));

  it('names the rule that each incident of the sample shop points at', () => {
    const shop = JSON.parse(readFileSync(join(root, 'samples/shop-incidents.json'), 'utf8')) as {
      cause: string;
      rule: string | null;
    }[];
    const known = shop.filter((entry) => causeIds.includes(entry.cause) && entry.rule !== null);
    expect(known.length).toBeGreaterThan(5);
    for (const { cause, rule } of known)
      expect([cause, rulesFor(cause)]).toEqual([cause, expect.arrayContaining([rule])]);
  });
});
