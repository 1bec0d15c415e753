import { describe, expect, it } from 'vitest';
import { englishTemplates } from '../../core/src/lint/templates.ts';
import { rules } from '../../core/src/rules/registry.ts';
import chinese from '../../l10n/rules.zh-cn.json' with { type: 'json' };

const english = englishTemplates(rules);
const translations: ReadonlyMap<string, string> = new Map(Object.entries(chinese));
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\{\s*[\w.-]+\s*\}\}/g))].sort();

describe('simplified Chinese', () => {
  it('has every text, and none that is gone', () => {
    expect([...translations.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it.each([...english].map(([id, text]) => ({ id, text })))(
    '$id has the placeholders of the English text',
    ({ id, text }) => {
      const translation = translations.get(id) ?? '';
      expect(placeholders(translation)).toEqual(placeholders(text));
      expect(translation, 'is translated').toMatch(/[\u4e00-\u9fff]/);
    },
  );
});
