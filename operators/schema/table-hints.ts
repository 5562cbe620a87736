import { ConfigError } from '../errors.js';
import type {
  ColumnHint,
  DeclaredHints,
  MergeDisposition,
  MergeHints,
  Naming,
  SchemaContract,
  TableHints,
  WriteDispositionHint,
} from '../types.js';
import { conventionOf } from './convention.js';
import { isoMicros } from './iso-micros.js';

/** What is declared of a root table's rows, in the words of the options. */
export interface GivenHints {
  writeDisposition?: WriteDispositionHint;
  primaryKey?: string | readonly string[];
  mergeKey?: string | readonly string[];
  columns?: Readonly<Record<string, ColumnHint>>;
  schemaContract?: SchemaContract;
  naming?: Naming;
}

/**
 * Returns the hints of a root table's rows. Keys given by name take the place of columns that are
 * marked as keys, as in dlt. Columns marked as keys may be null, keys given by name may not.
 *
 * Errors: ConfigError for what cannot be together: a strategy without the key that it needs, an
 * option of another strategy, two columns that only one can be.
 */
export function tableHints(resource: string, options: GivenHints): DeclaredHints {
  const { writeDisposition = 'append', primaryKey, mergeKey } = options;
  const { columns = {}, schemaContract, naming } = options;
  const given: Exclude<WriteDispositionHint, string> =
    typeof writeDisposition === 'string' ? { disposition: writeDisposition } : writeDisposition;
  const { disposition } = given;
  const marked = (key: 'primaryKey' | 'mergeKey'): string[] =>
    Object.keys(columns).filter((name) => columns[name]?.[key] === true);
  const primary = listed(primaryKey) ?? marked('primaryKey');
  const merging = listed(mergeKey) ?? marked('mergeKey');
  const byName = [...(listed(primaryKey) ?? []), ...(listed(mergeKey) ?? [])];
  const nullable = [...primary, ...merging].filter(
    (name) => !byName.includes(name) && columns[name]?.nullable === undefined,
  );
  const merge =
    disposition === 'merge' ? mergeHints(resource, given, primary, merging, columns, naming) : null;
  return {
    resource,
    writeDisposition: disposition,
    primaryKey: primary,
    ...(merge && !isPlain(merge) && { merge }),
    ...(schemaContract !== undefined && { schemaContract }),
    ...(naming !== undefined && naming !== 'snake_case' && { naming }),
    columns:
      nullable.length === 0
        ? columns
        : {
            ...columns,
            ...Object.fromEntries(
              nullable.map((name) => [name, { ...columns[name], nullable: true }]),
            ),
          },
  };
}

/** Lists the names that hints give to keys of the rows, each once. */
export function hintedKeys({ primaryKey, merge }: TableHints): readonly string[] {
  if (merge === undefined) return primaryKey;
  const { mergeKey, dedupSort, hardDelete, scd2 } = merge;
  const { rowVersion = ROW_ID } = scd2 ?? {};
  return [
    ...new Set([
      ...primaryKey,
      ...mergeKey,
      ...(dedupSort === null ? [] : [dedupSort.column]),
      ...(hardDelete === null ? [] : [hardDelete]),
      ...(rowVersion === ROW_ID ? [] : [rowVersion]),
    ]),
  ];
}

/**
 * Lists the keys that must have a value in every row: those whose column is not said to be null.
 */
export function requiredKeys(hints: DeclaredHints): string[] {
  const { rowVersion = ROW_ID } = hints.merge?.scd2 ?? {};
  return [
    ...hints.primaryKey,
    ...(hints.merge?.mergeKey ?? []),
    ...(rowVersion === ROW_ID ? [] : [rowVersion]),
  ].filter((key) => hints.columns[key]?.nullable !== true);
}

/** The same hints with the names of columns in the place of the names of keys. */
export function withColumnNames(
  { resource, writeDisposition, primaryKey, merge }: TableHints,
  columnOf: (key: string) => string,
): TableHints {
  const hints = { resource, writeDisposition, primaryKey: primaryKey.map(columnOf) };
  if (merge === undefined) return hints;
  const { mergeKey, dedupSort, hardDelete, scd2 } = merge;
  return {
    ...hints,
    merge: {
      ...merge,
      mergeKey: mergeKey.map(columnOf),
      dedupSort: dedupSort && { ...dedupSort, column: columnOf(dedupSort.column) },
      hardDelete: hardDelete === null ? null : columnOf(hardDelete),
      scd2: scd2 && {
        ...scd2,
        declared: scd2.declared.map(columnOf),
        rowVersion: columnOf(scd2.rowVersion),
      },
    },
  };
}

/** Whether the rows below a table's rows have the ids of these, so that a merge finds them. */
export function keepsRootIds(hints: Pick<TableHints, 'writeDisposition' | 'merge'>): boolean {
  return hints.writeDisposition === 'merge' && strategyOf(hints) !== 'scd2';
}

