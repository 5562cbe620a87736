import { settingName } from '../../settings/setting-name.js';
import type { Auth } from './auth.js';
import { required } from './required.js';

/**
 * An authorization of `given` values, those that are undefined to be read from the settings by
 * their names in snake_case (`clientId`: `client_id`). Null stays null: it says that there is none.
 * Until then, requests end with a ConfigError.
 */
export function fromSettings<Values extends Record<string, string | null | undefined>>(
  given: Values,
  make: (values: { [Name in keyof Values]: Exclude<Values[Name], undefined> }) => Auth,
): Auth {
  const missing = Object.keys(given).filter((name) => given[name] === undefined);
  const [first] = missing;
  if (first === undefined) return make(given as Parameters<typeof make>[0]);
  return {
    apply: () => void required(settingName(first), undefined),
    secrets: Object.values(given).filter((value): value is string => typeof value === 'string'),
    withSettings: (setting) => {
      const found = Object.fromEntries(missing.map((name) => [name, setting(settingName(name))]));
      return make({ ...given, ...found } as Parameters<typeof make>[0]);
    },
  };
}
