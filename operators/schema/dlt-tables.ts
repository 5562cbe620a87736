import { ownMember } from '../json/own-member.js';
import type { Json, JsonObject, MergeHints, TableHints } from '../types.js';
import type { DltSchema } from './dlt-schema.js';
import type { DltColumn, DltTable } from './dlt-table.js';
import { keepsRootIds } from './table-hints.js';

/** A type of dlt's, with what makes it more precise. */
export interface DltType {
  /** dlt's word for the type, such as `bigint`. */
  data_type: string;
  /** Bits of integers, digits of decimals, or digits of a second. @default the type's own */
  precision?: number;
  /** Digits behind the point of decimals. @default the type's own */
  scale?: number;
  /** Whether timestamps are instants. @default true */
  timezone?: boolean;
}

/**
 * What is declared of a table, as dlt's schema document says it: hints of the table, and of its
 * columns by their names.
 */
export interface DltHints {
  /** Members of the table, such as `write_disposition`. */
  table: JsonObject;
  /** Members of its columns, by their names. */
  columns: { [column: string]: DltColumn };
  /** Of child tables, by what their names have behind that of the root table. @default none */
  nested?: { [list: string]: DltHints };
}

/** What a schema document says of all its tables; null for nothing. */
export interface SchemaSettings {
  /** The contract, in dlt's words. */
  contract: Json;
  /** Levels of nesting that are taken apart. */
  maxNesting: number | null;
  /** Whether children have the ids of their roots, also where tables do not merge. */
  rootKey: boolean | null;
}

/** A table as it is in the database, for dlt's schema document. */
export interface StoredTable {
  name: string;
  /** Null for a root table. */
  parent: string | null;
  /** What the load does with its rows; a child table's resource is that of its root. */
  hints: TableHints;
  /** What else is declared of it. @default nothing */
  declared?: DltHints;
  /** In the order of the table. */
  columns: readonly StoredColumn[];
}

/** A column as it is in the database. */
export interface StoredColumn {
  name: string;
  type: DltType;
  nullable: boolean;
  variant: boolean;
}

/**
 * The content of a schema document once these tables hold rows: new tables and columns are added in
 * their order, the types of columns are those of the database, hints of the load replace those of
 * earlier loads. All else in the document stays. Pure; version and hash are the caller's.
 */
export function withTables(before: DltSchema, stored: readonly StoredTable[]): DltSchema {
  const tables = { ...before.tables };
  for (const table of stored) tables[table.name] = dltTable(ownMember(tables, table.name), table);
  const { json } = before.normalizers as { json?: { config?: JsonObject } };
  const handsDown = json?.config?.root_key_propagation === true;
  const roots = stored
    .filter(({ parent, hints }) => parent === null && (handsDown || keepsRootIds(hints)))
    .map(({ name }) => name);
  return {
    ...before,
    tables,
    normalizers: roots.length === 0 ? before.normalizers : withRoots(before.normalizers, roots),
  };
}

/** A root table as a load declares it. */
export interface DeclaredTable {
  name: string;
  resource: string;
  writeDisposition: TableHints['writeDisposition'];
  declared: DltHints;
}

/**
 * The content of a document with tables that the load declares and the document lacks: as long as
 * no row came, dlt knows what is declared of them alone. Tables that a contract forbids are left
 * out.
 */
export function withDeclared(before: DltSchema, declared: readonly DeclaredTable[]): DltSchema {
  const missing = declared.filter(
    ({ name, declared: hints }) => !Object.hasOwn(before.tables, name) && allowsTables(hints.table),
  );
  const bare = ({
    name,
    resource,
    writeDisposition,
    declared: hints,
  }: DeclaredTable): DltTable => ({
    ...hints.table,
    columns: Object.fromEntries(
      Object.entries(hints.columns).map(([column, hint]) => [column, { ...hint, name: column }]),
    ),
    write_disposition: writeDisposition,
    name,
    resource,
    ...(hasContract(hints.table, before) && { 'x-normalizer': { 'evolve-columns-once': true } }),
  });
  const tables = Object.fromEntries(missing.map((table) => [table.name, bare(table)]));
  return missing.length === 0 ? before : { ...before, tables: { ...before.tables, ...tables } };
}

