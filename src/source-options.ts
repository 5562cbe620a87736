import { settings, type SettingsOptions } from './config.js';
import { ConfigError } from './errors.js';
import type { Source } from './source.js';

/** One option of a ready source: a field of its options object, and a setting by dlt's name. */
export interface SourceOption {
  /** Field of the options object, camelCase; the setting (environment, TOML, `--set`) is the same in snake_case. */
  name: string;
  /**
   * `secret` and `text`: any text; `number`: a finite number; `time`: unix seconds, or an ISO 8601 date or time (UTC where
   * it says no zone), given to the source as unix seconds; `flag`: true or false; a list: one of these words.
   */
  kind: 'secret' | 'text' | 'number' | 'time' | 'flag' | readonly string[];
  /** @default false */
  required?: boolean;
  /** One line for `--help`. */
  description: string;
}

/** A ready source: call it with options (settings and secrets fill what is left out); `options` says which there are. */
export interface SourceFactory<Options extends object> {
  (options?: Options): Source;
  /** dlt's name of the source. */
  readonly sourceName: string;
  readonly options: readonly SourceOption[];
}

/** Makes a source factory from its options' description and the function that builds the source from checked values. */
export function sourceFactory<Options extends object>(
  sourceName: string,
  options: readonly SourceOption[],
  build: (values: Options) => Source,
): SourceFactory<Options> {
  const factory = (given?: Options): Source => build(readOptions<Options>(sourceName, options, { ...given }));
  return Object.assign(factory, { sourceName, options });
}

/**
 * The options of a source: given ones first, then settings (environment, `.dlt/*.toml`); left out where nobody says.
 *
 * Errors: ConfigError for an option that does not exist (naming those that do), a value of the wrong kind, or a required
 * one that is nowhere (listing every place looked in).
 */
export function readOptions<Options extends object>(
  source: string,
  options: readonly SourceOption[],
  given: Readonly<Record<string, unknown>>,
  places?: SettingsOptions,
): Options {
  const known = options.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (!known.includes(name))
      throw new ConfigError(`Source \`${source}\` has no option \`${name}\`. Options: ${known.join(', ')}.`);
  }
  const found = settings(source, places);
  const values: Record<string, unknown> = {};
  for (const option of options) {
    const key = settingName(option.name);
    const explicit = given[option.name];
    const setting = explicit === undefined ? found.find(key) : { value: explicit, from: `option \`${option.name}\`` };
    if (setting !== undefined) values[option.name] = converted(source, option, setting.value, setting.from);
    else if (option.required === true) found.require(key);
  }
  return values as Options;
}

/** `apiKey` → `api_key`. */
export function settingName(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function converted(source: string, { name, kind }: SourceOption, value: unknown, from: string): unknown {
  const wrong = (wanted: string): ConfigError =>
    new ConfigError(`Source \`${source}\`: ${from} must be ${wanted}${kind === 'secret' ? '' : `; found ${JSON.stringify(value) ?? typeof value}`}.`);
  if (value instanceof Date && kind === 'time') return value.getTime() / 1000;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'bigint')
    throw wrong('one value');
  const text = String(value).trim();
  if (text === '') throw wrong(`a value for ${name}, not empty`);
  if (kind === 'text' || kind === 'secret') return text;
  if (kind === 'flag') {
    if (text !== 'true' && text !== 'false') throw wrong('true or false');
    return text === 'true';
  }
  if (kind === 'number') {
    if (!Number.isFinite(Number(text))) throw wrong('a number');
    return Number(text);
  }
  if (kind === 'time') {
    const seconds = /^\d+$/.test(text) ? Number(text) : unixSeconds(text);
    if (Number.isNaN(seconds)) throw wrong('unix seconds or an ISO 8601 date or time');
    return seconds;
  }
  if (!kind.includes(text)) throw wrong(`one of ${kind.join(', ')}`);
  return text;
}

/** ISO 8601 to unix seconds; a time without a zone is UTC (Date.parse would take it as local). NaN for other text. */
function unixSeconds(text: string): number {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return Number.NaN;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  return Math.floor(Date.parse(zoned) / 1000);
}
