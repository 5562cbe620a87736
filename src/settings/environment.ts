import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../errors.js';
import type { Place, SettingPath } from './place.js';
import { readText } from './read-text.js';

/**
 * Returns the name of the environment variable of a path: `['sources', 'shop', 'token']` →
 * `SOURCES__SHOP__TOKEN`. A character that no shell could set becomes `_`.
 */
export function variableName(path: SettingPath): string {
  return path
    .join('__')
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_');
}

/**
 * Makes a place of the environment variables, by dlt's names. Credentials are looked for in files
 * of the folder `mounted` before, as containers get them: `SOURCES__SHOP__TOKEN` is the file
 * `sources--shop--token`, or one of that name in a folder of that name (Kubernetes).
 */
export function environmentPlace(
  env: Readonly<Record<string, string | undefined>>,
  mounted: string,
): Place {
  return {
    find(path, sensitivity) {
      const variable = variableName(path);
      const file = sensitivity === 'setting' ? undefined : mountedFile(mounted, path);
      if (file !== undefined) return { value: readSecret(file), from: file };
      return { value: env[variable], from: variable };
    },
    lines(paths, sensitivity) {
      const variables = { place: 'environment variables', keys: paths.map(variableName) };
      if (sensitivity === 'setting') return [variables];
      if (!existsSync(mounted))
        return [{ place: `${mounted} (no such folder)`, keys: [] }, variables];
      return [{ place: `files in ${mounted}`, keys: paths.map(fileName) }, variables];
    },
  };
}

function fileName(path: SettingPath): string {
  return variableName(path).toLowerCase().replaceAll('_', '-');
}

function mountedFile(mounted: string, path: SettingPath): string | undefined {
  const name = fileName(path);
  return [join(mounted, name), join(mounted, name, name)].find((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile(),
  );
}

function readSecret(file: string): string {
  try {
    return readText(file).replace(/\r?\n$/, '');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `The secret in ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      { cause: error },
    );
  }
}
