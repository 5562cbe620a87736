import type { SchemaChange } from '../types.js';
import { type Convention, SEPARATORS } from './convention.js';
import { nameTag } from './naming.js';

/** Something that has raw keys and needs a name: a column, or the list that a child table holds. */
export interface Nameless {
  /** Raw keys, outermost first. */
  path: readonly string[];
  /** dlt's name for them. */
  plain: string;
  /**
   * First row of the page in which it is there; of the root table, so that all tables count alike.
   */
  firstRow: number;
  /** A hint of this very key has declared the column. @default false */
  isDeclared?: boolean;
}

const keys = new WeakMap<readonly string[], string>();

/** Returns raw keys as one text. The walk gives the same array for a key in every page. */
export function pathKey(path: readonly string[]): string {
  let key = keys.get(path);
  if (key === undefined) {
    key = JSON.stringify(path);
    keys.set(path, key);
  }
  return key;
}

/**
 * Orders columns or lists by which is named first, and so gets the plain name: the one that came in
 * an earlier row; in one row the one that it was declared for, then the one that equals its name;
 * then the first by alphabet. The order does not depend on where pages end.
 */
export function byClaim(a: Nameless, b: Nameless): number {
  if (a.firstRow !== b.firstRow) return a.firstRow - b.firstRow;
  const declared = Number(b.isDeclared === true) - Number(a.isDeclared === true);
  if (declared !== 0) return declared;
  const spelt = Number(isSpelt(b)) - Number(isSpelt(a));
  if (spelt !== 0) return spelt;
  return JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1;
}

function isSpelt({ path, plain }: Nameless): boolean {
  return SEPARATORS.some((separator) => path.join(separator) === plain);
}

/**
 * Returns the plain name, or where it is taken `<plain>__<tag of the raw keys>`; dlt would write
 * two keys of one name over each other. `isTaken` is called with names in lower case: a database
 * may not tell the others apart. `fit` makes the name as short as it has to be.
 */
export function freeName(
  { path, plain }: Pick<Nameless, 'path' | 'plain'>,
  isTaken: (name: string) => boolean,
  fit: Convention['fit'] = (name) => name,
): string {
  // A key may hold any character but, as good as always, this one.
  const raw = path.join('\u0000');
  let name = plain;
  for (let salt = 0; isTaken(name.toLowerCase()); salt += 1)
    name = fit(`${plain}__${nameTag(salt === 0 ? raw : `${raw}\u0000${salt}`)}`);
  return name;
}

/** Reports a name that two raw keys share. */
export function collision(
  table: string,
  name: string,
  { path, plain }: Pick<Nameless, 'path' | 'plain'>,
): SchemaChange {
  const raw = path.join('.').slice(0, 200);
  return {
    kind: 'collision',
    table,
    column: name,
    dataType: null,
    message: `Key \`${raw}\` of table \`${table}\` would be named \`${plain}\`, which is taken: it is kept as \`${name}\`.`,
  };
}

/**
 * Returns the key under which a value is kept that was to go where a row has another one of its
 * own: `<key>_<tag of the key>`, or where the row has that too, the same of that name.
 */
export function besideName(key: string, row: object = {}): string {
  const name = `${key}_${nameTag(key)}`;
  return Object.hasOwn(row, name) ? besideName(name, row) : name;
}
