import type { RealColumn } from '../catalog.js';
import { insertRows } from '../ddl.js';
import { qualified, type Scope } from '../sql.js';
import { equalIn, insertStaged, ROW, type StagedChain, stagingOf } from './staged-rows.js';

const KEPT = '_sluice_kept';

/**
 * SQL of dlt's scd2: versions that are valid and not staged end with the load (of those alone whose
 * merge key is staged, where there is one), and staged versions that are not valid yet begin with
 * it. Rows of lists are added with their version and never deleted. dlt adds rows of lists also to
 * versions that it does not add, and compares compound keys as one text: with `compat` so does
 * this.
 *
 * Source: dlt 1.31, `SqlMergeFollowupJob.gen_scd2_sql`.
 */
export function scd2(chain: StagedChain): string[] {
  const { scope, tables, hints, began, compat } = chain;
  const [root, ...children] = tables;
  const { scd2: about, mergeKey = [] } = hints.merge ?? {};
  if (!about) return [];
  const { identifier } = scope.dialect;
  const [from, to] = [identifier(about.validFrom), identifier(about.validTo)];
  const boundary = instant(scope, about.boundary ?? began);
  const active =
    about.active === null
      ? `CAST(NULL AS ${scope.dialect.types.timestamp})`
      : instant(scope, about.active);
  const isActive = about.active === null ? `${to} IS NULL` : `${to} = ${active}`;
  const target = qualified(scope, root.name);
  const staged = stagingOf(scope, root.name);
  const version = identifier(about.rowVersion);
  const isSame = equalIn(scope, [about.rowVersion]);
  const data = root.columns.filter(
    ({ name }) => name !== about.validFrom && name !== about.validTo,
  );
  const names = data.map(({ name }) => identifier(name)).join(', ');
  const validity = (name: string): RealColumn => ({
    name,
    sqlType: scope.dialect.types.timestamp,
    nullable: true,
  });
  const beginning = `(SELECT ${names}, ${boundary} AS ${from}, ${active} AS ${to} FROM ${staged} WHERE ${ROW} IN (SELECT ${ROW} FROM ${KEPT})) versions`;
  const isNew = (name: string): string =>
    `_dlt_id NOT IN (SELECT _dlt_id FROM ${qualified(scope, name)})`;
  // Of equal rows each stays, and what is below them has the same ids: once is enough.
  const ofKept = `${ROW} IN (SELECT max(${ROW}) FROM ${staged} WHERE ${ROW} IN (SELECT ${ROW} FROM ${KEPT}) GROUP BY _dlt_id)`;
  return [
    `UPDATE ${target} AS old SET ${to} = ${boundary} WHERE ${isActive} AND NOT EXISTS (SELECT 1 FROM ${staged} new WHERE ${isSame})${mergeKey.length === 0 ? '' : ` AND ${hasStagedKey(chain, mergeKey)}`}`,
    `CREATE TEMP TABLE ${KEPT} AS SELECT ${ROW} FROM ${staged} WHERE ${version} NOT IN (SELECT ${version} FROM ${target} WHERE ${isActive})`,
    insertRows(scope, beginning, root.name, [
      ...data,
      validity(about.validFrom),
      validity(about.validTo),
    ]),
    ...insertStaged(scope, children, ({ name }) =>
      compat === 'dlt' ? isNew(name) : `${ofKept} AND ${isNew(name)}`,
    ),
    `DROP TABLE ${KEPT}`,
  ];
}

/** A condition on rows that are there: their merge key is staged. */
function hasStagedKey(
  { scope, compat, tables: [root] }: StagedChain,
  key: readonly string[],
): string {
  const staged = stagingOf(scope, root.name);
  const names = key.map((name) => scope.dialect.identifier(name)).join(', ');
  if (compat === 'dlt' && key.length > 1)
    return `concat(${names}) IN (SELECT concat(${names}) FROM ${staged})`;
  return `EXISTS (SELECT 1 FROM ${staged} new WHERE ${equalIn(scope, key)})`;
}

/** Microseconds since 1970 UTC as SQL. */
function instant({ dialect }: Scope, micros: string): string {
  const value = BigInt(micros);
  const rest = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = new Date(Number((value - rest) / 1000n)).toISOString().slice(0, 19);
  const text = `${seconds.replace('T', ' ')}.${String(rest).padStart(6, '0')}+00`;
  return `CAST(${dialect.literal(text)} AS ${dialect.types.timestamp})`;
}
