import { ConfigError } from '../errors.js';
import { configured, type SettingsOptions } from './configure-settings.js';
import { variableName } from './environment.js';
import { isTable } from './is-table.js';
import { lookUp, placesText } from './look-up.js';
import { parseSetting, type SettingKind, type SettingKinds } from './parse-setting.js';
import { providerPlace, type Sensitivity, type Setting, type SettingPath } from './place.js';
import { placesOf } from './places.js';

/** Looks up the settings of one destination. */
export interface DestinationSettings {
  /** The pipeline whose settings come first, where it is known. */
  readonly pipeline: string | undefined;
  /**
   * The value of a key, for example `bucket_url` or `credentials.host`; undefined where no place
   * has it. A value of kind `secret` must not be in config.toml.
   */
  readonly find: <Kind extends keyof SettingKinds>(
    key: string,
    kind: Kind,
  ) => SettingKinds[Kind] | undefined;
  /**
   * `credentials` (or another key) as a text, with its place; undefined where it is not set, or is
   * a table. @default sensitivity 'secret'
   */
  readonly text: (
    key: string,
    sensitivity?: Sensitivity,
  ) => { value: string; from: string } | undefined;
  /** The error of a key that is set nowhere: the variable, and every place that was searched. */
  readonly missing: (key: string, example: string) => ConfigError;
}

/**
 * Looks up the settings of the destination `name` by dlt's names and in dlt's order: environment
 * variables, `secrets.toml`, `config.toml`, vaults; in each the sections `levels`, from the most
 * specific to the least; all of it with the pipeline's name in front before all of it without.
 *
 * Source of the rules: `resolve_configuration` of dlt, with the sections of a destination.
 *
 * Errors: ConfigError as of `settings`.
 */
export function destinationSettings(
  name: string,
  options?: SettingsOptions | null,
  levels: readonly SettingPath[] = [['destination', name], ['destination'], []],
): DestinationSettings {
  const where = configured(options);
  // A function names the pipeline of a source.
  const pipeline = typeof where.pipeline === 'string' ? where.pipeline : undefined;
  const places = placesOf(where);
  const all = where.overrides === undefined ? places : [providerPlace(where.overrides), ...places];
  const pathsOf = (key: string): SettingPath[] =>
    levels.map((level) => [...level, ...key.split('.')]);

  function look(key: string, sensitivity: Sensitivity): Setting | undefined {
    const paths = pathsOf(key);
    const passes =
      pipeline === undefined ? [paths] : [paths.map((path) => [pipeline, ...path]), paths];
    return lookUp(all, passes, sensitivity);
  }
  const parsed = (found: Setting, kind: SettingKind): unknown =>
    parseSetting(found.value, kind, `Destination \`${name}\`: ${found.from}`);

  return {
    pipeline,
    find<Kind extends keyof SettingKinds>(key: string, kind: Kind) {
      const found = look(key, kind === 'secret' ? 'secret' : 'credential');
      return found && (parsed(found, kind) as SettingKinds[Kind]);
    },
    text(key, sensitivity = 'secret') {
      // A table is looked up member by member, and some of its members are no secrets.
      const found = look(key, 'credential');
      if (found === undefined || isTable(found.value)) return undefined;
      look(key, sensitivity);
      return { value: parsed(found, 'secret') as string, from: found.from };
    },
    missing(key, example) {
      const also =
        pipeline === undefined
          ? ''
          : ` (all of them first with the pipeline's name \`${pipeline}\` in front)`;
      return new ConfigError(
        `Destination \`${name}\` needs \`${key}\`. Set the environment variable ${variableName(['destination', name, ...key.split('.')])}, for example to ${example}. Places searched, in this order${also}:\n${placesText(places, pathsOf(key), 'secret')}`,
      );
    },
  };
}
