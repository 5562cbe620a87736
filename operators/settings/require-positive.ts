import { ConfigError } from '../errors.js';

/**
 * A setting that must be a number above 0, as it is; Infinity is one. Errors: `ERR_SLUICE_CONFIG`
 * naming the setting.
 */
export function requirePositive(value: number, name: string): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new ConfigError(
    `${name} is ${value}; it must be a number above 0. Infinity stands for no limit.`,
  );
}
