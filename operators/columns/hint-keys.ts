import { conventionOf } from '../schema/convention.js';
import { byClaim, type Nameless, pathKey } from '../schema/names.js';
import type { ColumnHint, Compat, Naming } from '../types.js';
import type { WalkedTable } from './walk.js';

type Path = readonly string[];

/** Keys that are remembered to say what was there instead of a hint's. */
const MOST_SEEN = 200;

/** Which raw keys of a resource's rows the names of its hints speak of. */
export interface HintKeys {
  /** Begins a page. Whatever an earlier page has shown and was not kept is dropped. */
  begin(): void;
  /**
   * Takes note of a new key of the root table, first seen in this row. The name of its column's
   * hint; null for none.
   */
  meet(path: Path, row: number): string | null;
  /** The name of the hint that speaks of a key's column; null for none. */
  hintOf(path: Path): string | null;
  /**
   * Decides whose a name is that several keys of the page claim. True when a key has been given
   * another hint than it has, so that the page must be walked again.
   */
  settle(): boolean;
  /** The names that no key had so far, and the keys that there were (some of them, if many). */
  unmatched(): { names: readonly string[]; keys: readonly string[] };
  /** Keeps what the page has shown; for each key of the primary key the raw keys, or null. */
  keep(root: WalkedTable): readonly (Path | null)[];
}

/**
 * A name speaks of the raw key that is written so, nested keys joined by the separator; as long as
 * no such key has come, of the key whose column has that name, or the name that it normalizes to
 * (dlt normalizes the names of hints). A hint that excludes a key does not follow the normalized
 * name: values would be lost. Of several keys the one of the earliest row counts, of keys in one
 * row the one that is written so: it does not depend on where pages end. By dlt's rules a hint
 * speaks of every key with the name.
 */
export function hintKeys(
  hints: Readonly<Record<string, ColumnHint>>,
  primaryKey: readonly string[],
  naming?: Naming,
  compat: Compat = 'sluice',
): HintKeys {
  const { separator, path: nameOf, plain: plainName } = conventionOf(naming);
  const columns = Object.keys(hints);
  const hinted = new Set(columns);
  const named = new Set([...columns, ...primaryKey]);
  /** Hints by the column that they name; the one that is written like it comes before others. */
  const byColumn = new Map<string, string>();
  for (const hint of columns) {
    const column = nameOf(hint);
    const follows = hints[hint]?.exclude !== true && !byColumn.has(column);
    if (hint === column || follows) byColumn.set(column, hint);
  }
  /** Keys that are written as a name, and keys that have a name because their column has. */
  let kept = { spelt: new Map<string, Path>(), plain: new Map<string, Path>() };
  let { spelt, plain } = kept;
  let claims = new Map<string, Nameless[]>();
  const keys = new Map<string, Path>();
  const matched = new Set<string>();
  const seen = new Set<string>();

  function hintMet(path: Path, row: number): string | null {
    const own = path.join(separator);
    if (named.has(own) && !spelt.has(own)) {
      spelt.set(own, path);
      if (hinted.has(own)) claim(own, path, row);
    }
    if (hinted.has(own)) return own;
    const name = byColumn.get(plainName(path));
    if (name === undefined) return null;
    if (compat === 'dlt' || has(name, path)) return name;
    // Keys are met in the order of the rows: the one that is written so was there before.
    if (spelt.has(name) || kept.plain.has(name)) return null;
    claim(name, path, row);
    if (plain.has(name)) return null;
    plain.set(name, path);
    return name;
  }
  function has(name: string, path: Path): boolean {
    const owner = plain.get(name);
    return owner !== undefined && pathKey(owner) === pathKey(path);
  }
  function claim(plainOf: string, path: Path, firstRow: number): void {
    claims.set(plainOf, [...(claims.get(plainOf) ?? []), { path, plain: plainOf, firstRow }]);
  }
  return {
    begin() {
      spelt = new Map(kept.spelt);
      plain = new Map(kept.plain);
      claims = new Map();
    },
    meet(path, row) {
      if (named.size === 0) return null;
      const name = hintMet(path, row);
      if (name !== null) matched.add(name);
      if (seen.size < MOST_SEEN) seen.add(path.join(separator));
      return name;
    },
    unmatched: () => ({ names: columns.filter((name) => !matched.has(name)), keys: [...seen] }),
    hintOf(path) {
      if (hinted.size === 0) return null;
      const own = path.join(separator);
      if (hinted.has(own)) return own;
      const name = byColumn.get(plainName(path));
      return name !== undefined && (compat === 'dlt' || has(name, path)) ? name : null;
    },
    settle() {
      let isChanged = false;
      for (const [name, claimants] of claims) {
        const before = plain.get(name);
        const [first] = claimants.sort(byClaim);
        const isOld = before === undefined || kept.plain.has(name);
        if (isOld || first === undefined || has(name, first.path)) continue;
        if (first.path.join(separator) === name) plain.delete(name);
        else plain.set(name, first.path);
        isChanged = true;
      }
      return isChanged;
    },
    keep({ columns: walked }) {
      kept = { spelt, plain };
      return primaryKey.map((name) => {
        const own = spelt.get(name) ?? keys.get(name);
        if (own !== undefined) return own;
        const [first] = walked
          .map(({ path, firstRow: row }) => ({ path, plain: plainName(path), firstRow: row }))
          .filter((column) => column.plain === nameOf(name))
          .sort(byClaim);
        if (first !== undefined) keys.set(name, first.path);
        return first?.path ?? null;
      });
    },
  };
}
