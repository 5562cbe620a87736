import { ConfigError } from '../errors.js';
import type { Source } from '../run/source.js';
import { settingName } from '../settings/setting-name.js';
import type { SourceFactory } from '../settings/source-options.js';
import { assembled } from '../sources/assembled.js';
import { coalesce } from '../sources/coalesce.js';
import { coassemble } from '../sources/coassemble.js';

/** The sources that the command line knows, by name. */
export const catalogue: Readonly<Record<string, SourceFactory<object>>> = {
  coassemble,
  assembled,
  coalesce,
};

/**
 * Builds the source `name` with the options of `--set` (camelCase or snake_case) and settings.
 *
 * Errors: ConfigError for an unknown source or option, a wrong value, a missing secret.
 */
export function sourceNamed(name: string, set: Readonly<Record<string, string>>): Source {
  const factory = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  if (factory === undefined)
    throw new ConfigError(
      `There is no source \`${name}\`. Sources: ${Object.keys(catalogue).join(', ')}. Or give a .ts, .mts, .js, .mjs or .json file.`,
    );
  const byName = new Map(
    factory.options.flatMap((option) => [
      [option.name, option.name],
      [settingName(option.name), option.name],
    ]),
  );
  return factory(
    Object.fromEntries(Object.entries(set).map(([key, value]) => [byName.get(key) ?? key, value])),
  );
}
