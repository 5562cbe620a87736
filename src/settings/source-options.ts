import { ConfigError } from '../errors.js';
import type { Source } from '../run/source.js';
import type { SettingsOptions } from './configure-settings.js';
import {
  checkSetting,
  parseSetting,
  type SettingCheck,
  type SettingKind,
} from './parse-setting.js';
import { settingName } from './setting-name.js';
import { settings } from './settings.js';

/** One option of a ready source: a field of its options object, and a setting by dlt's name. */
export interface SourceOption {
  /**
   * Field of the options object, camelCase; the setting (environment, TOML, `--set`) is the same in
   * snake_case.
   */
  name: string;
  kind: SettingKind;
  /** Rule for a text, checked where the value was found. @default none */
  check?: SettingCheck;
  /** @default false */
  required?: boolean;
  /** One line for `--help`. */
  description: string;
}

/**
 * A ready source: call it with options (those that are left out are read as settings and secrets
 * from `places`). `options` lists them.
 */
export interface SourceFactory<Options extends object> {
  (options?: Options, places?: SettingsOptions): Source;
  /** dlt's name of the source. */
  readonly sourceName: string;
  readonly options: readonly SourceOption[];
}

/**
 * Makes a source factory from its options' description and the function that builds the source from
 * checked values.
 */
export function sourceFactory<Options extends object>(
  sourceName: string,
  options: readonly SourceOption[],
  build: (values: Options) => Source,
): SourceFactory<Options> {
  const factory = (explicit?: Options, places?: SettingsOptions): Source =>
    build(readOptions<Options>(sourceName, options, { ...explicit }, places));
  return Object.assign(factory, { sourceName, options });
}

/**
 * Returns the options of a source: those of the call first, then settings (environment, TOML files,
 * vaults); left out where neither has them.
 *
 * Errors: ConfigError for an option that does not exist (naming those that do), a value of the
 * wrong kind, or a required one that is not set (listing every place searched).
 */
export function readOptions<Options extends object>(
  source: string,
  options: readonly SourceOption[],
  explicit: Readonly<Record<string, unknown>>,
  places?: SettingsOptions,
): Options {
  const known = options.map(({ name }) => name);
  for (const name of Object.keys(explicit)) {
    if (!known.includes(name))
      throw new ConfigError(
        `Source \`${source}\` has no option \`${name}\`. Options: ${known.join(', ')}.`,
      );
  }
  const found = settings(source, source, places);
  const values: Record<string, unknown> = {};
  const checks: Parameters<typeof checkSetting>[] = [];
  for (const option of options) {
    const key = settingName(option.name);
    const passed = explicit[option.name];
    const sensitivity = option.kind === 'secret' ? 'secret' : 'setting';
    const setting =
      passed === undefined
        ? found.find(key, sensitivity)
        : { value: passed, from: `option \`${option.name}\`` };
    if (setting !== undefined) {
      const from = `Source \`${source}\`: ${setting.from}`;
      const value = parseSetting(setting.value, option.kind, from);
      values[option.name] = value;
      if (option.check !== undefined) checks.push([String(value), option.check, from]);
    } else if (option.required === true) found.require(key, sensitivity);
  }
  // A missing option is reported before one that is wrong.
  for (const check of checks) checkSetting(...check);
  return values as Options;
}
