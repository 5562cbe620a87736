import { isObject } from '../../operators/json/is-object.js';

/**
 * Writes a part of a configuration as text: the same text for the same configuration, whatever the
 * order of its keys. Functions are their source text, so what they take from around them does not
 * count. A schema of rows (Standard Schema) is its vendor alone: what it means for the tables is in
 * their hints.
 *
 * @param isLeftOut keys that do not count, by the keys that lead to them and by their values
 * @param shown texts as they count. @default as they are
 */
export function configText(
  config: unknown,
  isLeftOut: (path: readonly string[], value: unknown) => boolean = () => false,
  shown: (text: string) => string = (text) => text,
): string {
  const within = new Set<object>();
  const print = (value: unknown, path: readonly string[]): string => {
    if (typeof value === 'function') return `function ${Function.prototype.toString.call(value)}`;
    if (typeof value !== 'object' || value === null)
      return `${typeof value} ${typeof value === 'string' ? JSON.stringify(shown(value)) : String(value)}`;
    if (within.has(value)) return 'circle';
    if (isObject(value) && isObject(value['~standard']))
      return `schema ${String(value['~standard']['vendor'])}`;
    within.add(value);
    const text =
      value instanceof Date || value instanceof RegExp || value instanceof URL
        ? `${value.constructor.name} ${shown(String(value))}`
        : Symbol.iterator in value
          ? `[${[...(value as Iterable<unknown>)].map((one) => print(one, path)).join(',')}]`
          : `{${Object.entries(value)
              .filter(([key, inner]) => inner !== undefined && !isLeftOut([...path, key], inner))
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, inner]) => `${JSON.stringify(key)}:${print(inner, [...path, key])}`)
              .join(',')}}`;
    within.delete(value);
    return text;
  };
  return print(config, []);
}
