import { pathOf } from '../../../operators/json/paths.js';
import type { ProcessingStep } from '../../../operators/process-rows.js';
import { givenMembers } from '../../../operators/settings/given-members.js';
import { didYouMean } from '../../../operators/settings/nearest.js';
import { below } from '../../../operators/settings/problem.js';
import type {
  MergeDisposition,
  NestedHints,
  SchemaContract,
  WriteDisposition,
  WriteDispositionHint,
} from '../../../operators/types.js';
import type { Resource } from '../../run/source.js';
import type { DltObject } from './dlt-object.js';
import { type Notes, renamed } from './notes.js';
import { columnsByName, type DltColumn, translateColumns } from './translate-columns.js';

const SAME = {
  table_name: 'tableName',
  max_table_nesting: 'maxTableNesting',
  selected: 'selected',
};
/** Ways of replacing that all end in the same rows. */
const REPLACE = ['truncate-and-insert', 'insert-from-staging', 'staging-optimized'];
const MERGE = ['delete-insert', 'upsert', 'insert-only', 'scd2'];
const MERGE_OPTIONS = {
  deduplicated: 'deduplicated',
  validity_column_names: 'validityColumnNames',
  active_record_timestamp: 'activeRecordTimestamp',
  boundary_timestamp: 'boundaryTimestamp',
  row_version_column_name: 'rowVersionColumnName',
};

/**
 * What dlt says of a resource's table (defaults beneath, columns by name) as ours. `place` says
 * where a key stands.
 */
export function translateHints(
  hints: DltObject,
  place: (key: string) => string,
  notes: Notes,
): Omit<Resource, 'name'> {
  const columns = translateColumns(
    (hints['columns'] ?? {}) as Record<string, DltColumn>,
    place('columns'),
    notes,
  );
  // As it is written: dlt hashes the key of a row as a value or as a list.
  const primaryKey = (hints['primary_key'] ?? []) as string | string[];
  const mergeKey = [hints['merge_key'] ?? []].flat() as string[];
  const disposition = dispositionOf(hints['write_disposition'], place('write_disposition'), notes);
  const nested = nestedHints(hints['nested_hints'], place('nested_hints'), notes);
  unsupported(hints, place, notes);
  const contract = contractOf(hints['schema_contract']);
  // Keys, not paths.
  const included = hints['include_from_parent'] as string[] | undefined;
  return {
    ...renamed(hints, SAME),
    ...(included !== undefined && { includeFromParent: included.map((key) => pathOf([key])) }),
    ...(contract !== undefined && { schemaContract: contract }),
    ...(disposition !== undefined && { writeDisposition: disposition }),
    ...(primaryKey.length > 0 && { primaryKey }),
    ...(mergeKey.length > 0 && { mergeKey }),
    ...(Object.keys(columns).length > 0 && { columns }),
    ...(nested !== undefined && { nestedHints: nested }),
    ...(Array.isArray(hints['processing_steps']) && {
      processingSteps: stepsOf(hints['processing_steps'] as DltObject[]),
    }),
  };
}

function contractOf(contract: unknown): SchemaContract | undefined {
  if (contract === undefined || contract === null || typeof contract === 'string')
    return (contract ?? undefined) as SchemaContract | undefined;
  return renamed(givenMembers(contract as DltObject), {
    tables: 'tables',
    columns: 'columns',
    data_type: 'dataType',
  });
}

function dispositionOf(
  value: unknown,
  path: string,
  notes: Notes,
): WriteDispositionHint | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return knownDisposition(value, path, notes);
  const given = givenMembers(value) as DltObject;
  const { disposition: word, strategy } = given as { disposition?: string; strategy?: string };
  const disposition = knownDisposition(word, path, notes);
  if (disposition === undefined) return undefined;
  const strategies: readonly string[] = { append: [], replace: REPLACE, merge: MERGE }[disposition];
  if (strategy !== undefined && !strategies.includes(strategy))
    notes.problem(
      `${path}.strategy`,
      `\`${strategy}\` is not supported.${didYouMean(strategy, strategies)} Strategies of ${disposition}: ${strategies.join(', ') || 'none'}.`,
    );
  for (const key of Object.keys(given)) {
    // `false` is how it is anyway.
    if (key === 'disposition' || key === 'strategy' || given[key] === false) continue;
    if (disposition !== 'merge' || !Object.hasOwn(MERGE_OPTIONS, key))
      notes.problem(
        `${path}.${key}`,
        `is not supported. Options of merge: ${Object.keys(MERGE_OPTIONS).join(', ')}.`,
      );
  }
  return disposition === 'merge'
    ? ({
        disposition,
        ...(strategy && { strategy }),
        ...renamed(given, MERGE_OPTIONS),
      } as MergeDisposition)
    : disposition;
}

function knownDisposition(
  word: string | undefined,
  path: string,
  notes: Notes,
): WriteDisposition | undefined {
  if (word === 'append' || word === 'replace' || word === 'merge') return word;
  const known = ['append', 'replace', 'merge'];
  notes.problem(
    path,
    `found ${JSON.stringify(word) ?? 'no disposition'}.${didYouMean(String(word), known)} Supported today: ${known.join(', ')}.`,
  );
  return undefined;
}

function unsupported(hints: DltObject, place: (key: string) => string, notes: Notes): void {
  if ((hints['parent_table_name'] ?? null) !== null)
    notes.problem(
      place('parent_table_name'),
      'not supported yet, and the tables would be others without it.',
    );
  for (const key of ['table_format', 'file_format', 'references'])
    if ((hints[key] ?? null) !== null)
      notes.notice(
        place(key),
        'does nothing here: tables of DuckDB are the same with it and without.',
      );
  if (hints['parallelized'] === true)
    notes.notice(place('parallelized'), 'requests of all resources run side by side anyway.');
}

/** Hints of child tables, by their lists. */
function nestedHints(
  given: unknown,
  path: string,
  notes: Notes,
): Record<string, NestedHints> | undefined {
  if (given === undefined || given === null) return undefined;
  return Object.fromEntries(
    Object.entries(givenMembers(given as DltObject)).map(([list, value]) => {
      const own = below(path, list);
      const {
        columns,
        primary_key: primaryKey,
        merge_key: mergeKey,
        write_disposition: disposition,
        schema_contract: contract,
        ...others
      } = givenMembers(value as DltObject);
      for (const key of Object.keys(others))
        notes.problem(
          below(own, key),
          'not supported for child tables, and the tables would be others without it. Supported: columns, primary_key, merge_key, write_disposition, schema_contract.',
        );
      const byName = columnsByName(columns, below(own, 'columns'), notes) ?? {};
      const written = dispositionOf(disposition, below(own, 'write_disposition'), notes);
      const allowed = contractOf(contract);
      return [
        list,
        {
          columns: translateColumns(byName, below(own, 'columns'), notes),
          ...renamed({ primaryKey, mergeKey }, { primaryKey: 'primaryKey', mergeKey: 'mergeKey' }),
          ...(written !== undefined && { writeDisposition: written }),
          ...(allowed !== undefined && { schemaContract: allowed }),
        },
      ];
    }),
  );
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
