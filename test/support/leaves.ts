import type { WalkedTable } from '#operators/columns/walk.js';
import { cell } from './walked.js';

const encoder = new TextEncoder();

/** All scalars of rows by path, as they can be compared with those that the kernel finds. */
export function leavesOf(rows: readonly unknown[]): [string, unknown][] {
  return leaves(rows)
    .map(([path, value]): [string, unknown] => [normal(path), plain(value)])
    .sort(byPath);
}

/** The scalars that the kernel found, joined again by parent rows and list indexes. */
export function walkedLeaves(tables: readonly WalkedTable[]): [string, unknown][] {
  return foundIn(tables)
    .map(([path, value]): [string, unknown] => [normal(path), plain(value)])
    .sort(byPath);
}

/**
 * All scalars of a parsed value by path, lists by index; empty containers and nulls leave nothing.
 */
function leaves(value: unknown, path: readonly (string | number)[] = []): [string, unknown][] {
  if (value === null) return [];
  if (typeof value !== 'object') return [[JSON.stringify(path), value]];
  if (Array.isArray(value)) return value.flatMap((inner, i) => leaves(inner, [...path, i]));
  return Object.entries(
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [spelt(key), inner as unknown])),
  ).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** A key; half characters in it as they are escaped, so that two such keys stay two. */
function spelt(key: string): string {
  return key.replaceAll(/\p{Surrogate}/gu, (half) => JSON.stringify(half).slice(1, -1));
}

/** Half characters as UTF-8 has them: U+FFFD. */
export function wellFormed(text: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(encoder.encode(text));
}

/** The same out of what the kernel made, joined again by parent rows and list indexes. */
function foundIn(tables: readonly WalkedTable[]): [string, unknown][] {
  const paths: (string | number)[][][] = [];
  const found: [string, unknown][] = [];
  for (const [i, table] of tables.entries()) {
    const list = table.path.at(-1) ?? [];
    const index =
      table.listIndex === null
        ? null
        : new BigInt64Array(
            table.listIndex.data.buffer,
            table.listIndex.data.byteOffset,
            table.rows,
          );
    const above = paths[table.parent] ?? [];
    paths[i] = Array.from({ length: table.rows }, (_, row) => {
      if (index === null) return [row];
      const elementOfList = table.path.length > 0 && isElement(table.path);
      return [
        ...(above[table.parentRow?.[row] as number] as (string | number)[]),
        ...(elementOfList ? [] : list),
        Number(index[row]),
      ];
    });
    for (const column of table.columns)
      for (let row = 0; row < table.rows; row += 1) {
        const here = cell(column, row);
        if (here === undefined) continue;
        found.push([
          JSON.stringify([...((paths[i] ?? [])[row] ?? []), ...column.path]),
          here.value,
        ]);
      }
  }
  return found;
}

function isElement(path: readonly (readonly string[])[]): boolean {
  const last = path.at(-1) ?? [];
  return last.length === 0;
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value) + 0;
  if (typeof value === 'number') return value + 0;
  return typeof value === 'string' ? numberLike(wellFormed(value)) : value;
}

/** Digits that no lane but text can hold are compared as numbers, as JSON.parse has them. */
function numberLike(text: string): unknown {
  return /^-?\d[\d.eE+-]{15,}$/.test(text) || /^-?\d+(\.\d+)?e[+-]?\d+$/i.test(text)
    ? Number(text) + 0
    : text;
}

/** `value` columns stand for elements that are no objects. */
function normal(path: string): string {
  return path.replaceAll(',"value"', '').replaceAll('"value",', '').replaceAll('["value"]', '[]');
}

function byPath(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0])
    ? -1
    : String(a[0]) > String(b[0])
      ? 1
      : String(a[1]) < String(b[1])
        ? -1
        : 1;
}
