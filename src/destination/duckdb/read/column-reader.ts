import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import {
  boolReader,
  decimalReader,
  fixedReader,
  intervalReader,
  nullReader,
} from './fixed-readers.js';
import { arrayReader, listReader, structReader } from './nested-readers.js';
import type { ColumnReader } from './reader.js';
import { printedReader, textReader, uuidReader } from './text-readers.js';

/**
 * Collects values of a type in the layout of `blockType`: fixed-width values and texts are copied
 * in blocks, types that become text are printed one by one.
 */
export function columnReader(type: DuckDBType): ColumnReader {
  const make = READERS[type.typeId];
  if (make !== undefined) return make();
  const width = WIDTHS[type.typeId];
  if (width !== undefined) return fixedReader(width);
  if (type.typeId === DuckDBTypeId.DECIMAL) return decimalReader(type.width);
  if (type.typeId === DuckDBTypeId.LIST) return listReader(columnReader(type.valueType));
  if (type.typeId === DuckDBTypeId.ARRAY)
    return arrayReader(columnReader(type.valueType), type.length);
  if (type.typeId === DuckDBTypeId.STRUCT)
    return structReader(type.entryTypes.map((own) => columnReader(own)));
  if (type.typeId === DuckDBTypeId.MAP)
    return listReader(structReader([columnReader(type.keyType), columnReader(type.valueType)]));
  return printedReader(type);
}

const READERS: Readonly<Partial<Record<DuckDBTypeId, () => ColumnReader>>> = {
  [DuckDBTypeId.BOOLEAN]: boolReader,
  [DuckDBTypeId.VARCHAR]: textReader,
  [DuckDBTypeId.BLOB]: textReader,
  [DuckDBTypeId.UUID]: uuidReader,
  [DuckDBTypeId.INTERVAL]: intervalReader,
  [DuckDBTypeId.SQLNULL]: nullReader,
};

/** Bytes of a value that Arrow lays out as DuckDB does. */
const WIDTHS: Readonly<Partial<Record<DuckDBTypeId, number>>> = {
  [DuckDBTypeId.TINYINT]: 1,
  [DuckDBTypeId.UTINYINT]: 1,
  [DuckDBTypeId.SMALLINT]: 2,
  [DuckDBTypeId.USMALLINT]: 2,
  [DuckDBTypeId.INTEGER]: 4,
  [DuckDBTypeId.UINTEGER]: 4,
  [DuckDBTypeId.FLOAT]: 4,
  [DuckDBTypeId.DATE]: 4,
  [DuckDBTypeId.BIGINT]: 8,
  [DuckDBTypeId.UBIGINT]: 8,
  [DuckDBTypeId.DOUBLE]: 8,
  [DuckDBTypeId.TIME]: 8,
  [DuckDBTypeId.TIME_NS]: 8,
  [DuckDBTypeId.TIMESTAMP]: 8,
  [DuckDBTypeId.TIMESTAMP_S]: 8,
  [DuckDBTypeId.TIMESTAMP_MS]: 8,
  [DuckDBTypeId.TIMESTAMP_NS]: 8,
  [DuckDBTypeId.TIMESTAMP_TZ]: 8,
  [DuckDBTypeId.HUGEINT]: 16,
};
