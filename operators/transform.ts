import {
  concat,
  concatMap,
  defer,
  EMPTY,
  finalize,
  from,
  map,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  tap,
  toArray,
} from 'rxjs';
import { type CarrySentTexts, sentTextsOf } from './json/carry-sent-texts.js';
import { carryTexts } from './json/carry-texts.js';
import { rowObjects, rowsFromTexts } from './json/row-objects.js';
import { isRowList, rowFault, rowText } from './json/row-text.js';
import { givenOptions } from './settings/given-options.js';
import { requireInput } from './settings/require-input.js';
import { requireShape } from './settings/require-shape.js';
import { fn as aFunction, made, record } from './settings/shape.js';
import { isPromise, type UserFunction, userFunction } from './settings/user-function.js';
import type { JsonObject, Rows } from './types.js';

/**
 * What a row may become: another row, several, none (null; returning nothing is an error), or a
 * promise of these.
 */
export type Transformed<U extends object = object> = U | Iterable<U> | null;

/**
 * How an asynchronous function is held back; for a synchronous one neither option does anything.
 * Without options both have their defaults. ConfigError when `transform` is called for a
 * `concurrency` below 1 and a `gate` that is none.
 */
export interface TransformConfig {
  /**
   * Rows of a page that an asynchronous function may work on at once; pages and rows keep their
   * order. @default 8
   */
  concurrency?: number;
  /**
   * Counts the bytes of the pages that wait for an asynchronous function, so that no new requests
   * start while there are too many. @default the gate of the process, which endpoints wait for
   */
  gate?: InFlight;
}

/** The side of a `Gate` that counts. */
export interface InFlight {
  add(units: number): void;
  release(units: number): void;
}

const SHAPE = record<TransformConfig>('transform()', {
  concurrency: {
    kind: 'value',
    label: 'a number of at least 1, or Infinity for no limit',
    is: (value) => typeof value === 'number' && value >= 1,
  },
  gate: made<InFlight>('a Gate', 'add', 'release'),
});

/** A page counts for so many bytes at least, since the objects around it take memory too. */
const LEAST_BYTES = 4_096;
const PROCESS_GATE = Symbol.for('sluice.gate');

/**
 * Passes rows through a JavaScript function that filters (null), maps, or makes several rows of one
 * (an iterable).
 *
 * - In: the rows of a page.
 * - Out: one `Rows` per page, in order, rewritten. A page without rows is passed on.
 * - Errors: `FunctionError` with resource, page and row when `fn` (or an iterable that it returns)
 *   throws, when it returns undefined (a `return` is missing: return the row, or null to drop it)
 *   or anything else that is no row, and for values that JSON cannot hold (NaN, cycles, maps);
 *   `JsonError`. When called: `ConfigError` for options that are wrong.
 * - State: when `fn` is asynchronous, one page and at most `concurrency` of its rows at a time;
 *   `gate` counts the pages that wait behind it.
 *
 * Integers beyond 2^53 arrive as BigInt and leave as their digits; other numbers beyond double
 * (`1e400`) arrive as text. Numbers that `fn` did not change leave as they were sent (`1.0`,
 * `1e2`), also in `{ ...row }` and renamed; numbers that it made, and copies beside the original,
 * leave as JavaScript prints them (`1`). A Date that it made becomes a timestamp; rows arrive as
 * JSON has them, so a timestamp arrives as text.
 *
 * @typeParam T the rows as they arrive; nothing checks that they are so. @default any JSON object
 * @typeParam U the rows as they leave
 *
 * @example rows.pipe(transform((order) => (order.total > 0 ? { ...order, paid: true } : null)))
 */
export function transform<T extends object = JsonObject, U extends object = object>(
  fn: (row: T) => Transformed<U> | Promise<Transformed<U>>,
  config?: TransformConfig | null,
): OperatorFunction<Rows, Rows> {
  requireShape('The function of transform()', fn, aFunction);
  const { concurrency = 8, gate } = givenOptions('transform()', config, SHAPE);
  const run = (rows: Rows): Observable<Rows> => {
    const results = rowObjects(rows).map((row, i) => () => attempt(rows, i, row as T, fn));
    const done: string[] = [];
    for (const [i, runOne] of results.entries()) {
      const result = runOne();
      // The first promise shows that `fn` is asynchronous: the rest of the page waits.
      if (isPromise(result)) return later(rows, done, result, results.slice(i + 1), concurrency);
      for (const each of result) done.push(each);
    }
    return of(rowsFromTexts(rows.page, done));
  };
  return (source) =>
    defer(() => {
      let inFlight = gate;
      let waiting = 0;
      const count = (bytes: number): void => {
        waiting += bytes;
        // Kept there by src/run/gate.ts, which operators cannot import, when an endpoint begins.
        inFlight ??= (globalThis as Record<symbol, unknown>)[PROCESS_GATE] as InFlight | undefined;
        if (bytes > 0) inFlight?.add(bytes);
        else inFlight?.release(-bytes);
      };
      return source.pipe(
        map((rows) => requireInput('transform()', rows, 'rows')),
        map((rows) => ({ rows, bytes: Math.max(LEAST_BYTES, rows.body.byteLength) })),
        tap(({ bytes }) => count(bytes)),
        concatMap(({ rows, bytes }) =>
          concat(
            run(rows),
            ended(() => count(-bytes)),
          ),
        ),
        finalize(() => count(-waiting)),
      );
    });
}

/** Returns nothing; calls `then` when its turn comes. */
function ended(then: () => void): Observable<never> {
  return defer(() => {
    then();
    return EMPTY;
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

/** Returns the rows that `fn` makes of one, as JSON texts. */
function attempt<T extends object>(
  { page }: Rows,
  i: number,
  row: T,
  fn: (row: T) => Transformed | Promise<Transformed>,
): string[] | Promise<string[]> {
  const by = userFunction({ name: 'transform', resource: page.resource, page: page.index, row: i });
  const carry = sentTextsOf(row);
  let result: Transformed | Promise<Transformed>;
  let isLater: boolean;
  try {
    result = fn(row);
    isLater = isPromise(result);
  } catch (error) {
    throw by.error(error);
  }
  return isLater
    ? by.wait(() => result, fault).then((awaited) => textsOf(by, carry, awaited as Transformed))
    : textsOf(
        by,
        carry,
        by.call(() => result, fault),
      );
}

function textsOf(by: UserFunction, carry: CarrySentTexts, result: Transformed): string[] {
  if (result === null) return [];
  const made: readonly object[] = by.call(
    () => (isRowList(result) ? [...result] : [result]),
    () => null,
  );
  return made.map((each) => {
    carryTexts(by, carry, each);
    return rowText(by, each);
  });
}

function fault(value: unknown): string | null {
  if (value === undefined) return 'return the row, or null to leave it out.';
  return value === null || isRowList(value) ? null : rowFault(value);
}