/** Whether a contract of the table, else of all, forbids new columns: dlt marks its first rows. */
export function hasContract(
  { schema_contract: own }: JsonObject,
  { settings }: DltSchema,
): boolean {
  const contract = own ?? settings.schema_contract ?? {};
  const columns = typeof contract === 'string' ? contract : (contract as JsonObject).columns;
  return (columns ?? 'evolve') !== 'evolve';
}

function allowsTables({ schema_contract: contract = null }: JsonObject): boolean {
  const { tables = 'evolve' } =
    typeof contract === 'string' ? { tables: contract } : ((contract ?? {}) as JsonObject);
  return tables === 'evolve';
}

/**
 * The content of a document with the settings of a run's source: dlt keeps none of earlier runs.
 */
export function withSettings(
  before: DltSchema,
  { contract, maxNesting, rootKey }: SchemaSettings,
): DltSchema {
  const { schema_contract: _, ...settings } = before.settings;
  const { json = {}, ...normalizers } = before.normalizers as { json?: JsonObject };
  const { config = {}, ...normalizer } = json as { config?: JsonObject };
  const { max_nesting: __, root_key_propagation: ___, ...others } = config;
  const kept = {
    ...others,
    ...(maxNesting !== null && { max_nesting: maxNesting }),
    ...(rootKey !== null && { root_key_propagation: rootKey }),
  };
  return {
    ...before,
    settings: { ...settings, ...(contract !== null && { schema_contract: contract }) },
    normalizers: {
      ...normalizers,
      json: { ...normalizer, ...(Object.keys(kept).length > 0 && { config: kept }) },
    },
  };
}

/** The content of a document without some of its tables. */
export function withoutTables(before: DltSchema, dropped: ReadonlySet<string>): DltSchema {
  return {
    ...before,
    tables: Object.fromEntries(
      Object.entries(before.tables).filter(([name]) => !dropped.has(name)),
    ),
  };
}

function dltTable(before: DltTable | undefined, table: StoredTable): DltTable {
  const { name, parent, hints, declared } = table;
  const normalizers = [before, declared?.table].map((one) => one?.['x-normalizer'] as JsonObject);
  const { 'evolve-columns-once': _, ...normalizer } = { ...normalizers[0], ...normalizers[1] };
  return {
    ...before,
    ...declared?.table,
    name,
    columns: dltColumns(before?.columns ?? {}, table),
    ...(parent === null
      ? {
          ...mergeStrategy(hints, before),
          write_disposition: hints.writeDisposition,
          resource: hints.resource,
        }
      : // Lists of one name share a table, whose parent stays that of the first.
        { parent: before?.parent ?? parent }),
    'x-normalizer': { ...normalizer, 'seen-data': true },
  };
}

/** How the rows are merged; dlt keeps it when a load does not merge. */
function mergeStrategy(
  { writeDisposition, merge }: TableHints,
  before: DltTable | undefined,
): JsonObject {
  const { strategy = 'delete-insert', deduplicated = false, scd2 = null } = merge ?? {};
  const { boundary = null, given } = scd2 ?? {};
  const isKnown = before?.['x-merge-strategy'] !== undefined;
  if (writeDisposition !== 'merge' || (strategy === 'delete-insert' && !isKnown && !deduplicated))
    return {};
  return {
    'x-merge-strategy': strategy,
    ...(deduplicated && { 'x-stage-data-deduplicated': true }),
    ...(boundary !== null && {
      'x-boundary-timestamp': given?.boundary ?? isoTime(boundary),
    }),
  };
}

