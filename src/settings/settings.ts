import { ConfigError } from '../errors.js';
import { configured, type SettingsOptions } from './configure-settings.js';
import { variableName } from './environment.js';
import { lookUp, placesText } from './look-up.js';
import { parseSetting } from './parse-setting.js';
import { type Place, providerPlace, type Sensitivity, type Setting } from './place.js';
import { placesOf } from './places.js';
import { innerSections, settingPaths, type SettingsOwner } from './setting-paths.js';

/** Looks up the settings and secrets of one source. */
export interface Settings {
  /**
   * The value of a key, or undefined where no place has it. An empty environment variable counts as
   * not set. @default 'setting'
   */
  find(key: string, sensitivity?: Sensitivity): Setting | undefined;
  /**
   * The value of a key as text; ConfigError listing every place searched where it is missing.
   * @default 'setting'
   */
  require(key: string, sensitivity?: Sensitivity): string;
}

/**
 * Looks up the settings of the source `name` by dlt's names and in dlt's order: environment
 * variables, `secrets.toml`, `config.toml`, vaults; in each the most specific name first; all of it
 * with the pipeline's name in front before all of it without. `section` is `rest_api` for a source
 * of that kind, the name itself for a ready source. Files (in `.sluice` and `.dlt` of the project,
 * then of the home folder) are read once, when first needed.
 *
 * Source of the rules: dlt's documentation on configuration, "How dlt looks for values".
 *
 * Errors: ConfigError for a file that is not TOML (its name and line, never its text), a secret in
 * config.toml, a value that still is `<configure me>`.
 */
export function settings(
  name: string,
  section: string = name,
  options: SettingsOptions = {},
): Settings {
  const where = configured(options);
  const pipeline = typeof where.pipeline === 'function' ? where.pipeline(name) : where.pipeline;
  const owner = { name, section, pipeline };
  const places = placesOf(where);
  const overrides: Place[] = where.overrides === undefined ? [] : [providerPlace(where.overrides)];

  function find(key: string, sensitivity: Sensitivity = 'setting'): Setting | undefined {
    const passes = settingPaths(owner, key, sensitivity);
    return lookUp(overrides, passes, sensitivity) ?? lookUp(places, passes, sensitivity);
  }

  return {
    find,
    require(key, sensitivity = 'setting') {
      const setting = find(key, sensitivity);
      if (setting !== undefined)
        return parseSetting(
          setting.value,
          'secret',
          `Source \`${name}\`: ${setting.from}`,
        ) as string;
      throw new ConfigError(missingText(owner, key, sensitivity, places));
    },
  };
}

/**
 * Names the one variable to set, then every place once. The keys that are tried in addition at each
 * place come first.
 */
function missingText(
  owner: SettingsOwner,
  key: string,
  sensitivity: Sensitivity,
  places: readonly Place[],
): string {
  const { name, section, pipeline } = owner;
  const inner = innerSections(section, sensitivity).map((one) => `\`${one.join('.')}\``);
  const also = [
    ...(inner.length === 0
      ? []
      : [`each key also with ${inner.join(' or ')} before its last part`]),
    ...(pipeline === undefined
      ? []
      : [`all of them first with the pipeline's name \`${pipeline}\` in front`]),
  ];
  const [paths = []] = settingPaths({ name, section }, key, 'setting');
  return `Source \`${name}\` needs \`${key}\`. Set the environment variable ${variableName(['sources', name, key])} (or pass it to the source). Places searched, in this order${also.length === 0 ? '' : ` (${also.join('; ')})`}:\n${placesText(places, paths, sensitivity)}`;
}
