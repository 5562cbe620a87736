import { readFileSync } from 'node:fs';
import { parse, resolve } from 'node:path';
import { normalizeIdentifier } from '../../operators/schema/naming.js';
import { ConfigError } from '../errors.js';
import type { Source } from '../run/source.js';
import { fileError, loadModule } from './load-module.js';
import { readJson } from './read-json.js';
import { isConfig, isSource, sourceFromConfig } from './source-from-config.js';

const WANTED = 'a source (restSource(…)) or a config with `client` and `resources`';

/** Returns true for an argument of `sluice run` that names a file by its ending. */
export function isFile(argument: string): boolean {
  return /\.(m?[jt]s|json)$/i.test(argument);
}

/**
 * Loads the source in a file: JSON with a config; or a program whose default export, else the only
 * export that is one, is a source or a config, or a function that gives one (called without
 * arguments and awaited). A config without a name gets the file's.
 *
 * Errors: ConfigError with the file's path, and the line where it is known.
 */
export async function sourceFromFile(file: string): Promise<Source> {
  const path = resolve(file);
  const bytes = readBytes(path);
  const value = /\.json$/i.test(path) ? readJson(bytes, path) : await exported(path);
  if (isSource(value)) return value;
  if (!isConfig(value)) throw new ConfigError(`${path} holds ${described(value)}, not ${WANTED}.`);
  try {
    return sourceFromConfig(value, normalizeIdentifier(parse(path).name));
  } catch (error) {
    throw fileError(error, path);
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'it is a folder'
          : `${code}`;
    throw new ConfigError(`${path} cannot be read: ${reason}.`, { cause: error });
  }
}

async function exported(path: string): Promise<unknown> {
  const chosen = choose(await loadModule(path), path);
  if (typeof chosen !== 'function') return chosen;
  try {
    return await (chosen as () => unknown)();
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Returns the export that is meant. `module.exports = …` counts as the default export. */
function choose(exports: Record<string, unknown>, path: string): unknown {
  if ('default' in exports) return exports['default'];
  if (typeof exports === 'function' || isSource(exports) || isConfig(exports)) return exports;
  const names = Object.keys(exports);
  const [only, ...others] = names.filter(
    (name) => isSource(exports[name]) || isConfig(exports[name]),
  );
  if (only === undefined && names.length === 1) return exports[names[0] as string];
  if (only === undefined)
    throw new ConfigError(
      `${path} exports ${names.length === 0 ? 'nothing' : names.join(', ')}; its default export must be ${WANTED}.${names.length === 0 ? ' Start a program that loads by itself with node.' : ''}`,
    );
  if (others.length > 0)
    throw new ConfigError(
      `${path} exports several sources (${[only, ...others].join(', ')}); make one of them the default export.`,
    );
  return exports[only];
}

function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const keys = Object.keys(value);
  return keys.length === 0
    ? 'an empty object'
    : `an object with ${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ', …' : ''}`;
}
