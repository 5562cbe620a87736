import { cellsOf } from './manifest.js';
import type { Books } from './staged-target.js';

/** Folders in which dlt keeps its books. */
export const DLT_FOLDERS = ['_dlt_loads', '_dlt_version', '_dlt_pipeline_state'] as const;

/** What dlt looks for first in a dataset of files: the layout of its second version. */
export const DLT_INIT = { name: 'init', text: '{"initial_version": 2, "current_version": 2}' };

type Row = Record<string, string | null>;

/** The files in which dlt keeps what the books say, by name below the folder of the dataset. */
export function dltFiles(books: Books): Map<string, string> {
  const rowsOf = (book: string): Row[] => {
    const { columns = [], rows = [] } = books[book] ?? {};
    return rows.map((row) =>
      Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])),
    );
  };
  return new Map([
    ...rowsOf('_dlt_loads').map((row): [string, string] => [
      `_dlt_loads/${row['schema_name']}__${row['load_id']}.jsonl`,
      line(row, ['load_id', 'schema_name', 'status', 'inserted_at', 'schema_version_hash']),
    ]),
    ...rowsOf('_dlt_version').map((row): [string, string] => [
      `_dlt_version/${row['schema_name']}__${seconds(row['inserted_at'])}__${hex(row['version_hash'])}.jsonl`,
      line(row, [
        'version_hash',
        'schema_name',
        'version',
        'engine_version',
        'inserted_at',
        'schema',
      ]),
    ]),
    ...rowsOf('_dlt_pipeline_state').map((row): [string, string] => [
      `_dlt_pipeline_state/${row['pipeline_name']}__${row['_dlt_load_id']}__${hex(row['version_hash'])}.jsonl`,
      line(row, [
        'version',
        'engine_version',
        'pipeline_name',
        'state',
        'created_at',
        'version_hash',
        '_dlt_load_id',
      ]),
    ]),
  ]);
}

/**
 * A name without what sluice and dlt write in it in two ways: a part of the milliseconds at which a
 * version was stored, and the hash of a state.
 */
export function dltName(name: string): string {
  const [, before = '', , after = ''] = VERSION_NAME.exec(name) ?? [];
  if (after !== '') return `${before}${storedAt(name)}${after}`;
  return name.replace(/^(_dlt_pipeline_state\/.*)__[0-9a-f]+\.jsonl$/, '$1.jsonl');
}

/** When a version was stored by the name of its file, in milliseconds since 1970. */
export function storedAt(name: string): number {
  return Math.round(Number(VERSION_NAME.exec(name)?.[2]) * 1000);
}

const VERSION_NAME = /^(_dlt_version\/.*__)([\d.]+)(__[0-9a-f]+\.jsonl)$/;

/** Loads that dlt's files tell of and the books do not, by the names of the files. */
export function foreignLoads(names: readonly string[], books: Books): string[] {
  const known = new Set(cellsOf(books, '_dlt_loads', 'load_id'));
  return names
    .map((name) => /__(\d+\.\d+)\.jsonl$/.exec(name)?.[1])
    .filter((load) => load !== undefined && !known.has(load)) as string[];
}

const NUMBERS = new Set(['version', 'engine_version', 'status']);
const INSTANTS = new Set(['inserted_at', 'created_at']);

function line(row: Row, columns: readonly string[]): string {
  const values = columns.map((name): [string, string | number | null] => {
    const value = row[name] ?? null;
    if (value === null) return [name, null];
    if (NUMBERS.has(name)) return [name, Number(value)];
    return [name, INSTANTS.has(name) ? instant(value) : value];
  });
  return JSON.stringify(Object.fromEntries(values));
}

/** A timestamp with the `T` and the minutes of its offset, as ISO 8601 has them. */
function instant(value: string): string {
  return value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
}

/** Seconds since 1970 as dlt writes them into names. */
function seconds(value: string | null | undefined): string {
  return (Date.parse(instant(value ?? '')) / 1000).toFixed(6);
}

/** A hash as it can be in a name. */
function hex(base64: string | null | undefined): string {
  return Buffer.from(base64 ?? '', 'base64').toString('hex');
}
