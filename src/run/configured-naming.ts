import type { NamingConvention } from '../../operators/types.js';
import { settingAt } from '../settings/setting-at.js';

/**
 * Returns the naming convention of dlt's setting `schema.naming` (variable `SCHEMA__NAMING`, or
 * `naming` of `[schema]` in config.toml); undefined where it is not set. Errors: ConfigError for
 * another than `snake_case` and `direct`.
 */
export function configuredNaming(): NamingConvention | undefined {
  return settingAt('schema.naming', ['snake_case', 'direct'], 'setting').value as
    NamingConvention | undefined;
}
