import type { DltType } from '../../../operators/schema/dlt-tables.js';

/** dlt's types of DuckDB's, as dlt's own type mapper for DuckDB has them. */
const DLT_TYPE: Readonly<Record<string, DltType>> = {
  VARCHAR: { data_type: 'text' },
  JSON: { data_type: 'json' },
  DOUBLE: { data_type: 'double' },
  FLOAT: { data_type: 'double' },
  BOOLEAN: { data_type: 'bool' },
  DATE: { data_type: 'date' },
  TIME: { data_type: 'time' },
  BLOB: { data_type: 'binary' },
  BIGINT: { data_type: 'bigint' },
  TINYINT: { data_type: 'bigint', precision: 8 },
  SMALLINT: { data_type: 'bigint', precision: 16 },
  INTEGER: { data_type: 'bigint', precision: 32 },
  HUGEINT: { data_type: 'bigint', precision: 128 },
  'TIMESTAMP WITH TIME ZONE': { data_type: 'timestamp' },
  TIMESTAMP: { data_type: 'timestamp', timezone: false },
  TIMESTAMP_S: { data_type: 'timestamp', timezone: false, precision: 0 },
  TIMESTAMP_MS: { data_type: 'timestamp', timezone: false, precision: 3 },
  TIMESTAMP_NS: { data_type: 'timestamp', timezone: false, precision: 9 },
};

/**
 * Returns what dlt calls a DuckDB type in a schema document; text for types that it does not know.
 */
export function dltTypeOf(sqlType: string): DltType {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(sqlType) ?? [];
  return precision === undefined
    ? (DLT_TYPE[sqlType] ?? { data_type: 'text' })
    : { data_type: 'decimal', precision: Number(precision), scale: Number(scale) };
}
