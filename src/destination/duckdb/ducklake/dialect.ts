import type { ColumnDomain, ColumnType } from '../../../../operators/types.js';
import type { Dialect } from '../../sql/dialect.js';
import { columnTypeOf, domainOf, SQL_TYPE, sqlTypeOf } from '../column-type.js';
import { duckdbDialect } from '../dialect.js';

const DUCKDB = duckdbDialect(false);

/** Tables of bookkeeping have it as their last column. */
const INSERTED = '_sluice_inserted';

/** The largest integer up to which a double has them all. */
const EXACT = 2n ** 53n;

/** DuckLake's files are Parquet, which has doubles for integers of 128 bits. */
const DOMAINS: Readonly<Record<string, ColumnDomain>> = {
  HUGEINT: { kind: 'integer', min: -EXACT, max: EXACT, asText: false },
  UHUGEINT: { kind: 'integer', min: 0n, max: EXACT, asText: false },
};

let lastInserted = 0n;

/**
 * DuckDB's SQL where it differs in a DuckLake: integers beyond 64 bits are decimals of 38 digits.
 * Columns of older files are not widened where they stand, for DuckDB rounds what a filter compares
 * them with to the type that they have in the file: in a BIGINT that became a DOUBLE it finds 4
 * below 4.5 no more. Rows of a transaction are not numbered in the order in which they came.
 * DuckLake 1.0 keeps a table twice that a transaction alters and then renames, and reads neither.
 *
 * @param arranged tables with settings that a new one in their place would not have. @default none
 */
export function ducklakeDialect(arranged: readonly string[] = []): Dialect {
  if (arranged.length === 0) return DUCKLAKE;
  const names = arranged.map((name) => DUCKLAKE.literal(name)).join(', ');
  return {
    ...DUCKLAKE,
    relations: `SELECT name, CASE WHEN name IN (${names}) THEN 'rules' ELSE kind END FROM (${DUCKLAKE.relations}) relations (name, kind)`,
  };
}

const DUCKLAKE: Dialect = {
  ...DUCKDB,
  sqlTypeOf: (type) => ducklakeType(sqlTypeOf(type)),
  columnTypeOf: (sqlType): ColumnType =>
    sqlType in DOMAINS ? { dataType: 'bigint' } : columnTypeOf(sqlType),
  domainOf: (sqlType) => DOMAINS[sqlType] ?? domainOf(sqlType),
  destinationType: 'dlt.destinations.ducklake',
  widensInPlace: false,
  renamesAltered: false,
  inserted: INSERTED,
  insertedColumn: `, ${INSERTED} BIGINT NOT NULL`,
  insertedValue() {
    const now = BigInt(Date.now()) * 1000n;
    lastInserted = now > lastInserted ? now : lastInserted + 1n;
    return `, ${lastInserted}`;
  },
};

function ducklakeType(sqlType: string): string {
  return sqlType === 'HUGEINT' ? SQL_TYPE.wei : sqlType;
}
