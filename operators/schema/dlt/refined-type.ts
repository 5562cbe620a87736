import type { ColumnHint } from '../../types.js';
import { REFINED_BY } from '../data-types.js';

/**
 * Takes digits and time zone of a column from dlt's hints. `idle` names what does nothing in dlt on
 * DuckDB, such as the precision of a text, or of a timestamp with a time zone.
 */
export function refinedType(column: Readonly<Record<string, unknown>>): {
  hint: Pick<ColumnHint, 'precision' | 'scale' | 'timezone'>;
  idle: readonly string[];
} {
  const { data_type: type, timezone } = column;
  const given = Object.entries(REFINED_BY).filter(([key]) => (column[key] ?? null) !== null);
  const isIdle = ([key, types]: (typeof given)[number]): boolean =>
    !(type === undefined ? key !== 'scale' : types.some((one) => one === type)) ||
    (key === 'precision' && type === 'timestamp' && timezone !== false) ||
    (key === 'timezone' && timezone === true);
  const used = given.filter((one) => !isIdle(one)).map(([key]) => [key, column[key]]);
  return {
    hint: Object.fromEntries(used) as ColumnHint,
    idle: given.filter((one) => isIdle(one) && column[one[0]] !== true).map(([key]) => key),
  };
}
