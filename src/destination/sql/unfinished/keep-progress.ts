import { printJson } from '../../../../operators/json/print-json.js';
import type { Json, JsonObject, Position, TableSchema } from '../../../../operators/types.js';
import type { LoadProgress, LoadSpec, ResumeSpec } from '../../messages.js';
import type { Catalog } from '../catalog.js';
import type { TableOfLoad } from '../real-tables.js';
import { qualified, type Scope } from '../sql.js';
import { createUnfinishedTable, PARENTS, PROGRESS } from './unfinished-tables.js';

/** What a load is known by when another one may resume it. */
export interface LoadHead extends Pick<ResumeSpec, 'fingerprint' | 'start' | 'maxAgeMs'> {
  source: string;
  /** When the load began, in milliseconds since 1970. @default what its id says */
  startedAt?: number;
}

/** What is there of a load as of its last commit. */
export interface CommittedRows {
  /** When that was, in milliseconds since 1970. */
  at: number;
  /** Rows by table. */
  rows: Readonly<Record<string, number>>;
}

/** A table that rows came for, as it is kept. */
export interface KeptTable extends TableOfLoad {
  /** The load has made it. */
  isNew: boolean;
}

/** What a commit keeps for a load that resumes this one. */
export interface Progress {
  rows: Readonly<Record<string, number>>;
  /** Those that changed since the last commit. */
  tables: readonly KeptTable[];
  resources: Readonly<Record<string, LoadProgress>>;
  positions: readonly Position[];
}

/** The kind, the name and the value of one thing that is kept. */
type Kept = readonly [kind: string, name: string, value: Json];

/** What an unfinished load is known by. */
export function headOf(
  { source }: Pick<LoadSpec, 'source'>,
  { fingerprint, start, maxAgeMs }: ResumeSpec,
  startedAt: number,
): LoadHead {
  return { source, fingerprint, start, maxAgeMs, startedAt };
}

/**
 * SQL that keeps how far a load has come with a commit. It takes the place of what earlier commits
 * kept, and what is at its end is deleted: parents' rows when all lists for them are, and the
 * positions of these lists.
 *
 * @param head what the load is known by, with its first commit; null with later ones
 */
export function keepProgress(
  scope: Scope,
  loadId: string,
  head: LoadHead | null,
  { rows, tables, resources, positions }: Progress,
  catalog: Catalog,
): string[] {
  const { literal, insertedValue } = scope.dialect;
  const load = literal(loadId);
  const committed: CommittedRows = { at: Date.now(), rows };
  const values: Kept[] = [
    ...(head === null ? [] : [['load', '', head as unknown as Json] as const]),
    ['rows', '', committed as unknown as Json],
    ...tables.map((table): Kept => ['table', table.schema.name, stored(table)]),
    ...Object.entries(resources).map(([name, value]): Kept => [
      'resource',
      name,
      value as unknown as Json,
    ]),
  ];
  const replaced = values.map(([kind, name]) => `(${literal(kind)}, ${literal(name)})`);
  const parents = positions.flatMap(({ resource, parents: below }) => {
    const { page, rows: own, lists } = below ?? { page: '', rows: '', lists: 0 };
    return lists === 0
      ? []
      : [
          `(${load}, ${literal(resource)}, ${literal(page)}, ${lists ?? 'NULL'}, ${literal(own)}${insertedValue()})`,
        ];
  });
  const isBelow = positions.some(({ under = null }) => under !== null);
  return [
    ...createUnfinishedTable(scope, PROGRESS, catalog),
    ...(head !== null
      ? []
      : [
          `DELETE FROM ${qualified(scope, PROGRESS)} WHERE load_id = ${load} AND (kind, name) IN (${replaced.join(', ')})`,
        ]),
    insertValues(scope, loadId, values),
    ...(parents.length === 0
      ? []
      : [
          ...createUnfinishedTable(scope, PARENTS, catalog),
          `INSERT INTO ${qualified(scope, PARENTS)} VALUES ${parents.join(', ')}`,
        ]),
    ...(isBelow && catalog.has(PARENTS) ? deleteRead(scope, load) : []),
  ];
}

/** What is deleted of a load stays bounded by the parents whose children are not read. */
function deleteRead(scope: Scope, load: string): string[] {
  const parents = qualified(scope, PARENTS);
  const positions = qualified(scope, '_sluice_positions');
  return [
    `DELETE FROM ${parents} WHERE load_id = ${load} AND page IN (
       SELECT page FROM ${parents} p JOIN (SELECT under, count(*) AS ended FROM ${positions} WHERE load_id = ${load} AND next IS NULL AND under IS NOT NULL GROUP BY under) e ON e.under = p.page
       WHERE p.load_id = ${load} AND p.lists <= e.ended)`,
    `DELETE FROM ${positions} WHERE load_id = ${load} AND under IS NOT NULL AND state IS NULL AND under NOT IN (SELECT page FROM ${parents} WHERE load_id = ${load})`,
  ];
}

function insertValues(scope: Scope, loadId: string, values: readonly Kept[]): string {
  const { literal } = scope.dialect;
  const tuples = values.map(
    ([kind, name, value]) =>
      `(${[loadId, kind, name, printJson(value)].map((text) => literal(text)).join(', ')})`,
  );
  return `INSERT INTO ${qualified(scope, PROGRESS)} VALUES ${tuples.join(', ')}`;
}

/** What an existing column takes is read from the database, and need not be kept. */
function stored({ schema, hints, isNew }: KeptTable): Json {
  const columns = schema.columns.map(
    ({ domain: _, ...column }): TableSchema['columns'][number] => column,
  );
  return { schema: { ...schema, columns }, hints, isNew } as unknown as JsonObject;
}
