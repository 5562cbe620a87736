import type { SettingsProvider } from '../settings/provider.js';
import { settingName } from '../settings/setting-name.js';

/** The settings of `--set` for the source of a file, and which of them were never read. */
export interface Overrides {
  readonly provider: SettingsProvider;
  unused(): string[];
}

/**
 * Makes a provider of the values of `--set token=…` for a file: a setting of its source by its key
 * (camelCase or snake_case), or any setting by its whole path (`shop.since`).
 */
export function overrides(set: Readonly<Record<string, string>>): Overrides {
  const values = new Map(Object.entries(set).map(([name, value]) => [settingName(name), value]));
  const used = new Set<string>();
  return {
    provider: {
      name: '--set',
      get(path) {
        const name = path.join('.');
        if (values.has(name)) used.add(name);
        return values.get(name);
      },
    },
    unused: () => [...values.keys()].filter((name) => !used.has(name)),
  };
}
