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
import { isSluiceError, SluiceError } from './errors.js';
import { rowObjects, rowsFromObjects } from './json/row-objects.js';
import type { JsonObject, Rows } from './types.js';

/** What a row may become: another row, several, none, or a promise of these. */
export type Transformed = JsonObject | Iterable<JsonObject> | null | undefined;

export interface TransformConfig {
  /**
   * Rows of a page that an asynchronous function may work on at once; pages and rows keep their
   * order. @default 8
   */
  concurrency?: number;
}

/** One of dlt's processing steps. */
export type Step =
  | { filter: (row: JsonObject) => boolean }
  | { map: (row: JsonObject) => JsonObject }
  | { yieldMap: (row: JsonObject) => Iterable<JsonObject> };

/**
 * Rows passed through a JavaScript function: filter (null), map, or one to many (an iterable).
 *
 * In:     the rows of a page.
 * Out:    one `Rows` a page, same order, rewritten; a page without rows stays without.
 * Errors: whatever `fn` (or an iterable that it gives) throws, with resource, page and row in
 * front; `JsonError`; a RangeError
 * for a `concurrency` below 1; a TypeError with resource, page and place for NaN and infinite
 * numbers. State: none. Waits for one page at a time, and for at most `concurrency` of its rows,
 * when `fn` is asynchronous.
 *
 * Integers beyond 2^53 arrive as BigInt and leave as their digits; other numbers beyond double
 * (`1e400`) arrive and leave as text; `1.0` leaves as the integer 1, as JavaScript has it.
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
    const results = rowObjects(rows).map((row, i) => () => attempt(rows, i, () => fn(row)));
    const done: unknown[] = [];
    for (const [i, run] of results.entries()) {
      const result = run();
      // The first promise tells that `fn` is asynchronous: the rest of the page waits its turn.
      if (isPromise(result)) return later(rows, done, result, results.slice(i + 1), concurrency);
      for (const each of result) done.push(each);
    }
    return of(rowsFromObjects(rows, done));
  });
}

/**
 * dlt's processing steps as one function for `transform`: each in order, a filter that says no ends
 * the row.
 */
export function applySteps(steps: readonly Step[]): (row: JsonObject) => Iterable<JsonObject> {
  return (row) =>
    steps.reduce<JsonObject[]>(
      (rows, step) => {
        if ('filter' in step) return rows.filter((each) => step.filter(each));
        if ('map' in step) return rows.map((each) => step.map(each));
        return rows.flatMap((each) => [...step.yieldMap(each)]);
      },
      [row],
    );
}

function later(
  rows: Rows,
  done: unknown[],
  pending: Promise<JsonObject[]>,
  rest: readonly (() => JsonObject[] | Promise<JsonObject[]>)[],
  concurrency: number,
): Observable<Rows> {
  return from([() => pending, ...rest]).pipe(
    mergeMap((run, i) => Promise.resolve(run()).then((result) => ({ i, result })), concurrency),
    toArray(),
    map((all) =>
      rowsFromObjects(rows, [
        ...done,
        ...all.sort((a, b) => a.i - b.i).flatMap(({ result }) => result),
      ]),
    ),
  );
}

/**
 * Runs `run` for a row and takes its iterable to the end here, where it is known which row fails.
 */
function attempt(
  rows: Rows,
  i: number,
  run: () => Transformed | Promise<Transformed>,
): JsonObject[] | Promise<JsonObject[]> {
  try {
    const result = run();
    if (!isPromise(result)) return listed(result);
    return result.then(listed).catch((error: unknown) => {
      throw located(rows, i, error);
    });
  } catch (error) {
    throw located(rows, i, error);
  }
}

function located({ page }: Rows, i: number, error: unknown): unknown {
  if (isSluiceError(error)) return error;
  const what = error instanceof Error ? error.message : String(error);
  return new SluiceError(
    'ERR_SLUICE_TRANSFORM',
    `Resource ${page.resource}, page ${page.index + 1}, row ${i + 1}: transform failed: ${what}`,
    { cause: error },
  );
}

function listed(result: Transformed): JsonObject[] {
  if (result === null || result === undefined) return [];
  return typeof (result as Iterable<JsonObject>)[Symbol.iterator] === 'function'
    ? [...(result as Iterable<JsonObject>)]
    : [result as JsonObject];
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as Promise<unknown> | null | undefined)?.then === 'function';
}
