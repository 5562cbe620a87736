import type { NamingConvention } from '../types.js';
import { EDGE_SPACE, normalizeIdentifier, normalizePath } from './naming.js';

/** How raw keys become the names of tables and columns. */
export interface Convention {
  name: NamingConvention;
  /** Stands between the keys of nested values, and between a table and its lists. */
  separator: string;
  /** The name of one identifier, such as a dataset. */
  identifier: (name: string) => string;
  /** A name that may be a path: parts between separators are named each, blank ones dropped. */
  path: (name: string) => string;
  /** The name for raw keys, outermost first. Kept for each array of keys. */
  plain: (path: readonly string[]) => string;
}

/** Returns a naming convention of dlt by its name. */
export function conventionOf(name: NamingConvention = 'snake_case'): Convention {
  return CONVENTIONS[name];
}

/** Returns a table's name behind that of a table above it and a separator; null for others. */
export function nameBelow(table: string, above: string): string | null {
  const separator = table.startsWith(above)
    ? SEPARATORS.find((one) => table.startsWith(one, above.length))
    : undefined;
  return separator === undefined ? null : table.slice(above.length + separator.length);
}

/** dlt's `direct`: names stay as they are, but for quotes, ends of lines and the separator. */
function directIdentifier(name: string): string {
  const trimmed = name.replaceAll(EDGE_SPACE, '');
  return trimmed === '' ? '_empty' : trimmed.replaceAll(/[\n\r'"▶]/g, '_');
}

function directPath(name: string): string {
  const parts = name.split('▶').filter((part) => part.replaceAll(EDGE_SPACE, '') !== '');
  return parts.length === 0 ? '_empty' : parts.map(directIdentifier).join('▶');
}

function convention(
  name: NamingConvention,
  separator: string,
  identifier: Convention['identifier'],
  path: Convention['path'],
): Convention {
  const names = new WeakMap<readonly string[], string>();
  return {
    name,
    separator,
    identifier,
    path,
    plain(keys) {
      let plain = names.get(keys);
      if (plain === undefined) {
        plain = keys.map(path).join(separator);
        names.set(keys, plain);
      }
      return plain;
    },
  };
}

const CONVENTIONS: Readonly<Record<NamingConvention, Convention>> = {
  snake_case: convention('snake_case', '__', normalizeIdentifier, normalizePath),
  direct: convention('direct', '▶', directIdentifier, directPath),
};

/** What nested names are joined by, in any convention. */
export const SEPARATORS: readonly string[] = Object.values(CONVENTIONS).map(
  ({ separator }) => separator,
);
