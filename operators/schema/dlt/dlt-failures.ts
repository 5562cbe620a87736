import { placeOf } from '../../settings/with-place.js';
import type { Page } from '../../types.js';
import type { FittedColumn } from '../fit-columns.js';
import { valueIn } from '../value-messages.js';
import type { Violation } from '../violation.js';

/** Lists the values of a page by which dlt's load fails: one for each column. */
export function dltFailures(
  fitted: readonly FittedColumn[],
  table: string,
  { resource, parent, index }: Page,
): Violation[] {
  return fitted.flatMap(({ column, fitted: { failure } }): Violation[] => {
    if (failure === null) return [];
    const { row, reason } = failure;
    return [
      {
        table,
        column: column.name,
        row,
        message: `${placeOf(resource, parent, index)}: dlt fails by the value ${valueIn(column, row)} of column ${table}.${column.name}, row ${row + 1}: ${reason}. Leave out \`compat: 'dlt'\` to keep it, or declare another \`dataType\` for the column.`,
      },
    ];
  });
}