function dltColumns(
  before: DltTable['columns'],
  { columns, hints, declared }: StoredTable,
): DltTable['columns'] {
  const { primaryKey, merge } = hints;
  const keys = new Set(primaryKey);
  const mergeKeys = new Set(merge?.mergeKey);
  const after: DltTable['columns'] = {};
  const real = new Set(columns.map(({ name }) => name));
  for (const [name, column] of Object.entries(before)) {
    const own = keys.size > 0 && !keys.has(name) ? without(column, 'primary_key') : column;
    after[name] = mergeKeys.size > 0 && !mergeKeys.has(name) ? without(own, 'merge_key') : own;
  }
  // What is declared is in the document before rows have it, and at their end when they have.
  for (const [name, hint] of Object.entries(declared?.columns ?? {}))
    if (!real.has(name)) after[name] = { name, ...ownMember(after, name), ...hint };
  for (const { name, type, nullable, variant } of columns) {
    const known = ownMember(after, name);
    const isNew = known?.data_type === undefined;
    if (isNew) delete after[name];
    const hinted = ownMember(declared?.columns ?? {}, name) ?? {};
    const isSaid = hinted.nullable !== undefined || hinted.data_type !== undefined;
    // Columns that are marked as keys may be null; keys that are given by name may not.
    const isMarked = hinted.primary_key === true || hinted.merge_key === true;
    const isKey = (keys.has(name) || mergeKeys.has(name)) && !isMarked;
    after[name] = {
      ...(known ?? { name, ...(variant && variantHints(name)), ...ownMember(SYSTEM, name) }),
      ...hinted,
      ...typeOf(known, type),
      ...(isNew && !isSaid && known?.nullable === undefined && { nullable }),
      ...(isKey && hinted.nullable !== true && { nullable: false }),
      ...(keys.has(name) && { primary_key: true }),
      ...(mergeKeys.has(name) && { merge_key: true }),
      ...(merge && mergeColumn(name, merge)),
    };
  }
  return after;
}

/** Hints of the columns that every table of their sort has. */
const SYSTEM: Readonly<Record<string, DltColumn>> = {
  _dlt_id: { unique: true, row_key: true },
  _dlt_parent_id: { parent_key: true },
  _dlt_root_id: { root_key: true },
};

/** What a column is to the strategy by which rows are merged. */
function mergeColumn(name: string, { dedupSort, hardDelete, scd2 }: MergeHints): DltColumn {
  if (name === dedupSort?.column) return { dedup_sort: dedupSort.order };
  if (name === hardDelete) return { hard_delete: true };
  if (name === scd2?.validFrom) return { 'x-valid-from': true };
  if (name === scd2?.rowVersion) return { 'x-row-version': true, unique: false, row_key: false };
  if (name !== scd2?.validTo) return {};
  const { active, given } = scd2;
  return {
    'x-valid-to': true,
    'x-active-record-timestamp': active === null ? null : (given?.active ?? isoTime(active)),
  };
}

/** Microseconds since 1970 as ISO 8601. */
function isoTime(micros: string): string {
  return new Date(Number(BigInt(micros) / 1_000n)).toISOString().replace('.000Z', 'Z');
}

function variantHints(name: string): DltColumn {
  return { variant: true, description: `Variant of column ${name} generated by dlt` };
}

/** The type that is there stays where it says the same as the database's, or more. */
function typeOf(known: DltColumn | undefined, type: DltType): DltColumn {
  const isSame =
    known?.data_type === type.data_type ||
    (known?.data_type === 'wei' && type.data_type === 'decimal');
  const isWidened = type.precision === HUGE && (known?.precision ?? 0) !== HUGE;
  return isSame && !(isWidened && type.data_type === 'bigint') ? {} : { ...type };
}

/** Bits of the widest integer. */
const HUGE = 128;

/** The settings of the normalizer under which dlt hands a root's id down to its children. */
function withRoots(normalizers: JsonObject, roots: readonly string[]): JsonObject {
  const json = (normalizers.json ?? {}) as JsonObject;
  const config = (json.config ?? {}) as JsonObject;
  const propagation = (config.propagation ?? {}) as JsonObject;
  const tables = { ...(propagation.tables as JsonObject | undefined) };
  for (const root of roots)
    tables[root] = {
      ...(ownMember(tables, root) as JsonObject | undefined),
      _dlt_id: '_dlt_root_id',
    };
  return {
    ...normalizers,
    json: { ...json, config: { ...config, propagation: { ...propagation, tables } } },
  };
}

function without(column: DltColumn, key: string): DltColumn {
  const { [key]: _, ...rest } = column;
  return rest;
}
