import { readFileSync } from 'node:fs';
import { isSluiceError } from '../../operators/errors.js';
import { ConfigError } from '../errors.js';

/**
 * Loads a JavaScript or TypeScript file and returns its exports. `sluice` in the file (and in files
 * that it imports) is the running package, wherever the file is. `path` is absolute.
 *
 * Errors: ConfigError with the file and, where it is known, the line: for text that is not a
 * program, an import that cannot be found, and whatever the file throws, except errors of sluice
 * that are not about its config.
 */
export async function loadModule(path: string): Promise<Record<string, unknown>> {
  const { createJiti } = await import('jiti');
  try {
    const virtualModules = await ownModules(importedNames(path));
    const jiti = createJiti(path, { fsCache: false, interopDefault: false, virtualModules });
    return await jiti.import<Record<string, unknown>>(path);
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * Returns an error that a user's file raised, with the place in front. Errors of sluice that are
 * not about its config stay as they are.
 */
export function fileError(error: unknown, path: string): unknown {
  if (isSluiceError(error) && error.code !== 'ERR_SLUICE_CONFIG') return error;
  if (!(error instanceof Error))
    return new ConfigError(`${path} threw ${typeof error === 'string' ? error : typeof error}.`, {
      cause: error,
    });
  // For text that is not a program, jiti's message is: "ParseError: Unexpected token \n
  // /path/shop.ts:3:22".
  const [, what, where, line] =
    /^(?:ParseError: )?(.*?)\s*\n\s*(.+):(\d+):\d+\s*$/s.exec(error.message) ?? [];
  if (what !== undefined)
    return new ConfigError(`${where}, line ${line}: ${what}. The file is not a valid program.`, {
      cause: error,
    });
  // For an import that cannot be found, Node's message is: "Cannot find module 'x'\nRequire
  // stack:\n- /path/shop.ts".
  const [message, importer = path] = error.message.split(/\nRequire stack:\n- (.*)/);
  const kind = isSluiceError(error) || error.name === 'Error' ? '' : `${error.name}: `;
  return new ConfigError(`${importer}${lineIn(error.stack ?? '', importer)}: ${kind}${message}`, {
    cause: error,
  });
}

function lineIn(stack: string, path: string): string {
  const [, line] = stack.split(`${path}:`)[1]?.match(/^(\d+):\d+/) ?? [];
  return line === undefined ? '' : `, line ${line}`;
}

/** What the package exports, by the names that imports use; `sluice/loader-thread` is a thread. */
export const OWN_MODULES: Readonly<Record<string, () => Promise<object>>> = {
  sluice: () => import('../index.js'),
  'sluice/operators': () => import('../../operators/index.js'),
  'sluice/duckdb': () => import('../duckdb.js'),
  'sluice/sandbox': () => import('../sandbox/index.js'),
  'sluice/testing': () => import('../testing.js'),
  'sluice/opentelemetry': () => import('../opentelemetry.js'),
  'sluice/sources/coassemble': () => import('../sources/coassemble.js'),
  'sluice/sources/coassemble-identities': () => import('../sources/coassemble-identities.js'),
  'sluice/sources/assembled': () => import('../sources/assembled.js'),
  'sluice/sources/coalesce': () => import('../sources/coalesce.js'),
};

/** Modules whose peer package may not be installed: loaded for a file that names them alone. */
const NEEDS_PEER: ReadonlySet<string> = new Set(['sluice/opentelemetry']);

async function ownModules(names: readonly string[]): Promise<Record<string, unknown>> {
  const loaded = names.map(async (name) => [name, await OWN_MODULES[name]?.()] as const);
  return Object.fromEntries(await Promise.all(loaded));
}

/**
 * Names of our modules that a file may import: those that it names, since some bring large packages
 * with them; all where it reads other files or packages, which may import any.
 */
function importedNames(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8');
  const named = [...text.matchAll(/\b(?:from|import|require)\s*\(?\s*(['"`])([^'"`]*)\1/g)].map(
    ([, , name = '']) => name,
  );
  const isComputed = /\b(?:import|require)\s*\(\s*[^'"`\s]/.test(text);
  const others = named.some((name) => !(name in OWN_MODULES) && !name.startsWith('node:'));
  return isComputed || others
    ? Object.keys(OWN_MODULES).filter((name) => !NEEDS_PEER.has(name) || named.includes(name))
    : named.filter((name) => name in OWN_MODULES);
}
