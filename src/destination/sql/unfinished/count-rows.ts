import { ownMember } from '../../../../operators/json/own-member.js';
import { type Catalog, isRoot, STAGING } from '../catalog.js';
import { ROW } from '../dispositions/staged-rows.js';
import type { SqlPort } from '../port.js';
import type { TableOfLoad } from '../real-tables.js';
import { qualified, type Scope } from '../sql.js';

/** Tables that one query is about: it is planned as a whole. */
const MOST_TABLES = 50;

/**
 * Counts the rows that a load has committed, where `rows` says how many they were: others may have
 * replaced or dropped its tables since. Rows of lists in tables that are appended to hang on root
 * rows, and are not counted. Gives the next number of staged rows by root table, or says what is
 * not there any more.
 */
export async function countRows(
  port: SqlPort,
  scope: Scope,
  loadId: string,
  {
    tables,
    rows,
    catalog,
  }: { tables: readonly TableOfLoad[]; rows: Readonly<Record<string, number>>; catalog: Catalog },
): Promise<ReadonlyMap<string, number> | string> {
  const { literal, types } = scope.dialect;
  // Of bare NULLs Postgres makes texts.
  const none = `CAST(NULL AS ${types.bigint})`;
  const queries: string[] = [];
  for (const { schema, hints } of tables) {
    if ((ownMember(rows, schema.name) ?? 0) === 0) continue;
    const isStaged = hints.writeDisposition !== 'append';
    const table = isStaged ? `${STAGING}${schema.name}` : schema.name;
    const columns = catalog.get(table);
    if (columns === undefined) return gone(schema.name);
    if (!isStaged && !isRoot(columns)) continue;
    const last = columns.some(({ name }) => name === ROW) ? `max(${ROW})` : none;
    // A load of another pipeline, unfinished too, may have staged rows under the same name since.
    const own = isRoot(columns) ? ` WHERE _dlt_load_id = ${literal(loadId)}` : '';
    queries.push(
      `SELECT ${literal(schema.name)} AS name, count(*) AS rows, ${last} AS last FROM ${qualified(scope, table)}${own}`,
    );
  }
  const next = new Map<string, number>();
  for (let from = 0; from < queries.length; from += MOST_TABLES) {
    const found = await port.query(queries.slice(from, from + MOST_TABLES).join(' UNION ALL '));
    for (const [table, count, last] of found as [string, bigint | number, bigint | null][]) {
      const others = scope.elsewhere?.rows(table, loadId) ?? 0;
      if (Number(count) + others < (ownMember(rows, table) ?? 0)) return gone(table);
      if (last !== null) next.set(table, Number(last) + 1);
    }
  }
  return next;
}

function gone(table: string): string {
  return `rows that it has committed to table ${table} are not there any more`;
}
