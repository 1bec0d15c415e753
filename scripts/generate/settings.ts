import type { Setting } from '../../core/src/settings.ts';
import { settings } from '../../core/src/settings.ts';

/** The configuration section of package.json; texts are keys of package.nls.json. */
export function contributedSettings(): object {
  const properties: Record<string, object> = {};
  for (const [name, setting] of Object.entries<Setting>(settings)) {
    properties[`selfheal.${name}`] = {
      type: setting.type,
      default: setting.default,
      ...(setting.enum && { enum: setting.enum }),
      scope: setting.scope,
      markdownDescription: `%setting.${name}%`,
    };
  }
  return { title: 'Selfheal', properties };
}

/** Names of the settings that are ignored while the workspace is not trusted. */
export const restrictedSettings = (): string[] =>
  Object.entries<Setting>(settings).flatMap(([name, { restricted }]) => (restricted ? [`selfheal.${name}`] : []));

/** English texts of the settings by their key in package.nls.json. */
export const settingTexts = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries<Setting>(settings).map(([name, { description }]) => [`setting.${name}`, description]),
  );
