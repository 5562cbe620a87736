import type { DltSchema } from '../../../operators/schema/dlt-schema.js';
import { SYSTEM_TABLES } from '../../../operators/schema/dlt-system-tables.js';
import type { DltColumn, DltTable } from '../../../operators/schema/dlt-table.js';
import type { ColumnType, DataType } from '../../../operators/types.js';
import { LoadError } from '../../errors.js';
import type { RealColumn } from '../sql/catalog.js';
import { DLT_FOLDERS, dltFiles, dltName, foreignLoads, storedAt } from './dlt-files.js';
import type { FileStore } from './file-store.js';
import { cellsOf } from './manifest.js';
import type { Book, Books, KeptDataset, KeptFile } from './staged-target.js';

/** SQL of a type. */
export type SqlTypeOf = (type: ColumnType) => string;

/** A file of rows in the layout that dlt has by default. */
const ROWS = /^(\d+\.\d+)\.[^./]+\.(parquet|jsonl|csv)(?:\.gz)?$/;
/** A file of rows in whatever layout. */
const ANY_ROWS = /\.(?:parquet|jsonl|csv)(?:\.gz)?$/;

/**
 * A dataset as loads of dlt have left it since it was kept: with their rows, and without files that
 * they have replaced. The same one where dlt has loaded nothing. Rows of dlt's files are not
 * counted, and its integers may have values that no double holds.
 *
 * Errors: LoadError for files of rows in another layout than
 * `{table_name}/{load_id}.{file_id}.{ext}`.
 */
export async function adoptDlt(
  store: FileStore,
  dataset: string,
  kept: KeptDataset,
  sqlTypeOf: SqlTypeOf,
): Promise<KeptDataset> {
  const loads = new Set(foreignLoads(await store.list(`${dataset}/_dlt_loads`), kept.books));
  if (loads.size === 0) return kept;
  const books = await readBooks(store, dataset, kept.books, sqlTypeOf);
  const tables = { ...kept.tables };
  let { files } = kept;
  for (const [table, { columns }] of latestTables(books)) {
    const own = [...(tables[table] ?? [])];
    for (const [name, column] of Object.entries(columns)) {
      const real = realColumn(name, column, sqlTypeOf);
      if (real !== null && own.every((other) => other.name !== name)) own.push(real);
    }
    tables[table] = own;
    const names = await store.tree(`${dataset}/${table}`);
    const rows = names.flatMap((name) => fileOf(store, table, name, own, sqlTypeOf) ?? []);
    const there = new Set(names);
    const known = new Set(files.map(({ name }) => name));
    files = [
      ...files.filter((file) => file.table !== table || there.has(file.name)),
      ...rows.filter(({ load, name }) => loads.has(load) && !known.has(name)),
    ];
  }
  return { ...kept, tables, files, books };
}

/** The tables of rows in the latest schema of each source. */
function latestTables(books: Books): [string, DltTable][] {
  const latest = new Map<unknown, { version: number; text: string | null }>();
  const names = cellsOf(books, '_dlt_version', 'schema_name');
  const versions = cellsOf(books, '_dlt_version', 'version');
  const texts = cellsOf(books, '_dlt_version', 'schema');
  names.forEach((name, i) => {
    const version = Number(versions[i]);
    if (version >= (latest.get(name)?.version ?? 0))
      latest.set(name, { version, text: texts[i] ?? null });
  });
  return [...latest.values()]
    .flatMap(({ text }) =>
      Object.entries((JSON.parse(text ?? '{}') as Partial<DltSchema>).tables ?? {}),
    )
    .filter(([table]) => !table.startsWith('_dlt_'));
}

/** The books with what dlt has written since. */
async function readBooks(
  store: FileStore,
  dataset: string,
  kept: Books,
  sqlTypeOf: SqlTypeOf,
): Promise<Books> {
  const known = new Set([...dltFiles(kept).keys()].map(dltName));
  const books: Record<string, Book> = { ...kept };
  for (const folder of DLT_FOLDERS) {
    const { columns = systemColumns(folder, sqlTypeOf), rows = [] } = kept[folder] ?? {};
    const added: (string | null)[][] = [];
    for (const file of await store.list(`${dataset}/${folder}`)) {
      const name = `${folder}/${file}`;
      if (!file.endsWith('.jsonl') || known.has(dltName(name))) continue;
      const text = (await store.read(`${dataset}/${name}`)) ?? '{}';
      const row = JSON.parse(text) as Record<string, unknown>;
      // The name of its file follows from it, and dlt takes another clock for that.
      if (folder === '_dlt_version') row['inserted_at'] = new Date(storedAt(name)).toISOString();
      // Rows of states have an id in tables alone.
      if (folder === '_dlt_pipeline_state') row['_dlt_id'] ??= row['version_hash'];
      added.push(columns.map((column) => textOf(row[column.name])));
    }
    books[folder] = { columns, rows: [...rows, ...added] };
  }
  return books;
}

function systemColumns(
  table: (typeof DLT_FOLDERS)[number],
  sqlTypeOf: SqlTypeOf,
): readonly RealColumn[] {
  const { columns } = SYSTEM_TABLES[table];
  return Object.entries(columns).flatMap(
    ([name, column]) => realColumn(name, column, sqlTypeOf) ?? [],
  );
}

/** A column of a schema document; null for one that never had a value. */
function realColumn(
  name: string,
  { data_type: dataType, precision, scale, timezone, nullable }: DltColumn,
  sqlTypeOf: SqlTypeOf,
): RealColumn | null {
  if (typeof dataType !== 'string') return null;
  const type: ColumnType = {
    dataType: dataType as DataType,
    ...(typeof precision === 'number' && { precision }),
    ...(typeof scale === 'number' && { scale }),
    ...(typeof timezone === 'boolean' && { timezone }),
  };
  return { name, sqlType: sqlTypeOf(type), nullable: nullable !== false };
}

function fileOf(
  { location }: FileStore,
  table: string,
  name: string,
  columns: readonly RealColumn[],
  sqlTypeOf: SqlTypeOf,
): KeptFile | null {
  if (!ANY_ROWS.test(name)) return null;
  const [, load, extension] = ROWS.exec(name.split('/').slice(2).join('/')) ?? [];
  if (load === undefined || extension === undefined)
    throw new LoadError(
      `${name} in ${location} is in another layout than dlt's own, {table_name}/{load_id}.{file_id}.{ext}, so sluice cannot tell which load it belongs to. Load into another dataset.`,
    );
  const integer = sqlTypeOf({ dataType: 'bigint' });
  const inexact = columns.filter(({ sqlType }) => sqlType === integer).map((column) => column.name);
  return { table, load, rows: 0, inexact, extension, name, bytes: 0 };
}

function textOf(value: unknown = null): string | null {
  return value === null || typeof value === 'string' ? value : JSON.stringify(value);
}
