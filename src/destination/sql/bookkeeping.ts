import { ownMember } from '../../../operators/json/own-member.js';
import { parseJson } from '../../../operators/json/parse-json.js';
import { printJson } from '../../../operators/json/print-json.js';
import { SYSTEM_TABLES } from '../../../operators/schema/dlt-system-tables.js';
import type { DltTable } from '../../../operators/schema/dlt-table.js';
import type { DataType, Json, Position } from '../../../operators/types.js';
import { LoadError } from '../../errors.js';
import type { KeptState, LoadSpec, Outcome } from '../messages.js';
import type { Catalog, Relations } from './catalog.js';
import { addColumn } from './ddl.js';
import { namesTable } from './names.js';
import type { SqlPort } from './port.js';
import { versionsTable } from './schema-versions.js';
import { qualified, type Scope } from './sql.js';

/** SQL that makes the tables of bookkeeping, and columns of theirs, that `catalog` lacks. */
export function createBookkeeping(scope: Scope, catalog: Catalog): string[] {
  const { keptJson: jsonType, insertedColumn } = scope.dialect;
  const { text, bigint, timestamp } = scope.dialect.types;
  const create = (table: string, columns: string): string[] =>
    catalog.has(table)
      ? []
      : [`CREATE TABLE IF NOT EXISTS ${qualified(scope, table)} (${columns})`];
  const add = (table: string, name: string): string[] =>
    catalog.get(table)?.every((column) => scope.dialect.fold(column.name) !== name) === true
      ? [addColumn(scope, table, { name, sqlType: text, nullable: true })]
      : [];
  return [
    ...Object.entries(SYSTEM_TABLES).flatMap(([table, { columns }]) =>
      create(table, systemColumns(scope, columns)),
    ),
    // Files that an early dlt made lack it.
    ...add('_dlt_loads', 'schema_version_hash'),
    ...create(...versionsTable(scope)),
    ...create(...namesTable(scope)),
    ...create(
      '_sluice_loads',
      `load_id ${text} NOT NULL, pipeline ${text} NOT NULL, started_at ${timestamp} NOT NULL`,
    ),
    ...create(
      '_sluice_positions',
      `load_id ${text} NOT NULL, resource ${text} NOT NULL, parent ${text}, page ${bigint} NOT NULL, next ${jsonType}, state ${jsonType}, pipeline ${text}, list ${text}, under ${text}${insertedColumn}`,
    ),
    // Files that an earlier version made lack them.
    ...['pipeline', 'list', 'under'].flatMap((column) => add('_sluice_positions', column)),
    ...create(
      '_sluice_completeness',
      `load_id ${text} NOT NULL, resource ${text} NOT NULL, verdict ${text} NOT NULL, reasons ${jsonType} NOT NULL, lists ${bigint} NOT NULL, requests ${bigint} NOT NULL, pages ${bigint} NOT NULL, rows ${bigint} NOT NULL, declared_rows ${bigint}, loaded_rows ${bigint} NOT NULL, skipped ${bigint} NOT NULL`,
    ),
  ];
}

/** The columns of one of dlt's own tables, as its schema documents describe them. */
function systemColumns({ dialect }: Scope, columns: DltTable['columns']): string {
  return Object.entries(columns)
    .map(([name, { data_type, nullable }]) => {
      const type = dialect.types[data_type as DataType];
      return `${dialect.identifier(name)} ${type}${nullable === false ? ' NOT NULL' : ''}`;
    })
    .join(', ');
}

/**
 * Errors: LoadError where something else has the name of a table of bookkeeping: a view, or a table
 * without its columns.
 */
