import { ConfigError } from '../errors.js';
import type { SettingsOptions } from './configure-settings.js';
import { settingAt } from './setting-at.js';

/**
 * Returns the secret at exactly this path, as dlt's `dlt.secrets['a.b.c']`: environment variable
 * `A__B__C`, `[a.b] c` in secrets.toml, vaults. Returned as text.
 *
 * Errors: ConfigError listing every place searched where it is not set, or for a secret that is in
 * config.toml.
 *
 * @example header('X-Key', secret('shop.key'))
 */
export function secret(path: string, options?: SettingsOptions | null): string {
  const { value, places } = settingAt(path, 'secret', 'secret', options);
  if (value === undefined)
    throw new ConfigError(
      `The secret \`${path}\` is not set. Places searched, in this order:\n${places()}`,
    );
  return value as string;
}
