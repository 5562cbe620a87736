import { from, map, type Observable, type ObservableInput } from 'rxjs';
import { ConfigError } from './errors.js';
import { NO_ROWS } from './json/no-rows.js';
import { rowsFromTexts } from './json/row-objects.js';
import { rowText } from './json/row-text.js';
import { givenOptions } from './settings/given-options.js';
import { name, record, required } from './settings/shape.js';
import { kindOf, userFunction } from './settings/user-function.js';
import type { Page, Rows } from './types.js';

/**
 * Starts a stream from rows that come from anywhere but HTTP; `flatten` comes next.
 *
 * - In: objects, or arrays of objects, from an observable, promise, iterable or async iterable.
 *   Arrays are far cheaper than single objects, since each emission is a page.
 * - Out: one `Rows` per emission, in order. An empty array gives a page without rows. A
 *   Date becomes a timestamp.
 * - Errors: `FunctionError` with resource, page and row for what is no object, and for values that
 *   JSON cannot hold (cycles, NaN, infinite numbers, maps).
 * - State: none.
 *
 * @example
 * fromObjects(changes, { resource: 'changes' }).pipe(
 *   flatten({ table: 'changes' }),
 *   evolve(),
 *   batch(),
 * )
 */
export function fromObjects<T extends object>(
  source: ObservableInput<T | readonly T[]>,
  config: { resource: string },
): Observable<Rows> {
  const { resource } = givenOptions('fromObjects()', config, SHAPE);
  return streamOf(source).pipe(
    map((objects, index) => {
      const page: Page = {
        resource,
        parent: null,
        index,
        body: EMPTY,
        rows: NO_ROWS,
        next: null,
        stamp: null,
        state: null,
      };
      const list = Array.isArray(objects) ? (objects as readonly T[]) : [objects];
      const rows = rowsFromTexts(
        page,
        list.map((row, i) =>
          rowText(userFunction({ name: 'fromObjects', resource, page: index, row: i }), row),
        ),
      );
      return { ...rows, page: { ...page, body: rows.body, rows: rows.span } };
    }),
  );
}

const SHAPE = record<{ resource: string }>('fromObjects()', { resource: required(name) });

const EMPTY = new Uint8Array();

/** Errors: ConfigError for what is no stream. */
function streamOf<T>(source: ObservableInput<T>): Observable<T> {
  try {
    return from(source);
  } catch (error) {
    const found = source === undefined ? 'nothing' : kindOf(source);
    throw new ConfigError(
      `fromObjects() takes an observable, promise, list or (async) iterable of rows; found ${found}.`,
      { cause: error },
    );
  }
}
