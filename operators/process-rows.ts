import { map, type OperatorFunction } from 'rxjs';
import type { FlattenEvent } from './columns/flatten-event.js';
import { ConfigError } from './errors.js';
import { sentTextsOf } from './json/carry-sent-texts.js';
import { carryTexts } from './json/carry-texts.js';
import { rowObjects, rowsFromTexts } from './json/row-objects.js';
import { isRowList, rowFault, rowText } from './json/row-text.js';
import { markPlace } from './settings/error-place.js';
import { givenOptions } from './settings/given-options.js';
import { placeOfPage } from './settings/page-place.js';
import { requireInput } from './settings/require-input.js';
import { requireShape } from './settings/require-shape.js';
import { anything, fn, list, object, record } from './settings/shape.js';
import { type UserFunction, userFunction } from './settings/user-function.js';
import type { JsonObject, Page, Rows } from './types.js';

/** One step between the rows of a page and the table, as dlt's processing steps. Synchronous. */
export type ProcessingStep =
  /** Keeps the row where it returns true, drops it where it returns false. */
  | { filter: (row: JsonObject) => boolean }
  /** Returns the row, changed in place or another one. */
  | { map: (row: JsonObject) => object }
  /** Returns as many rows as there are to be. */
  | { yieldMap: (row: JsonObject) => Iterable<object> };

/**
 * Passes every row through dlt's processing steps in their order; a filter that returns false drops
 * it.
 *
 * - In: the rows of a page.
 * - Out: one `Rows` per page, in order. A page without rows is passed on.
 * - Errors: `FunctionError` with resource, page, row and step (`processingSteps[0].map`) when a
 *   step throws or returns what it should not: nothing, a promise, anything but true or false from
 *   a filter, a value that JSON cannot hold; `JsonError`.
 * - State: none.
 *
 * Elements that are null are no rows; `observe` is called with their number. Numbers that no step
 * changed stay as they were sent (`1.0`, `1e2`), also where they were renamed; integers beyond 2^53
 * arrive as BigInt.
 *
 * @example rows.pipe(processRows([{ filter: (row) => row.total !== 0 }]))
 */
export function processRows(
  steps: readonly ProcessingStep[],
  observe: (met: FlattenEvent) => void = () => undefined,
): OperatorFunction<Rows, Rows> {
  requireShape('The steps of processRows()', steps, list(anything));
  steps.forEach(requireStep);
  requireShape('The second argument of processRows()', observe, fn);
  return map((rows) => {
    const objects = rowObjects(requireInput('processRows()', rows, 'rows'));
    const nulls = rows.span.kind === 'array' ? rows.span.count - objects.length : 0;
    if (nulls > 0) observe({ kind: 'null-rows', page: rows.page, rows: nulls });
    try {
      return rowsFromTexts(
        rows.page,
        objects.flatMap((row, i) => {
          const by = lastStep(steps, rows.page, i);
          return processed(row, steps, rows.page, i).map((each) => rowText(by, each));
        }),
      );
    } catch (error) {
      throw markPlace(error, placeOfPage(rows.page));
    }
  });
}

const STEP = record<Partial<Record<'filter' | 'map' | 'yieldMap', (row: never) => unknown>>>(
  'a step',
  { filter: fn, map: fn, yieldMap: fn },
);

/** Errors: ConfigError for a step that is not one function under one of the three names. */
function requireStep(step: ProcessingStep, i: number): void {
  const where = `Step ${i + 1} of processRows()`;
  const named = Object.keys(givenOptions<object>(where, requireShape(where, step, object), STEP));
  if (named.length !== 1)
    throw new ConfigError(
      `${where} needs one of \`filter\`, \`map\` and \`yieldMap\`; found ${named.join(', ') || 'none'}.`,
    );
}

/** Returns the rows that the steps make of one; `number` is the row's on its page, from 0. */
export function processed(
  row: JsonObject,
  steps: readonly ProcessingStep[],
  page: Pick<Page, 'resource' | 'index'>,
  number: number,
): JsonObject[] {
  let rows = [row];
  for (const [i, step] of steps.entries()) {
    const by = userFunction({ ...placeOf(page, number), name: nameOf(step, i) });
    if ('filter' in step)
      rows = rows.filter((each) => by.call(() => step.filter(each), filterFault));
    else if ('map' in step)
      rows = rows.map((each) => {
        const carry = by.call(() => sentTextsOf(each), noFault);
        const made = by.call(() => step.map(each), rowFault) as JsonObject;
        carryTexts(by, carry, made);
        return made;
      });
    else rows = rows.flatMap((each) => yielded(by, each, step.yieldMap));
  }
  return rows;
}

function yielded(
  by: UserFunction,
  row: JsonObject,
  yieldMap: (row: JsonObject) => Iterable<object>,
): JsonObject[] {
  const carry = by.call(() => sentTextsOf(row), noFault);
  const made = by.call(() => yieldMap(row), iterableFault);
  const rows = by.call(() => [...made] as JsonObject[], noFault);
  for (const each of rows) {
    by.call(() => each, rowFault);
    carryTexts(by, carry, each);
  }
  return rows;
}

function filterFault(value: unknown): string | null {
  return typeof value === 'boolean' ? null : 'return true or false.';
}

function iterableFault(value: unknown): string | null {
  return isRowList(value) ? null : 'return a list of rows, or yield them.';
}

function noFault(): null {
  return null;
}

/** Names all steps where there are several, since it is not known which of them made a value. */
function lastStep(
  steps: readonly ProcessingStep[],
  page: Pick<Page, 'resource' | 'index'>,
  row: number,
): UserFunction {
  const [only] = steps;
  return userFunction({
    ...placeOf(page, row),
    name: steps.length === 1 && only !== undefined ? nameOf(only, 0) : 'processingSteps',
  });
}

function nameOf(step: ProcessingStep, i: number): string {
  return `processingSteps[${i}].${'filter' in step ? 'filter' : 'map' in step ? 'map' : 'yieldMap'}`;
}

function placeOf(
  { resource, index }: Pick<Page, 'resource' | 'index'>,
  row: number,
): {
  resource: string;
  page: number;
  row: number;
} {
  return { resource, page: index, row };
}
