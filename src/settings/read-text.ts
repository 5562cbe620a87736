import { readFileSync } from 'node:fs';
import { ConfigError } from '../errors.js';

/**
 * Reads the text of a file of settings, without a byte order mark. Errors: ConfigError for bytes
 * that are not UTF-8, which would become other characters; the file system's own.
 */
export function readText(path: string): string {
  const bytes = readFileSync(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigError(`${path} is not UTF-8. Save the file as UTF-8.`);
  }
}
