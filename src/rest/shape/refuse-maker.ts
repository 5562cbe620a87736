import { ConfigError } from '../../errors.js';

/**
 * ConfigError for a function of ours that stands where what it makes belongs: `paginator:
 * pageNumber` in place of `paginator: pageNumber()`. It would be taken for a function of the
 * user's. Nothing for all other values.
 *
 * @param makers the functions by their names, which a bundler may have changed
 */
export function refuseMaker(given: unknown, makers: Readonly<Record<string, unknown>>): void {
  const [name] = Object.entries(makers).find(([, maker]) => maker === given) ?? [];
  if (name !== undefined)
    throw new ConfigError(`found the function ${name} itself. Call it: ${name}(…).`);
}
