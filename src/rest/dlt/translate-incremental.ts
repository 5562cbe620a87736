import type { IncrementalConfig } from '../pages/incremental.js';
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
  last_value_func: 'lastValueFunc',
  primary_key: 'primaryKey',
  row_order: 'rowOrder',
  on_cursor_value_missing: 'onCursorValueMissing',
  range_start: 'rangeStart',
  range_end: 'rangeEnd',
};

/**
 * dlt's `incremental` as ours. `cursor_path` stays as it is written, since dlt's state has the
 * cursor under it.
 */
export function translateIncremental(
  config: DltObject,
  path: string,
  notes: Notes,
): IncrementalConfig | undefined {
  const { cursor_path: cursor, end_value: end, initial_value: initial } = config;
  const cursorPath = notes.tried(`${path}.cursor_path`, () => {
    translatePath(cursor as string, { wildcards: true });
    return (cursor as string).trim();
  });
  if (config['allow_external_schedulers'] === true)
    notes.problem(
      `${path}.allow_external_schedulers`,
      'a span of time given by a scheduler is not supported yet. Give initial_value and end_value.',
    );
  if ((end ?? null) !== null && (initial ?? null) === null)
    notes.problem(`${path}.end_value`, 'a run with an end needs a beginning: initial_value.');
  if (cursorPath === undefined) return undefined;
  return { cursorPath, ...renamed(config, KEYS) };
}
