import type { SettingsOptions } from './configure-settings.js';
import type { SettingKinds } from './parse-setting.js';
import { settingAt } from './setting-at.js';

/**
 * Returns the setting at exactly this path, as dlt's `dlt.config['a.b']`: environment variable
 * `A__B`, `[a] b` in secrets.toml and config.toml, vaults. Undefined where it is not set. @default
 * kind 'text'
 *
 * Errors: ConfigError for a value that is not of the kind, naming where it was found.
 *
 * @example const since = setting('shop.since', 'time') ?? 1_735_689_600;
 */
export function setting<Kind extends keyof SettingKinds = 'text'>(
  path: string,
  kind?: Kind,
  options?: SettingsOptions | null,
): SettingKinds[Kind] | undefined {
  return settingAt(path, kind ?? 'text', 'setting', options).value as
    SettingKinds[Kind] | undefined;
}
