import type { RealColumn } from '../../sql/catalog.js';
import { identifier } from '../../sql/identifier.js';
import { literal } from '../literal.js';

/** How rows are written to files. */
export type FileFormat = 'parquet' | 'jsonl' | 'csv';

interface Format {
  /** Options of COPY. */
  options: string;
  /** SQL of a column's values as they are written; null: as they are. */
  written: (column: string, sqlType: string) => string | null;
  /** SQL of a column's values as they are read again; null: as they are. */
  read: (column: string, sqlType: string) => string | null;
  /** SQL that reads files, which have these columns or some of them. */
  scan: (files: string, columns: readonly RealColumn[]) => string;
}

const asIs = (): null => null;

const FORMATS: Readonly<Record<FileFormat, Format>> = {
  parquet: {
    options: 'FORMAT parquet, COMPRESSION zstd',
    // Parquet knows no integers beyond 64 bits, and DuckDB would write doubles for them.
    written: (column, type) => (type === 'HUGEINT' ? `CAST(${column} AS DECIMAL(38, 0))` : null),
    read: asIs,
    scan: (files) => `read_parquet(${files}, union_by_name = true)`,
  },
  jsonl: {
    options: 'FORMAT json',
    // Numbers with a fraction are read as doubles. Both are what dlt writes.
    written: (column, type) =>
      type === 'BLOB'
        ? `base64(${column})`
        : type.startsWith('DECIMAL')
          ? `CAST(${column} AS VARCHAR)`
          : null,
    read: (column, type) => (type === 'BLOB' ? `from_base64(decode(${column}))` : null),
    scan: (files, columns) =>
      `read_json(${files}, format = 'newline_delimited', columns = ${typesOf(columns)})`,
  },
  csv: {
    options: 'FORMAT csv, HEADER true',
    written: asIs,
    read: asIs,
    // What DuckDB would find out from the first rows does not count: quotes may come later, and it
    // refuses types of columns that no file has.
    scan: (files, columns) =>
      `(SELECT ${listOf(columns, castTo)} FROM (SELECT ${listOf(columns, () => 'CAST(NULL AS VARCHAR)')} WHERE false UNION ALL BY NAME FROM read_csv(${files}, header = true, delim = ',', quote = '"', escape = '"', all_varchar = true, union_by_name = true, allow_quoted_nulls = false)))`,
  },
};

/** SQL that writes the rows of a query to a file. */
export function copyTo(
  format: FileFormat,
  columns: readonly RealColumn[],
  from: string,
  path: string,
): string {
  const { options, written } = FORMATS[format];
  return `COPY (SELECT ${listOf(columns, written)} FROM ${from}) TO ${literal(path)} (${options})`;
}

/** A query for the rows of files, with the columns of a table; those that a file lacks are null. */
export function filesQuery(
  columns: readonly RealColumn[],
  files: readonly { address: string; extension: string }[],
): string {
  const selects = (Object.keys(FORMATS) as FileFormat[]).flatMap((format) => {
    const own = files.filter(({ extension }) => extension === format);
    if (own.length === 0) return [];
    const { read, scan } = FORMATS[format];
    const list = `[${own.map(({ address }) => literal(address)).join(', ')}]`;
    const replaced = replacements(columns, read);
    const star = replaced.length === 0 ? '*' : `* REPLACE (${replaced.join(', ')})`;
    return [`SELECT ${star} FROM ${scan(list, columns)}`];
  });
  const none = listOf(
    columns,
    (_, type) => `CAST(NULL AS ${type === 'HUGEINT' ? 'DECIMAL(38, 0)' : type})`,
  );
  const all = [`SELECT ${none} WHERE false`, ...selects].join(' UNION ALL BY NAME ');
  return `SELECT ${listOf(columns, castTo)} FROM (${all})`;
}

function listOf(columns: readonly RealColumn[], value: Format['written']): string {
  return columns
    .map(({ name, sqlType }) => {
      const column = identifier(name);
      const sql = value(column, sqlType);
      return sql === null ? column : `${sql} AS ${column}`;
    })
    .join(', ');
}

function castTo(column: string, type: string): string {
  return `CAST(${column} AS ${type})`;
}

function replacements(columns: readonly RealColumn[], value: Format['read']): string[] {
  return columns.flatMap(({ name, sqlType }) => {
    const sql = value(identifier(name), sqlType);
    return sql === null ? [] : [`${sql} AS ${identifier(name)}`];
  });
}

function typesOf(columns: readonly RealColumn[]): string {
  return `{${columns.map(({ name, sqlType }) => `${literal(name)}: ${literal(sqlType)}`).join(', ')}}`;
}
