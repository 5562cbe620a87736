import { createJiti } from 'jiti';
import { isSluiceError } from '../../operators/errors.js';
import { ConfigError } from '../errors.js';

/**
 * Loads a file and returns the exports of a JavaScript or TypeScript file. `sluice` in it (and in
 * files it imports) is the package that runs, wherever the file lies. `path` is absolute.
 *
 * Errors: ConfigError with the file and, where it is known, the line: for text that is no program,
 * an import that leads nowhere, and whatever the file throws, except errors of sluice that are none
 * of its config.
 */
export async function loadModule(path: string): Promise<Record<string, unknown>> {
  const jiti = createJiti(path, {
    fsCache: false,
    interopDefault: false,
    virtualModules: await ownModules(),
  });
  try {
    return await jiti.import<Record<string, unknown>>(path);
  } catch (error) {
    throw fileError(error, path);
  }
}

/**
 * Returns an error that a user's file raised, with the place in front. Errors of sluice that say
 * nothing of its config stay as they are.
 */
export function fileError(error: unknown, path: string): unknown {
  if (isSluiceError(error) && error.code !== 'ERR_SLUICE_CONFIG') return error;
  if (!(error instanceof Error))
    return new ConfigError(`${path} threw ${typeof error === 'string' ? error : typeof error}.`, {
      cause: error,
    });
  // Of text that is no program, jiti says: "ParseError: Unexpected token \n /path/shop.ts:3:22".
  const [, what, where, line] =
    /^(?:ParseError: )?(.*?)\s*\n\s*(.+):(\d+):\d+\s*$/s.exec(error.message) ?? [];
  if (what !== undefined)
    return new ConfigError(`${where}, line ${line}: ${what}. The file is not a valid program.`, {
      cause: error,
    });
  // Of an import that leads nowhere, Node says: "Cannot find module 'x'\nRequire stack:\n-
  // /path/shop.ts".
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

/** Returns all that the package exports, by the names that imports use. */
export async function ownModules(): Promise<Record<string, unknown>> {
  const modules = {
    sluice: import('../index.js'),
    'sluice/operators': import('../../operators/index.js'),
    'sluice/sandbox': import('../sandbox/index.js'),
    'sluice/testing': import('../testing.js'),
    'sluice/sources/coassemble': import('../sources/coassemble.js'),
    'sluice/sources/coassemble-identities': import('../sources/coassemble-identities.js'),
    'sluice/sources/assembled': import('../sources/assembled.js'),
    'sluice/sources/coalesce': import('../sources/coalesce.js'),
  };
  const loaded = Object.entries(modules).map(async ([name, module]) => [name, await module]);
  return Object.fromEntries(await Promise.all(loaded)) as Record<string, unknown>;
}
