import { SelectError } from '../../../operators/errors.js';
import type { ProcessingStep } from '../../../operators/process-rows.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import { type CursorValue, further, type IncrementalConfig } from '../pages/incremental.js';
import { firstAt } from '../resources/placeholders.js';
import type { DltObject } from './dlt-object.js';
import type { Notes } from './notes.js';
import { renamed } from './notes.js';
import { translatePath } from './translate-path.js';

const KEYS = {
  initial_value: 'initialValue',
  end_value: 'endValue',
  start_param: 'startParam',
  end_param: 'endParam',
  transform: 'convert',
  convert: 'convert',
  lag: 'lag',
};

/**
 * dlt's `incremental` as ours, and the steps that leave out the rows which dlt would leave out, and
 * raise where it would raise.
 */
export function translateIncremental(
  config: DltObject,
  path: string,
  notes: Notes,
): { incremental: IncrementalConfig; steps: ProcessingStep[] } | undefined {
  const {
    cursor_path: cursor,
    last_value_func: order = 'max',
    end_value: end,
    initial_value: initial,
  } = config;
  const cursorPath = notes.tried(`${path}.cursor_path`, () => translatePath(cursor as string));
  if (typeof order === 'function')
    notes.problem(`${path}.last_value_func`, 'only max and min are supported yet.');
  if (config['allow_external_schedulers'] === true)
    notes.problem(
      `${path}.allow_external_schedulers`,
      'a span of time given by a scheduler is not supported yet. Give initial_value and end_value.',
    );
  if ((end ?? null) !== null && (initial ?? null) === null)
    notes.problem(`${path}.end_value`, 'a run with an end needs a beginning: initial_value.');
  if (config['row_order'] !== undefined && config['row_order'] !== null)
    notes.notice(
      `${path}.row_order`,
      'the list is read to its end; dlt stops early where the order lets it.',
    );
  if ((config['primary_key'] ?? null) !== null)
    notes.notice(
      `${path}.primary_key`,
      'rows at the border of two runs are kept apart by the primary_key of the resource (write_disposition merge).',
    );
  if (cursorPath === undefined || typeof order === 'function') return undefined;
  const incremental = {
    cursorPath,
    ...renamed(config, KEYS),
    ...(order === 'min' && { lastValueFunc: 'min' as const }),
  } as IncrementalConfig;
  return { incremental, steps: rowsWithin(incremental, config) };
}

/** A filter for the rows that lie within the span; none where every row is. */
function rowsWithin(incremental: IncrementalConfig, config: DltObject): ProcessingStep[] {
  const { cursorPath, initialValue, endValue } = incremental;
  const missing = (config['on_cursor_value_missing'] ?? 'raise') as string;
  const { range_start: start = 'closed', range_end: end = 'open' } = config;
  if (initialValue === undefined && endValue === undefined && missing === 'include') return [];
  const isWithin = (value: Json | undefined): boolean => {
    if (value === undefined || value === null) return isIncluded(value, cursorPath, missing);
    const startsRight =
      initialValue === undefined ||
      (value === initialValue ? start === 'closed' : isFurther(incremental, initialValue, value));
    const endsRight =
      endValue === undefined ||
      (value === endValue
        ? end === 'closed'
        : isFurther(incremental, value as CursorValue, endValue));
    return startsRight && endsRight;
  };
  return [{ filter: (row: JsonObject) => isWithin(firstAt(row, cursorPath)) }];
}

/** Whether a row without a cursor is wanted. Errors: where it is not to be, in dlt's words. */
function isIncluded(value: null | undefined, path: string, missing: string): boolean {
  if (missing !== 'raise') return missing === 'include';
  const fault = value === null ? 'has the value `None` in' : 'was not found in';
  throw new SelectError(
    `Cursor element with JSON path \`${path}\` ${fault} extracted data item. Correct cursor_path, or say what becomes of such rows: on_cursor_value_missing \`include\` or \`exclude\`.`,
  );
}

function isFurther(incremental: IncrementalConfig, than: CursorValue, value: Json): boolean {
  return further(incremental, than, value) === value;
}
