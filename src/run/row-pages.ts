import { NO_ROWS } from '../../operators/json/no-rows.js';
import { rowsFromTexts } from '../../operators/json/row-objects.js';
import { rowText } from '../../operators/json/row-text.js';
import { userFunction } from '../../operators/settings/user-function.js';
import type { Page } from '../../operators/types.js';
import type { SourceEvent } from './source.js';

/** Rows on one page. */
const PAGE = 1_000;

/** Rows from anywhere; a function makes them anew for each run. */
export type GivenRows<T extends object = object> =
  Iterable<T> | AsyncIterable<T> | (() => Iterable<T> | AsyncIterable<T>);

/**
 * Cuts rows that are given into pages of a resource, 1,000 rows each. No rows: no page. The list is
 * complete when they end. Errors: FunctionError with the row for what is no object, and for values
 * that JSON cannot hold; for a function or iterable that throws or gives no rows.
 *
 * @param option the option that the rows came by, for errors
 */
export async function* rowPages(
  resource: string,
  data: GivenRows,
  option: string,
  observe: (event: SourceEvent) => void,
): AsyncGenerator<Page> {
  let rows: string[] = [];
  let index = 0;
  let total = 0;
  const page = (): Page => {
    const empty: Page = {
      resource,
      parent: null,
      index,
      body: new Uint8Array(),
      rows: NO_ROWS,
      next: null,
      stamp: null,
      state: null,
    };
    const { body, span } = rowsFromTexts(empty, rows);
    observe({ kind: 'page', resource, parent: null, index, rows: rows.length, bytes: 0 });
    total += rows.length;
    rows = [];
    index += 1;
    return { ...empty, body, rows: span };
  };
  for await (const row of rowsOf(resource, data, option)) {
    const place = { name: option, resource, page: index, row: rows.length };
    rows.push(rowText(userFunction(place), row));
    if (rows.length === PAGE) yield page();
  }
  if (rows.length > 0) yield page();
  observe({
    kind: 'done',
    resource,
    parent: null,
    end: 'no-next',
    pages: index,
    rows: total,
    declared: { rows: total },
    pageSize: null,
    maxPageRows: Math.min(total, PAGE),
    lastPageRows: total % PAGE || Math.min(total, PAGE),
    autoDetected: false,
    nextMissing: false,
  });
}

/** The rows one by one. */
async function* rowsOf(resource: string, data: GivenRows, option: string): AsyncGenerator<object> {
  const by = userFunction({ name: option, resource });
  const rows = typeof data === 'function' ? by.call(data, rowsFault) : data;
  try {
    for await (const row of rows) yield row;
  } catch (error) {
    throw by.error(error);
  }
}

function rowsFault(value: unknown): string | null {
  const isRows =
    typeof value === 'object' &&
    value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value);
  return isRows ? null : 'return a list of rows, or yield them.';
}
