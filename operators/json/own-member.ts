/**
 * Returns a member of an object whose keys come from data; undefined for what every object has
 * (`constructor`).
 */
export function ownMember<T>(from: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(from, key) ? from[key] : undefined;
}
