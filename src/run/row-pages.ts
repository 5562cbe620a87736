import { Readable } from 'node:stream';
import { NO_ROWS } from '../../operators/json/no-rows.js';
import { rowsFromTexts } from '../../operators/json/row-objects.js';
import { isRowList, rowText } from '../../operators/json/row-text.js';
import { userFunction } from '../../operators/settings/user-function.js';
import type { Page } from '../../operators/types.js';
import type { SourceEvent } from './source.js';

/** Rows on one page. */
const PAGE = 1_000;
/** Milliseconds that a page waits for more rows. */
const PAGE_MS = 1_000;

/** Rows that do not come from a source; a function makes them anew for each run. */
export type RowsInput<T extends object = object> =
  Iterable<T> | AsyncIterable<T> | (() => Iterable<T> | AsyncIterable<T>);

/**
 * Cuts rows that are given into pages of a resource: a page has 1,000 rows, or those that came
 * within a second where the next ones are still awaited. No rows: no page. The list is complete
 * when they end. Errors: FunctionError with the row for what is no object, and for values that JSON
 * cannot hold; for a function or iterable that throws or gives no rows; for a generator or stream
 * that an earlier run took its rows from.
 *
 * @param option the option that the rows came by, for errors
 */
export async function* rowPages(
  resource: string,
  data: RowsInput,
  option: string,
  observe: (event: SourceEvent) => void,
): AsyncGenerator<Page> {
  let rows: string[] = [];
  let index = 0;
  let total = 0;
  let age: Age | undefined;
  const page = (): Page => {
    age?.stop();
    age = undefined;
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
  const source = rowsOf(resource, data, option);
  let coming = source.next();
  try {
    for (;;) {
      const result = await (age === undefined ? coming : Promise.race([coming, age.passed]));
      if (result === null) {
        // Where it fails after that, the next call rejects.
        coming.catch(() => undefined);
        yield page();
        continue;
      }
      if (result.done === true) break;
      const place = { name: option, resource, page: index, row: rows.length };
      age ??= ageOf(PAGE_MS);
      rows.push(rowText(userFunction(place), result.value));
      if (rows.length === PAGE) yield page();
      coming = source.next();
    }
  } finally {
    age?.stop();
    // Not waited for: the rows may never go on.
    source.return(undefined).catch(() => undefined);
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

interface Age {
  /** Resolves when the time is over. */
  passed: Promise<null>;
  stop(): void;
}

function ageOf(ms: number): Age {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return { passed, stop: () => clearTimeout(timer) };
}

/** Returns the rows one by one. */
async function* rowsOf(resource: string, data: RowsInput, option: string): AsyncGenerator<object> {
  const by = userFunction({ name: option, resource });
  const rows = typeof data === 'function' ? by.call(data, rowsFault) : data;
  if (isOnceOnly(rows)) {
    if (taken.has(rows))
      throw by.refuse(
        'was given a generator or stream whose rows were taken by an earlier run: it gives them only once. Make a new one for each run, or pass a function that makes it.',
      );
    taken.add(rows);
  }
  try {
    for await (const row of rows) yield row;
  } catch (error) {
    throw by.error(error);
  }
}

/** Generators and streams whose rows were taken. */
const taken = new WeakSet<object>();

/** An iterator gives its rows once, and so does a stream of Node or the web. */
function isOnceOnly(rows: object): boolean {
  return (
    typeof (rows as { next?: unknown }).next === 'function' ||
    rows instanceof Readable ||
    rows instanceof ReadableStream
  );
}

function rowsFault(value: unknown): string | null {
  return areRows(value) ? null : 'return a list of rows, or yield them.';
}

/** Returns whether a value gives rows one by one, at once or as they come. */
export function areRows(value: unknown): value is Iterable<object> | AsyncIterable<object> {
  return (
    isRowList(value) ||
    (typeof value === 'object' && value !== null && Symbol.asyncIterator in value)
  );
}