export function requireBooks({ dataset }: Scope, relations: Relations, catalog: Catalog): void {
  const view = [...relations.values()].find(
    ({ name, kind }) => kind === 'view' && (name.startsWith('_sluice_') || name in SYSTEM_TABLES),
  );
  if (view !== undefined) throw notOurs(`${dataset}.${view.name} is a view`);
  for (const [table, { columns }] of Object.entries(SYSTEM_TABLES)) {
    const has = catalog.get(table) ?? [];
    const lacks = Object.keys(columns).find(
      (own) => columns[own]?.nullable === false && !has.some(({ name }) => name === own),
    );
    if (has.length > 0 && lacks !== undefined)
      throw notOurs(`Table ${dataset}.${table} has no column ${lacks}`);
  }
}

function notOurs(what: string): LoadError {
  return new LoadError(
    `${what}, so neither sluice nor dlt made it, which both keep loads, schemas and states in tables of this name. Rename it, or load into another dataset.`,
  );
}

/** A load, and whose it is: what is kept for later runs is the pipeline's own, as in dlt. */
export interface Load extends Owner {
  loadId: string;
}

type Owner = Pick<LoadSpec, 'pipeline' | 'source'>;

/**
 * Rows that one INSERT brings: a fan-out has a position for each parent, and a statement is
 * parsed as a whole.
 */
const MOST_TUPLES = 1_000;

/** The latest position of each list, in the order in which they came. */
function latestOf(positions: readonly Position[]): Position[] {
  const latest = new Map<string, Position>();
  for (const position of positions) {
    const { resource, parent, list: place, next } = position;
    if (next === undefined) continue;
    const list = JSON.stringify([resource, parent, place]);
    latest.delete(list);
    latest.set(list, position);
  }
  return [...latest.values()];
}

/**
 * SQL that adds the positions of a commit to a load; none for none. Of a list, only the latest one
 * is stored: it is all that counts.
 */
export function* insertPositions(
  scope: Scope,
  { loadId, pipeline }: Load,
  positions: readonly Position[],
): Generator<string> {
  const latest = latestOf(positions);
  for (let from = 0; from < latest.length; from += MOST_TUPLES) {
    const values = latest
      .slice(from, from + MOST_TUPLES)
      .map(({ resource, parent, page, next, state, list = null, under = null }) =>
        tuple(
          scope,
          [loadId, resource, parent, page, json(next as Json), json(state), pipeline, list, under],
          scope.dialect.insertedValue(),
        ),
      );
    yield `INSERT INTO ${qualified(scope, '_sluice_positions')} VALUES ${values.join(', ')}`;
  }
}

/** SQL that notes a load of which a part is committed. */
export function noteLoad(scope: Scope, { loadId, pipeline }: Load): string {
  const { literal } = scope.dialect;
  return `INSERT INTO ${qualified(scope, '_sluice_loads')} VALUES (${literal(loadId)}, ${literal(pipeline)}, now())`;
}

/**
 * SQL that marks a load complete. Of its positions those stay that later runs begin with: the
 * latest of each list that keeps anything, and the latest of each resource with something under
 * `resource`. They replace what earlier loads kept of the same lists and resources, and every state
 * with `windowed` of a resource that was read (see `Page.state`). `keeps`: positions of earlier
 * loads or of this one keep anything. `isNoted`: see `noteLoad`.
 */
