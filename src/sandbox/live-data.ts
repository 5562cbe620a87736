import type { ServiceDefinition } from './definition.js';
import type { Row } from './rows.js';

/**
 * Returns the tables as they are when they are looked at, and beside them the resources that are
 * made of others.
 */
export function liveData(
  tables: Record<string, Row[]>,
  derived: Readonly<Record<string, () => Row[]>>,
): ServiceDefinition['data'] {
  const kept = Object.keys(tables).map((name) => [name, () => tables[name]] as const);
  return Object.defineProperties(
    {},
    Object.fromEntries(
      [...kept, ...Object.entries(derived)].map(([name, get]) => [name, { get, enumerable: true }]),
    ),
  );
}
