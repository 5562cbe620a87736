import { parseJson } from '../../../../operators/json/parse-json.js';
import type { StoppedLoad } from '../../messages.js';
import type { Catalog } from '../catalog.js';
import type { SqlPort } from '../port.js';
import { qualified, type Scope } from '../sql.js';
import type { KeptTable } from './keep-progress.js';
import { unfinishedLoads } from './unfinished-loads.js';
import { PROGRESS } from './unfinished-tables.js';

/** Reads the unfinished loads of a pipeline in a dataset, the earliest first. */
export async function stoppedLoads(
  port: SqlPort,
  scope: Scope,
  pipeline: string,
  catalog: Catalog,
): Promise<StoppedLoad[]> {
  const loads = await unfinishedLoads(port, scope, catalog);
  const own = loads.filter((load) => load.pipeline === pipeline);
  if (own.length === 0) return [];
  const rows = catalog.has(PROGRESS)
    ? await port.query(
        `SELECT load_id, value FROM ${qualified(scope, PROGRESS)} WHERE kind = 'table'`,
      )
    : [];
  const tables = (rows as [string, string][]).map(([loadId, text]) => ({
    loadId,
    ...(parseJson(text) as unknown as KeptTable),
  }));
  return own.map(({ loadId, kept }) => ({
    loadId,
    source: kept?.head.source ?? null,
    rows: kept?.committed.rows ?? {},
    roots: tables
      .filter(({ schema, ...table }) => table.loadId === loadId && schema.parent === null)
      .map(({ schema, hints: { resource, writeDisposition } }) => ({
        resource,
        table: schema.name,
        writeDisposition,
      })),
  }));
}
