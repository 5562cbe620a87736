import { ConfigError } from '../errors.js';

/**
 * Checks that a setting is a number above 0 (Infinity is one), and returns it. Errors:
 * `ERR_SLUICE_CONFIG` naming the setting.
 */
export function requirePositive(value: number, name: string): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new ConfigError(
    `${name} is ${value}; it must be a number above 0. Infinity stands for no limit.`,
  );
}
