import { parseJson } from '../../../../operators/json/parse-json.js';
import type { Catalog } from '../catalog.js';
import type { SqlPort } from '../port.js';
import { qualified, type Scope } from '../sql.js';
import type { CommittedRows, LoadHead } from './keep-progress.js';
import { PROGRESS } from './unfinished-tables.js';

/** A load that began and did not finish. */
export interface UnfinishedHead {
  loadId: string;
  pipeline: string;
  /** What it is known by, and what is there of it; left out where it cannot be resumed. */
  kept?: { head: LoadHead; committed: CommittedRows };
}

/** Reads which loads of a dataset are unfinished, the earliest first. */
export async function unfinishedLoads(
  port: SqlPort,
  scope: Scope,
  catalog: Catalog,
): Promise<UnfinishedHead[]> {
  if (!catalog.has('_sluice_loads')) return [];
  const rows = await port.query(
    `SELECT load_id, pipeline FROM ${qualified(scope, '_sluice_loads')} ORDER BY load_id`,
  );
  if (rows.length === 0) return [];
  const known = await readHeads(port, scope, catalog);
  return (rows as [string, string][]).map(([loadId, pipeline]) => {
    const { head, committed } = known.get(loadId) ?? {};
    return { loadId, pipeline, ...(head && committed && { kept: { head, committed } }) };
  });
}

async function readHeads(
  port: SqlPort,
  scope: Scope,
  catalog: Catalog,
): Promise<Map<string, { head?: LoadHead; committed?: CommittedRows }>> {
  const known = new Map<string, { head?: LoadHead; committed?: CommittedRows }>();
  if (!catalog.has(PROGRESS)) return known;
  const rows = await port.query(
    `SELECT load_id, kind, value FROM ${qualified(scope, PROGRESS)} WHERE kind IN ('load', 'rows')`,
  );
  for (const [loadId, kind, text] of rows as [string, string, string][]) {
    const value = parseJson(text) as unknown;
    const one = known.get(loadId) ?? {};
    if (kind === 'load') one.head = value as LoadHead;
    else one.committed = value as CommittedRows;
    known.set(loadId, one);
  }
  return known;
}
