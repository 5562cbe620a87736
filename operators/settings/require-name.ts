import { ConfigError } from '../errors.js';

/**
 * Checks that a database can keep a name, and returns the name. `label` says whose it is. Errors:
 * `ERR_SLUICE_CONFIG` for a name with a NUL character or half a surrogate pair, which SQL and UTF-8
 * do not have.
 */
export function requireName(name: string, label: string): string {
  if (!/[\0\p{Surrogate}]/u.test(name)) return name;
  throw new ConfigError(
    `${label} is ${JSON.stringify(name)}, and a name cannot have a NUL character or half a surrogate pair. Take these characters out.`,
  );
}
