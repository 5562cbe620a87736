import type { Naming, NamingConvention } from '../types.js';
import { fitName } from './fit-name.js';
import { EDGE_SPACE, normalizeIdentifier } from './naming.js';

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
  /** One name of several, outermost first. */
  join: (...names: readonly string[]) => string;
  /** A name that is as short as the destination needs it. */
  fit: (name: string) => string;
}

/** Returns a naming convention of dlt by its name; one object for one. */
export function conventionOf(naming: Naming = 'snake_case'): Convention {
  let convention = conventions.get(naming);
  if (convention === undefined) {
    const [name, maxBytes = Infinity] = naming.split(':') as [NamingConvention, string?];
    convention = conventionFor(name, Number(maxBytes));
    conventions.set(naming, convention);
  }
  return convention;
}

const conventions = new Map<Naming, Convention>();

/** Returns a convention whose names have at most this many bytes; undefined for any number. */
export function namingWithin(
  name: NamingConvention | undefined,
  maxBytes: number | undefined,
): Naming | undefined {
  return maxBytes === undefined ? name : `${name ?? 'snake_case'}:${maxBytes}`;
}

/** Returns a table's name behind that of a table above it and a separator; null for others. */
export function nameBelow(table: string, above: string): string | null {
  const separator = table.startsWith(above)
    ? SEPARATORS.find((one) => table.startsWith(one, above.length))
    : undefined;
  return separator === undefined ? null : table.slice(above.length + separator.length);
}

/** Source of the order in which names are shortened: dlt's `normalize_path`. */
function conventionFor(name: NamingConvention, maxBytes: number): Convention {
  const { separator, identifierOf } = RULES[name];
  const fit = (own: string, raw = own): string => fitName(own, raw, maxBytes);
  const join = (...names: readonly string[]): string => fit(names.join(separator));
  const plains = new WeakMap<readonly string[], string>();
  function identifier(raw: string): string {
    const trimmed = raw.replaceAll(EDGE_SPACE, '');
    return trimmed === '' ? '_empty' : fit(identifierOf(trimmed), trimmed);
  }
  function path(raw: string): string {
    const parts = raw.split(separator).filter((part) => part.replaceAll(EDGE_SPACE, '') !== '');
    return parts.length === 0 ? '_empty' : fit(parts.map(identifier).join(separator), raw);
  }
  return {
    name,
    separator,
    identifier,
    path,
    plain(keys) {
      let plain = plains.get(keys);
      if (plain === undefined) {
        plain = join(...keys.map(path));
        plains.set(keys, plain);
      }
      return plain;
    },
    join,
    fit: (own) => fit(own),
  };
}

const RULES: Readonly<
  Record<NamingConvention, { separator: string; identifierOf: (name: string) => string }>
> = {
  snake_case: { separator: '__', identifierOf: normalizeIdentifier },
  // Names stay as they are, but for quotes, ends of lines and the separator.
  direct: { separator: '▶', identifierOf: (name) => name.replaceAll(/[\n\r'"▶]/g, '_') },
};

/** What nested names are joined by, in any convention. */
export const SEPARATORS: readonly string[] = Object.values(RULES).map(({ separator }) => separator);
