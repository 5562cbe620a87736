import { parseJson } from '../../../operators/json/parse-json.js';
import { printJson } from '../../../operators/json/print-json.js';
import type { Json, Position } from '../../../operators/types.js';
import type { KeptState, LoadSpec, Outcome } from '../messages.js';
import type { SqlPort } from './port.js';
import { literal, qualified, type Scope } from './sql.js';

/** SQL that makes the tables of bookkeeping where they are not yet. */
export function createBookkeeping(scope: Scope): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${qualified(scope, '_dlt_loads')} (load_id VARCHAR NOT NULL, schema_name VARCHAR, status BIGINT NOT NULL, inserted_at TIMESTAMP WITH TIME ZONE NOT NULL, schema_version_hash VARCHAR)`,
    `CREATE TABLE IF NOT EXISTS ${qualified(scope, '_sluice_loads')} (load_id VARCHAR NOT NULL, pipeline VARCHAR NOT NULL, started_at TIMESTAMP WITH TIME ZONE NOT NULL)`,
    `CREATE TABLE IF NOT EXISTS ${qualified(scope, '_sluice_positions')} (load_id VARCHAR NOT NULL, resource VARCHAR NOT NULL, parent VARCHAR, page BIGINT NOT NULL, next JSON, state JSON, pipeline VARCHAR)`,
    // Files that an earlier version made lack it.
    `ALTER TABLE ${qualified(scope, '_sluice_positions')} ADD COLUMN IF NOT EXISTS pipeline VARCHAR`,
    `CREATE TABLE IF NOT EXISTS ${qualified(scope, '_sluice_completeness')} (load_id VARCHAR NOT NULL, resource VARCHAR NOT NULL, verdict VARCHAR NOT NULL, reasons JSON NOT NULL, lists BIGINT NOT NULL, requests BIGINT NOT NULL, pages BIGINT NOT NULL, rows BIGINT NOT NULL, declared_rows BIGINT, loaded_rows BIGINT NOT NULL, skipped BIGINT NOT NULL)`,
  ];
}

/** A load, and whose it is: what is kept for later runs is the pipeline's own, as in dlt. */
export interface Load extends Owner {
  loadId: string;
}

type Owner = Pick<LoadSpec, 'pipeline' | 'source'>;

/**
 * Rows that one INSERT brings: a fan-out has a position for each parent, and DuckDB parses a
 * statement as a whole.
 */
const MOST_TUPLES = 1_000;

/** SQL that adds positions to a load; none for none. */
export function* insertPositions(
  scope: Scope,
  { loadId, pipeline }: Load,
  positions: readonly Position[],
): Generator<string> {
  for (let from = 0; from < positions.length; from += MOST_TUPLES) {
    const values = positions
      .slice(from, from + MOST_TUPLES)
      .map(({ resource, parent, page, next, state }) =>
        tuple([loadId, resource, parent, page, json(next), json(state), pipeline]),
      );
    yield `INSERT INTO ${qualified(scope, '_sluice_positions')} VALUES ${values.join(', ')}`;
  }
}

/** A state of the resource, whichever list it was found on. */
const OF_RESOURCE = "coalesce(json_exists(state, '$.resource'), false)";
/** A state with more in it than what belongs to the resource. */
const OF_LIST =
  "(state IS NOT NULL AND (json_type(state) <> 'OBJECT' OR json_keys(state) <> ['resource']))";

/**
 * SQL that marks a load complete. Of its positions those stay that later runs begin with: the
 * latest of each list that keeps anything, and the latest of each resource with something under
 * `resource`. They replace what earlier loads kept of the same lists and resources, and every state
 * with `windowed` of a resource that was read (see `Page.state`).
 */
export function completeLoad(
  scope: Scope,
  {
    loadId,
    pipeline,
    source,
    completeness,
    loaded,
  }: Load & Outcome & { loaded: Readonly<Record<string, number>> },
): string[] {
  const positions = qualified(scope, '_sluice_positions');
  const loads = qualified(scope, '_dlt_loads');
  const [load, schema] = [literal(loadId), literal(source)];
  const earlier = `load_id <> ${load} AND pipeline = ${literal(pipeline)} AND load_id IN (SELECT load_id FROM ${loads} WHERE schema_name = ${schema})`;
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
      tuple([
        loadId,
        resource,
        verdict,
        json([...reasons]),
        lists,
        requests,
        pages,
        read,
        declared,
        loaded[table] ?? 0,
        skipped,
      ]),
  );
  return [
    `INSERT INTO ${loads} VALUES (${load}, ${schema}, 0, now(), NULL)`,
    `DELETE FROM ${qualified(scope, '_sluice_loads')} WHERE load_id = ${load}`,
    `DELETE FROM ${positions} WHERE ${earlier} AND json_exists(state, '$.windowed') AND resource IN (SELECT resource FROM ${positions} WHERE load_id = ${load})`,
    `DELETE FROM ${positions} WHERE load_id = ${load} AND rowid NOT IN (
       SELECT arg_max(rowid, page) FROM ${positions} WHERE load_id = ${load} AND ${OF_LIST} GROUP BY resource, parent
       UNION ALL SELECT max(rowid) FROM ${positions} WHERE load_id = ${load} AND ${OF_RESOURCE} GROUP BY resource)`,
    `DELETE FROM ${positions} WHERE ${earlier} AND (
       (resource, coalesce(parent, '')) IN (SELECT (resource, coalesce(parent, '')) FROM ${positions} WHERE load_id = ${load})
       OR NOT ${OF_LIST} AND resource IN (SELECT resource FROM ${positions} WHERE load_id = ${load} AND ${OF_RESOURCE}))`,
    ...(rows.length === 0
      ? []
      : [`INSERT INTO ${qualified(scope, '_sluice_completeness')} VALUES ${rows.join(', ')}`]),
  ];
}

/** What complete loads of a pipeline's source kept of their lists, the latest last. */
export async function readStates(
  port: SqlPort,
  scope: Scope,
  { pipeline, source }: Owner,
): Promise<KeptState[]> {
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

function tuple(cells: readonly Cell[]): string {
  return `(${cells.map((cell) => (cell === null ? 'NULL' : typeof cell === 'number' ? String(cell) : literal(cell))).join(', ')})`;
}