export function completeLoad(
  scope: Scope,
  {
    loadId,
    pipeline,
    source,
    completeness,
    loaded,
    versionHash,
    keeps,
    isNoted,
  }: Load &
    Outcome & {
      loaded: Readonly<Record<string, number>>;
      versionHash: string;
      keeps: boolean;
      isNoted: boolean;
    },
): string[] {
  const positions = qualified(scope, '_sluice_positions');
  const loads = qualified(scope, '_dlt_loads');
  const verdicts = qualified(scope, '_sluice_completeness');
  const { dialect } = scope;
  const [load, schema] = [dialect.literal(loadId), dialect.literal(source)];
  const row = dialect.inserted;
  // A state of the resource, whichever list it was found on; and one that holds more than that.
  const ofResource = dialect.hasKey('state', 'resource');
  const ofList = dialect.hasMoreThan('state', 'resource');
  const earlier = `load_id <> ${load} AND pipeline = ${dialect.literal(pipeline)} AND load_id IN (SELECT load_id FROM ${loads} WHERE schema_name = ${schema})`;
  const keepLatest = [
    `DELETE FROM ${positions} WHERE ${earlier} AND ${dialect.hasKey('state', 'windowed')} AND resource IN (SELECT resource FROM ${positions} WHERE load_id = ${load})`,
    `DELETE FROM ${positions} WHERE load_id = ${load} AND ${row} NOT IN (
       SELECT latest FROM (SELECT ${row} AS latest, row_number() OVER (PARTITION BY resource, parent ORDER BY page DESC, ${row} DESC) AS place
         FROM ${positions} WHERE load_id = ${load} AND ${ofList}) lists WHERE place = 1
       UNION ALL SELECT max(${row}) FROM ${positions} WHERE load_id = ${load} AND ${ofResource} GROUP BY resource)`,
    `DELETE FROM ${positions} WHERE ${earlier} AND (
       (resource, coalesce(parent, '')) IN (SELECT resource, coalesce(parent, '') FROM ${positions} WHERE load_id = ${load})
       OR NOT ${ofList} AND resource IN (SELECT resource FROM ${positions} WHERE load_id = ${load} AND ${ofResource}))`,
  ];
  const rows = completeness.map(
    ({
      resource,
      table,
      verdict,
      reasons,
      lists,
      requests,
      pages,
      rows: read,
      declared,
      skipped,
    }) =>
      tuple(scope, [
        loadId,
        resource,
        verdict,
        json([...reasons]),
        lists,
        requests,
        pages,
        read,
        declared,
        ownMember(loaded, table) ?? 0,
        skipped,
      ]),
  );
  return [
    `INSERT INTO ${loads} (load_id, schema_name, status, inserted_at, schema_version_hash) VALUES (${load}, ${schema}, 0, now(), ${dialect.literal(versionHash)})`,
    ...(isNoted
      ? [`DELETE FROM ${qualified(scope, '_sluice_loads')} WHERE load_id = ${load}`]
      : []),
    ...(keeps ? keepLatest : isNoted ? [`DELETE FROM ${positions} WHERE load_id = ${load}`] : []),
    ...(rows.length === 0
      ? []
      : [
          // Of each resource the latest load counts, so that the table does not grow with runs.
          `DELETE FROM ${verdicts} WHERE load_id <> ${load} AND load_id IN (SELECT load_id FROM ${loads} WHERE schema_name = ${schema}) AND resource IN (${completeness.map(({ resource }) => dialect.literal(resource)).join(', ')})`,
          `INSERT INTO ${verdicts} VALUES ${rows.join(', ')}`,
        ]),
  ];
}

/**
 * Reads what complete loads of a pipeline's source kept of their lists, the latest last, where
 * `tables` are those of the dataset.
 */
export async function readStates(
  port: SqlPort,
  scope: Scope,
  { pipeline, source }: Owner,
  tables: { has(table: string): boolean },
): Promise<KeptState[]> {
  if (!tables.has('_sluice_positions')) return [];
  const rows = await port.query(
    `SELECT p.resource, p.parent, p.state FROM ${qualified(scope, '_sluice_positions')} p JOIN ${qualified(scope, '_dlt_loads')} l USING (load_id) WHERE l.schema_name = $1 AND p.pipeline = $2 AND l.status = 0 AND p.state IS NOT NULL ORDER BY l.inserted_at, p.page`,
    [source, pipeline],
  );
  return (rows as [string, string | null, string][]).map(([resource, parent, state]) => ({
    resource,
    parent,
    state: parseJson(state),
  }));
}

type Cell = string | number | null;

function json(value: Json): Cell {
  return value === null ? null : printJson(value);
}

function tuple({ dialect }: Scope, cells: readonly Cell[], ending = ''): string {
  return `(${cells.map((cell) => (cell === null ? 'NULL' : typeof cell === 'number' ? String(cell) : dialect.literal(cell))).join(', ')}${ending})`;
}
