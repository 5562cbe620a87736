import {
  concatMap,
  from,
  map,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  toArray,
} from 'rxjs';
import { rowObjects, rowsFromTexts } from './json/row-objects.js';
import { rowFault, rowText } from './json/row-text.js';
import { carrySentTexts } from './json/sent-numbers.js';
import { isPromise, type UserFunction, userFunction } from './settings/user-function.js';
import type { JsonObject, Rows } from './types.js';

/**
 * What a row may become: another row, several, none (null; returning nothing is an error), or a
 * promise of these.
 */
export type Transformed = JsonObject | Iterable<JsonObject> | null;

export interface TransformConfig {
  /**
   * Rows of a page that an asynchronous function may work on at once; pages and rows keep their
   * order. @default 8
   */
  concurrency?: number;
}

/**
 * Rows passed through a JavaScript function: filter (null), map, or one to many (an iterable).
 *
 * In:     the rows of a page.
 * Out:    one `Rows` a page, same order, rewritten; a page without rows stays without.
 * Errors: FunctionError with resource, page and row when `fn` (or an iterable that it returns)
 * throws, when it returns undefined (a `return` was forgotten: return the row, or null to drop it)
 * or anything else that is no row, and for values that JSON cannot hold (NaN, cycles, maps);
 * `JsonError`; a RangeError for a `concurrency` below 1. State: none. Waits for one page at a time,
 * and for at most `concurrency` of its rows, when `fn` is asynchronous.
 *
 * Integers beyond 2^53 arrive as BigInt and leave as their digits; other numbers beyond double
 * (`1e400`) arrive as text. Numbers that `fn` did not change leave as they were sent (`1.0`,
 * `1e2`), also in `{ ...row }`; those that it made leave as JavaScript prints them.
 *
 * @example rows.pipe(transform((order) => (order.total > 0 ? { ...order, paid: true } : null)))
 */
export function transform(
  fn: (row: JsonObject) => Transformed | Promise<Transformed>,
  { concurrency = 8 }: TransformConfig = {},
): OperatorFunction<Rows, Rows> {
  if (!(concurrency >= 1))
    throw new RangeError(`transform: \`concurrency\` is ${concurrency}; it must be at least 1.`);
  return concatMap((rows): Observable<Rows> => {
    const results = rowObjects(rows).map((row, i) => () => attempt(rows, i, row, fn));
    const done: string[] = [];
    for (const [i, run] of results.entries()) {
      const result = run();
      // The first promise tells that `fn` is asynchronous: the rest of the page waits its turn.
      if (isPromise(result)) return later(rows, done, result, results.slice(i + 1), concurrency);
      for (const each of result) done.push(each);
    }
    return of(rowsFromTexts(rows.page, done));
  });
}

function later(
  { page }: Rows,
  done: readonly string[],
  pending: Promise<string[]>,
  rest: readonly (() => string[] | Promise<string[]>)[],
  concurrency: number,
): Observable<Rows> {
  return from([() => pending, ...rest]).pipe(
    mergeMap(async (run, i) => ({ i, texts: await run() }), concurrency),
    toArray(),
    map((all) =>
      rowsFromTexts(page, [
        ...done,
        ...all.sort((a, b) => a.i - b.i).flatMap(({ texts }) => texts),
      ]),
    ),
  );
}

/** The rows that `fn` makes of one, as JSON texts. */
function attempt(
  { page }: Rows,
  i: number,
  row: JsonObject,
  fn: (row: JsonObject) => Transformed | Promise<Transformed>,
): string[] | Promise<string[]> {
  const by = userFunction({ name: 'transform', resource: page.resource, page: page.index, row: i });
  let result: Transformed | Promise<Transformed>;
  try {
    result = fn(row);
  } catch (error) {
    throw by.error(error);
  }
  return isPromise(result)
    ? by.wait(() => result, fault).then((awaited) => textsOf(by, row, awaited))
    : textsOf(
        by,
        row,
        by.call(() => result, fault),
      );
}

function textsOf(by: UserFunction, row: JsonObject, result: Transformed): string[] {
  if (result === null) return [];
  const made = isIterable(result)
    ? by.call(
        () => [...result],
        () => null,
      )
    : [result];
  return made.map((each) => {
    if (rowFault(each) === null) carrySentTexts(row, each);
    return rowText(by, each);
  });
}

function fault(value: unknown): string | null {
  if (value === undefined) return 'return the row, or null to leave it out.';
  return value === null || isIterable(value) ? null : rowFault(value);
}

function isIterable(value: unknown): value is Iterable<JsonObject> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}
