import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { ConfigError } from './errors.js';

/** A setting as found: its value and a name for the place it came from (never the value itself). */
export interface Setting {
  value: unknown;
  from: string;
}

export interface SettingsOptions {
  /** Folder that holds `.dlt`. @default process.cwd() */
  cwd?: string;
  /** Home folder, whose `.dlt` comes after the project's. @default os.homedir() */
  home?: string;
  /** @default process.env */
  env?: Readonly<Record<string, string | undefined>>;
}

/** Looks up the settings and secrets of one source. */
export interface Settings {
  /** The value of a key, or undefined where no place has it. An empty environment variable counts as not set. */
  find(key: string): Setting | undefined;
  /** The value of a key as text; ConfigError listing every place that was looked in where it is missing. */
  require(key: string): string;
}

/**
 * Settings of the source `name` by dlt's names: environment variables, then `.dlt/secrets.toml` and `.dlt/config.toml` of
 * the project, then those of the home folder. Section `sources.<name>` comes before `sources.<name>_source`.
 * Files are read once, at the first look-up that the environment cannot answer.
 * Source of the names: dlt's configuration documentation (double underscores in the environment, sections in TOML).
 *
 * Errors: ConfigError for a file that is not TOML (its name and line, never its text).
 */
export function settings(name: string, options: SettingsOptions = {}): Settings {
  const env = options.env ?? process.env;
  const sections = [name, `${name}_source`];
  let files: { path: string; content: unknown }[] | undefined;

  function find(key: string): Setting | undefined {
    for (const section of sections) {
      const variable = variableName(section, key);
      const value = env[variable];
      if (value !== undefined && value !== '') return { value, from: variable };
    }
    files ??= tomlPaths(options).map((path) => ({ path, content: readToml(path) }));
    for (const file of files) {
      for (const section of sections) {
        const value = at(file.content, ['sources', section, key]);
        if (value !== undefined && value !== '') return { value, from: `${file.path} [sources.${section}] ${key}` };
      }
    }
    return undefined;
  }

  return {
    find,
    require(key) {
      const setting = find(key);
      if (setting === undefined) throw new ConfigError(missing(name, key, sections, tomlPaths(options)));
      const { value } = setting;
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'bigint')
        throw new ConfigError(`Setting \`${key}\` of source \`${name}\` in ${setting.from} is a table, list or date; give one value as text or number.`);
      return String(value);
    },
  };
}

function variableName(section: string, key: string): string {
  return `SOURCES__${section}__${key}`.toUpperCase();
}

function tomlPaths({ cwd = process.cwd(), home = homedir() }: SettingsOptions): string[] {
  const folders = [...new Set([join(cwd, '.dlt'), join(home, '.dlt')])];
  return folders.flatMap((folder) => [join(folder, 'secrets.toml'), join(folder, 'config.toml')]);
}

function readToml(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // smol-toml quotes the line in its message, and that line may hold a secret: neither message nor cause is passed on.
    const where = error instanceof TomlError ? `line ${error.line}, column ${error.column}` : 'it could not be read';
    throw new ConfigError(`${path} is not readable as TOML (${where}). Mend the file or remove it.`);
  }
}

function at(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

function missing(name: string, key: string, sections: readonly string[], paths: readonly string[]): string {
  const places = [
    ...sections.map((section) => `environment variable ${variableName(section, key)}`),
    ...paths.flatMap((path) =>
      sections.map((section) => `${path}${existsSync(path) ? '' : ' (no such file)'}, [sources.${section}] ${key}`),
    ),
  ];
  return `Source \`${name}\` needs \`${key}\` and found it nowhere. Looked in:\n${places.map((place) => `  - ${place}`).join('\n')}`;
}