/** The strategy by which rows with these hints are merged. */
export function strategyOf({ merge }: Pick<TableHints, 'merge'>): MergeHints['strategy'] {
  return merge?.strategy ?? 'delete-insert';
}

/** The column that `scd2` tells versions apart by where no other is named. */
export const ROW_ID = '_dlt_id';

const VALIDITY = ['_dlt_valid_from', '_dlt_valid_to'];

function mergeHints(
  resource: string,
  given: { disposition: string } & Partial<MergeDisposition>,
  primaryKey: readonly string[],
  mergeKey: readonly string[],
  columns: Readonly<Record<string, ColumnHint>>,
  naming: Naming | undefined,
): MergeHints {
  const { strategy = 'delete-insert', deduplicated = false } = given;
  const fault = (message: string): ConfigError =>
    new ConfigError(`Resource ${resource}: ${message}`);
  if ((strategy === 'upsert' || strategy === 'insert-only') && primaryKey.length === 0)
    throw fault(
      `merge strategy ${strategy} finds rows by their primary key, and there is none. Give \`primaryKey\`, or use strategy delete-insert.`,
    );
  if (deduplicated && strategy !== 'delete-insert')
    throw fault(
      `\`deduplicated\` is an option of merge strategy delete-insert, and the strategy is ${strategy}. Remove it.`,
    );
  const stranger = SCD2_OPTIONS.find((option) => (given[option] ?? null) !== null);
  if (stranger !== undefined && strategy !== 'scd2')
    throw fault(
      `\`${stranger}\` is an option of merge strategy scd2, and the strategy is ${strategy}. Remove it, or use strategy scd2.`,
    );
  const one = (hint: 'dedupSort' | 'hardDelete'): string | null => {
    const names = Object.keys(columns).filter((name) => (columns[name]?.[hint] ?? false) !== false);
    if (names.length > 1)
      throw fault(
        `\`columns\` has \`${hint}\` for ${names.map((name) => `\`${name}\``).join(', ')}, and only one column of a table can have it. Keep one.`,
      );
    return names[0] ?? null;
  };
  const sorted = one('dedupSort');
  const order = sorted === null ? undefined : columns[sorted]?.dedupSort;
  return {
    strategy,
    mergeKey,
    deduplicated,
    dedupSort: sorted === null || order === undefined ? null : { column: sorted, order },
    hardDelete: one('hardDelete'),
    scd2: strategy === 'scd2' ? scd2Hints(given, columns, naming, fault) : null,
  };
}

const SCD2_OPTIONS = [
  'validityColumnNames',
  'activeRecordTimestamp',
  'boundaryTimestamp',
  'rowVersionColumnName',
] as const;

function scd2Hints(
  {
    validityColumnNames = VALIDITY,
    activeRecordTimestamp = null,
    boundaryTimestamp = null,
    rowVersionColumnName = ROW_ID,
  }: Partial<MergeDisposition>,
  columns: Readonly<Record<string, ColumnHint>>,
  naming: Naming | undefined,
  fault: (message: string) => ConfigError,
): MergeHints['scd2'] {
  const [validFrom, validTo] = validityColumnNames.map(conventionOf(naming).path);
  if (validFrom === undefined || validTo === undefined || validFrom === validTo)
    throw fault(
      `\`validityColumnNames\` must be the names of two columns; found ${JSON.stringify(validityColumnNames)}.`,
    );
  const given = {
    ...(typeof activeRecordTimestamp === 'string' && { active: activeRecordTimestamp }),
    ...(typeof boundaryTimestamp === 'string' && { boundary: boundaryTimestamp }),
  };
  return {
    declared: Object.keys(columns).filter((name) => columns[name]?.dataType !== undefined),
    validFrom,
    validTo,
    active: micros('activeRecordTimestamp', activeRecordTimestamp, fault),
    boundary: micros('boundaryTimestamp', boundaryTimestamp, fault),
    rowVersion: rowVersionColumnName,
    ...(Object.keys(given).length > 0 && { given }),
  };
}

function micros(
  option: string,
  given: string | Date | null,
  fault: (message: string) => ConfigError,
): string | null {
  if (given === null) return null;
  const text = given instanceof Date ? dateText(given) : given;
  const found = isoMicros(text) ?? isoMicros(`${text}T00:00:00`);
  if (found === undefined)
    throw fault(
      `\`${option}\` must be a date or a time in ISO 8601, such as 2026-01-31T12:00:00Z; found ${JSON.stringify(text)}.`,
    );
  return String(found);
}

function dateText(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'an invalid Date' : date.toISOString();
}

function listed(keys: string | readonly string[] | undefined): readonly string[] | undefined {
  const list = keys === undefined ? [] : [keys].flat();
  return list.length === 0 ? undefined : list;
}

/** Whether the hints say no more than that rows are merged by their primary key. */
function isPlain({ strategy, mergeKey, deduplicated, dedupSort, hardDelete }: MergeHints): boolean {
  return (
    strategy === 'delete-insert' &&
    mergeKey.length === 0 &&
    !deduplicated &&
    dedupSort === null &&
    hardDelete === null
  );
}
