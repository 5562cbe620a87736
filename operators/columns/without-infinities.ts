import { isValid, laneReader } from '../schema/lane-value.js';
import type { FlatColumn, FlatTable } from '../types.js';
import { dropValues } from './drop-values.js';

/**
 * Drops the numbers that no double holds and that are not integers (`1e400`), as if null had been
 * sent there.
 *
 * Source of the rule: Python reads them as infinity, for which dlt's writer (orjson) puts null.
 */
export function withoutInfinities(table: FlatTable): FlatTable {
  return table.columns.reduce((rest, column) => {
    const rows = infiniteRows(column);
    return rows.length === 0 ? rest : dropValues(rest, column, rows);
  }, table);
}

function infiniteRows({ lanes, text }: FlatColumn): number[] {
  return lanes.flatMap((lane) => {
    if (lane.kind !== 'hugeint') return [];
    const read = laneReader(lane, text);
    return Array.from({ length: lane.rows }, (_, row) => row).filter(
      (row) => isValid(lane.validity, row) && /[.eE]/.test(read(row) as string),
    );
  });
}
