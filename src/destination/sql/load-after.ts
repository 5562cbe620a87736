import type { SqlPort } from './port.js';
import { qualified, type Scope } from './sql.js';

/** The id of a load that is a microsecond later. */
export function loadAfter(loadId: string): string {
  const [seconds = '', rest = ''] = loadId.split('.');
  const micros = String(BigInt(`${seconds}${rest.slice(0, 6).padEnd(6, '0')}`) + 1n);
  return `${micros.slice(0, -6)}.${micros.slice(-6)}`;
}

/**
 * An id for a load that comes behind all loads of the dataset, unfinished ones too, where `tables`
 * are those that it has. Of the states of a pipeline that of the latest load counts, and versions
 * of `scd2` end where the next begin: a clock that was set back, or that of another computer, must
 * not order them anew.
 *
 * @param loadId by the clock; stays where it is later
 */
export async function laterLoad(
  port: SqlPort,
  scope: Scope,
  loadId: string,
  tables: { has(table: string): boolean },
): Promise<string> {
  if (!tables.has('_dlt_loads')) return loadId;
  // What others have in the place of an id may be no number: ':' is behind all digits.
  const [[latest] = []] = await port.query(
    `SELECT max(load_id) FROM (SELECT load_id FROM ${qualified(scope, '_dlt_loads')} UNION ALL SELECT load_id FROM ${qualified(scope, '_sluice_loads')}) loads WHERE load_id COLLATE "C" < ':'`,
  );
  if (typeof latest !== 'string' || latest < loadId || !/^\d{10}\.\d+$/.test(latest)) return loadId;
  return loadAfter(latest);
}
