import { printJson } from '../../../../operators/json/print-json.js';
import type { Json, JsonObject, Position, TableSchema } from '../../../../operators/types.js';
import type { LoadProgress, LoadSpec, ResumeSpec } from '../../messages.js';
import type { TableOfLoad } from '../real-tables.js';
import { qualified, type Scope } from '../sql.js';
import { PARENTS, PROGRESS } from './unfinished-tables.js';

/** What a load is known by when another one may resume it. */
export interface LoadHead extends Pick<ResumeSpec, 'fingerprint' | 'start' | 'maxAgeMs'> {
  source: string;
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

/** SQL that keeps what an unfinished load is known by. */
export function noteHead(
  scope: Scope,
  loadId: string,
  { source }: Pick<LoadSpec, 'source'>,
  { fingerprint, start, maxAgeMs }: ResumeSpec,
): string {
  const head: LoadHead = { source, fingerprint, start, maxAgeMs };
  return insertValues(scope, loadId, [['load', '', head as unknown as Json]]);
}

/**
 * SQL that keeps how far a load has come with a commit. It takes the place of what earlier commits
 * kept, and what is at its end is deleted: parents' rows when all lists for them are, and the
 * positions of these lists.
 */
export function keepProgress(
  scope: Scope,
  loadId: string,
  { rows, tables, resources, positions }: Progress,
): string[] {
  const { literal } = scope.dialect;
  const load = literal(loadId);
  const committed: CommittedRows = { at: Date.now(), rows };
  const values: [kind: string, name: string, value: Json][] = [
    ['rows', '', committed as unknown as Json],
    ...tables.map((table): [string, string, Json] => ['table', table.schema.name, stored(table)]),
    ...Object.entries(resources).map(([name, value]): [string, string, Json] => [
      'resource',
      name,
      value as unknown as Json,
    ]),
  ];
  const replaced = values.map(([kind, name]) => `(${literal(kind)}, ${literal(name)})`);
  const parents = positions.flatMap(({ resource, place }) => {
    const { page, rows: own, lists } = place?.parents ?? { page: '', rows: '', lists: 0 };
    return lists === 0
      ? []
      : [`(${load}, ${literal(resource)}, ${literal(page)}, ${lists ?? 'NULL'}, ${literal(own)})`];
  });
  const isBelow = positions.some(({ place }) => (place?.under ?? null) !== null);
  return [
    `DELETE FROM ${qualified(scope, PROGRESS)} WHERE load_id = ${load} AND (kind, name) IN (${replaced.join(', ')})`,
    insertValues(scope, loadId, values),
    ...(parents.length === 0
      ? []
      : [`INSERT INTO ${qualified(scope, PARENTS)} VALUES ${parents.join(', ')}`]),
    ...(isBelow ? deleteRead(scope, load) : []),
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

function insertValues(
  scope: Scope,
  loadId: string,
  values: readonly (readonly [kind: string, name: string, value: Json])[],
): string {
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
