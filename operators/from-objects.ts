import { from, map, type Observable, type ObservableInput } from 'rxjs';
import { rowsFromObjects } from './json/row-objects.js';
import type { JsonObject, Page, Rows } from './types.js';

/**
 * Rows that come from anywhere but HTTP: starts a stream that goes on with `flatten`.
 *
 * In: objects, or arrays of objects, from an observable, promise, iterable or async iterable.
 * Arrays are far cheaper
 *         than single objects: each emission is a page of its own.
 * Out:    one `Rows` an emission, same order; an empty array gives no rows.
 * Errors: a TypeError with resource, page and place for values that JSON cannot hold (cycles, NaN,
 * infinite numbers). State: none.
 *
 * @example fromObjects(changes, { resource: 'changes' }).pipe(flatten({ table: 'changes' }),
 * evolve(), batch())
 */
export function fromObjects(
  source: ObservableInput<JsonObject | readonly JsonObject[]>,
  { resource }: { resource: string },
): Observable<Rows> {
  return from(source).pipe(
    map((objects, index) => {
      const page: Page = {
        resource,
        parent: null,
        index,
        body: EMPTY,
        rows: { kind: 'none', start: 0, end: 0, count: 0 },
        next: null,
        stamp: null,
        state: null,
      };
      const rows = rowsFromObjects(
        { page },
        Array.isArray(objects) ? (objects as readonly JsonObject[]) : [objects],
      );
      return { ...rows, page: { ...page, body: rows.body, rows: rows.span } };
    }),
  );
}

const EMPTY = new Uint8Array();
