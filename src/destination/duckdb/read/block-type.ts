import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import type { BlockType } from '../../column-block.js';

const PLAIN: Readonly<Partial<Record<DuckDBTypeId, BlockType>>> = {
  [DuckDBTypeId.BOOLEAN]: { kind: 'bool' },
  [DuckDBTypeId.TINYINT]: { kind: 'integer', bits: 8, isSigned: true },
  [DuckDBTypeId.SMALLINT]: { kind: 'integer', bits: 16, isSigned: true },
  [DuckDBTypeId.INTEGER]: { kind: 'integer', bits: 32, isSigned: true },
  [DuckDBTypeId.BIGINT]: { kind: 'integer', bits: 64, isSigned: true },
  [DuckDBTypeId.UTINYINT]: { kind: 'integer', bits: 8, isSigned: false },
  [DuckDBTypeId.USMALLINT]: { kind: 'integer', bits: 16, isSigned: false },
  [DuckDBTypeId.UINTEGER]: { kind: 'integer', bits: 32, isSigned: false },
  [DuckDBTypeId.UBIGINT]: { kind: 'integer', bits: 64, isSigned: false },
  // DuckDB's own export to Arrow says the same of it.
  [DuckDBTypeId.HUGEINT]: { kind: 'decimal', precision: 38, scale: 0 },
  [DuckDBTypeId.FLOAT]: { kind: 'float', bits: 32 },
  [DuckDBTypeId.DOUBLE]: { kind: 'float', bits: 64 },
  [DuckDBTypeId.BLOB]: { kind: 'binary' },
  [DuckDBTypeId.DATE]: { kind: 'date' },
  [DuckDBTypeId.TIME]: { kind: 'time', unit: 'us' },
  [DuckDBTypeId.TIME_NS]: { kind: 'time', unit: 'ns' },
  [DuckDBTypeId.TIMESTAMP]: { kind: 'timestamp', unit: 'us', timezone: null },
  [DuckDBTypeId.TIMESTAMP_S]: { kind: 'timestamp', unit: 's', timezone: null },
  [DuckDBTypeId.TIMESTAMP_MS]: { kind: 'timestamp', unit: 'ms', timezone: null },
  [DuckDBTypeId.TIMESTAMP_NS]: { kind: 'timestamp', unit: 'ns', timezone: null },
  [DuckDBTypeId.TIMESTAMP_TZ]: { kind: 'timestamp', unit: 'us', timezone: 'UTC' },
  [DuckDBTypeId.INTERVAL]: { kind: 'interval' },
  [DuckDBTypeId.SQLNULL]: { kind: 'null' },
};

/**
 * The layout that values of a DuckDB type are copied to. Types without a counterpart in Arrow
 * (ENUM, UUID, BIT, UNION, TIME WITH TIME ZONE, integers beyond 128 bits) become text.
 */
export function blockType(type: DuckDBType): BlockType {
  if (type.typeId === DuckDBTypeId.DECIMAL)
    return { kind: 'decimal', precision: type.width, scale: type.scale };
  if (type.typeId === DuckDBTypeId.LIST) return { kind: 'list', of: blockType(type.valueType) };
  if (type.typeId === DuckDBTypeId.ARRAY)
    return { kind: 'array', of: blockType(type.valueType), size: type.length };
  if (type.typeId === DuckDBTypeId.STRUCT) {
    const fields = type.entryTypes.map((own, i) => ({
      name: type.entryNames[i] as string,
      type: blockType(own),
    }));
    return { kind: 'struct', fields };
  }
  if (type.typeId === DuckDBTypeId.MAP) {
    const fields = [
      { name: 'key', type: blockType(type.keyType) },
      { name: 'value', type: blockType(type.valueType) },
    ];
    return { kind: 'map', of: { kind: 'struct', fields } };
  }
  return PLAIN[type.typeId] ?? { kind: 'text', isJson: type.alias === 'JSON' };
}
