import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { ConfigError } from '../errors.js';
import { isTable } from './is-table.js';
import type { Place, SettingPath } from './place.js';
import { readText } from './read-text.js';

/**
 * Makes one place of the files `name` of several folders: tables are merged deeply, and of two
 * values the earlier folder's counts. Read once, when first needed. A secret in `config.toml` is a
 * ConfigError that names file and key.
 */
export function tomlPlace(name: 'secrets.toml' | 'config.toml', folders: readonly string[]): Place {
  const paths = folders.map((folder) => join(folder, name));
  let read: { files: { path: string; content: unknown }[]; all: unknown } | undefined;
  const contents = (): NonNullable<typeof read> => {
    const files = paths.map((path) => ({ path, content: readToml(path) }));
    return {
      files,
      all: files.reduceRight<unknown>(
        (beneath, { content }) => merged(beneath, content),
        undefined,
      ),
    };
  };
  return {
    find(path, sensitivity) {
      read ??= contents();
      const value = at(read.all, path);
      if (value === undefined) return undefined;
      const file = read.files.find(({ content }) => at(content, path) !== undefined)?.path;
      const from = `${file} ${place(path)}`;
      if (sensitivity === 'secret' && name === 'config.toml')
        throw new ConfigError(
          `The secret ${place(path)} is in ${file}, and secrets do not belong there. Move it to secrets.toml in the same folder, and do not commit that file.`,
        );
      return { value, from };
    },
    lines(keys, sensitivity) {
      if (sensitivity === 'secret' && name === 'config.toml') return [];
      const files = paths.map((path) => (existsSync(path) ? path : `${path} (no such file)`));
      return [{ place: files.join(', '), keys: keys.map((path) => path.join('.')) }];
    },
  };
}

/** Returns a path as it is written in the file: `[sources.shop] token`. */
function place(path: SettingPath): string {
  const sections = path.slice(0, -1);
  return `${sections.length === 0 ? '' : `[${sections.join('.')}] `}${path.at(-1)}`;
}

function readToml(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return parse(readText(path), { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    // smol-toml quotes the line in its message, and that line may hold a secret: neither message
    // nor cause is passed on.
    const where =
      error instanceof TomlError
        ? `line ${error.line}, column ${error.column}`
        : 'it could not be read';
    throw new ConfigError(`${path} is not valid TOML (${where}). Correct the file or remove it.`);
  }
}

function merged(beneath: unknown, over: unknown): unknown {
  if (over === undefined) return beneath;
  if (!isTable(beneath) || !isTable(over)) return over;
  return {
    ...beneath,
    ...Object.fromEntries(
      Object.entries(over).map(([key, value]) => [key, merged(own(beneath, key), value)]),
    ),
  };
}

function at(value: unknown, path: SettingPath): unknown {
  return path.reduce<unknown>((here, key) => (isTable(here) ? own(here, key) : undefined), value);
}

function own(table: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
