/**
 * Returns the members of an object that are given. Null and undefined mean "not given" everywhere,
 * as in dlt's configs.
 */
export function givenMembers<T extends object>(object: T | null | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(object ?? {}).filter(([, value]) => value !== null && value !== undefined),
  ) as Partial<T>;
}
