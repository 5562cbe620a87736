import type { ProcessingStep } from '../../../operators/process-rows.js';
import { givenMembers } from '../../../operators/settings/given-members.js';
import { didYouMean } from '../../../operators/settings/nearest.js';
import type { WriteDisposition } from '../../../operators/types.js';
import type { Resource } from '../../run/source.js';
import type { DltObject } from './dlt-object.js';
import { type Notes, renamed } from './notes.js';
import { type DltColumn, translateColumns } from './translate-columns.js';

const SAME = {
  table_name: 'tableName',
  max_table_nesting: 'maxTableNesting',
  selected: 'selected',
  include_from_parent: 'includeFromParent',
};
/** Ways of replacing that all end in the same rows. */
const REPLACE = ['truncate-and-insert', 'insert-from-staging', 'staging-optimized'];

/**
 * What dlt says of a resource's table (defaults beneath, columns by name) as ours. `place` says
 * where a key stands.
 */
export function translateHints(
  hints: DltObject,
  place: (key: string) => string,
  notes: Notes,
): Omit<Resource, 'name'> {
  const { columns, primary, merge } = translateColumns(
    (hints['columns'] ?? {}) as Record<string, DltColumn>,
    place('columns'),
    notes,
  );
  const own = [hints['primary_key'] ?? []].flat() as string[];
  const primaryKey = own.length > 0 ? own : primary;
  const mergeKey = [...([hints['merge_key'] ?? []].flat() as string[]), ...merge];
  const disposition = dispositionOf(hints['write_disposition'], place('write_disposition'), notes);
  unsupported(hints, place, notes);
  if (mergeKey.length > 0 && disposition === 'merge' && String(mergeKey) !== String(primaryKey))
    notes.problem(
      place('merge_key'),
      'merging by merge_key is not supported yet: rows are merged by primary_key.',
    );
  if (disposition === 'merge' && primaryKey.length === 0 && mergeKey.length === 0)
    notes.notice(
      place('write_disposition'),
      'without a primary_key nothing can be merged: rows are added, as in dlt.',
    );
  return {
    ...renamed(hints, SAME),
    ...(disposition !== undefined && { writeDisposition: disposition }),
    ...(primaryKey.length > 0 && { primaryKey }),
    ...(Object.keys(columns).length > 0 && { columns }),
    ...(Array.isArray(hints['processing_steps']) && {
      processingSteps: stepsOf(hints['processing_steps'] as DltObject[]),
    }),
  };
}

function dispositionOf(value: unknown, path: string, notes: Notes): WriteDisposition | undefined {
  if (value === undefined || value === null) return undefined;
  const { disposition, strategy, ...options } =
    typeof value === 'string'
      ? { disposition: value }
      : (givenMembers(value) as { disposition?: string; strategy?: string });
  if (disposition !== 'append' && disposition !== 'replace' && disposition !== 'merge') {
    const known = ['append', 'replace', 'merge'];
    notes.problem(
      path,
      `found ${JSON.stringify(disposition) ?? 'no disposition'}.${didYouMean(String(disposition), known)} Supported today: ${known.join(', ')}.`,
    );
    return undefined;
  }
  const strategies: readonly string[] = { append: [], replace: REPLACE, merge: ['delete-insert'] }[
    disposition
  ];
  if (strategy !== undefined && !strategies.includes(strategy))
    notes.problem(
      `${path}.strategy`,
      `\`${strategy}\` is not supported yet. Supported today for ${disposition}: ${strategies.join(', ') || 'no strategy'}.`,
    );
  // `deduplicated: false` is how it is anyway.
  for (const [key, option] of Object.entries(options))
    if (option !== false)
      notes.problem(
        `${path}.${key}`,
        'not supported yet. Supported today: disposition and strategy.',
      );
  return disposition;
}

function unsupported(hints: DltObject, place: (key: string) => string, notes: Notes): void {
  const contract = hints['schema_contract'];
  const modes =
    typeof contract === 'string' ? [contract] : Object.values(givenMembers(contract ?? {}));
  if (modes.some((mode) => mode !== 'evolve'))
    notes.problem(place('schema_contract'), 'only `evolve` is supported yet.');
  for (const key of ['parent_table_name', 'nested_hints'])
    if ((hints[key] ?? null) !== null)
      notes.problem(place(key), 'not supported yet, and the tables would be others without it.');
  for (const key of ['table_format', 'file_format', 'references'])
    if ((hints[key] ?? null) !== null)
      notes.notice(
        place(key),
        'does nothing here: tables of DuckDB are the same with it and without.',
      );
  if (hints['parallelized'] === true)
    notes.notice(place('parallelized'), 'requests of all resources run side by side anyway.');
}

/** One step for each function, in dlt's order. */
function stepsOf(steps: readonly DltObject[]): ProcessingStep[] {
  return steps.flatMap(
    ({ filter, map, yield_map: yieldMap }) =>
      [
        ...(filter ? [{ filter }] : []),
        ...(map ? [{ map }] : []),
        ...(yieldMap ? [{ yieldMap }] : []),
      ] as ProcessingStep[],
  );
}
