import { ConfigError } from '../../errors.js';

/**
 * A value that authorization cannot do without. Callers without types hand in undefined at times,
 * which would be sent as that word.
 */
export function required(what: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '')
    throw new ConfigError(
      `Authorization needs a ${what}; it is ${value === undefined || value === null ? 'missing' : typeof value === 'string' ? 'empty' : 'not text'}.`,
    );
  return value;
}
