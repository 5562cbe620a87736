import type { SchemaChange } from '../types.js';
import { nameTag, normalizePath } from './naming.js';

/** Keeps apart raw names that normalize to the same one. */
export interface Names {
  /** The unique name for the raw keys of a column or list; the first of two keeps the plain name. `id` tells apart what has the same keys. @default the keys */
  of(path: readonly string[], id?: string): string;
}

/**
 * The names in one scope (the columns of a table, or all tables of a resource). A second raw path with a name that is taken
 * gets `<name>__<tag of the raw path>` and is reported; dlt would write it over the first. `reserved` names belong to sluice.
 */
export function namesIn(
  prefix: string,
  reserved: readonly string[],
  collided: (name: string, plain: string, path: readonly string[]) => void,
): Names {
  const known = new Map<string, string>();
  const taken = new Set(reserved);
  return {
    // A key may hold any character, so a joined path would not tell ["a", "b"] from a key that holds the joint.
    of(path, id = JSON.stringify(path)) {
      const raw = path.join('\u0000');
      const before = known.get(id);
      if (before !== undefined) return before;
      const plain = prefix + path.map((key) => (key.trim() === '' ? '_empty' : normalizePath(key))).join('__');
      let name = plain;
      for (let salt = 0; taken.has(name); salt += 1) name = `${plain}__${nameTag(salt === 0 ? raw : `${raw}\u0000${salt}`)}`;
      taken.add(name);
      known.set(id, name);
      if (name !== plain) collided(name, plain, path);
      return name;
    },
  };
}

/** The report of a name that had to be told apart. */
export function collision(table: string, name: string, plain: string, path: readonly string[]): SchemaChange {
  const raw = path.join('.').slice(0, 200);
  return {
    kind: 'collision',
    table,
    column: name,
    dataType: null,
    message: `Key \`${raw}\` of table \`${table}\` would be named \`${plain}\`, which is taken: it is kept as \`${name}\`.`,
  };
}
