import { deleteBelow } from '../delete-below.js';
import { qualified } from '../sql.js';
import {
  deletionMark,
  equalIn,
  type MergeTable,
  type StagedChain,
  stagingOf,
} from './staged-rows.js';

/**
 * SQL that leaves what dlt's `upsert` and `insert-only` leave: keys that are twice in a load stay
 * twice, `upsert` adds rows that are marked as deleted where they are not there, and `insert-only`
 * adds rows of lists to rows that it keeps.
 *
 * Source: dlt 1.31, `SqlMergeFollowupJob.gen_upsert_sql`.
 */
export function dltUpsert(chain: StagedChain, isInsertOnly: boolean): string[] {
  const { scope, tables, below, hints } = chain;
  const [root, ...children] = tables;
  const unmarked = isInsertOnly ? deletionMark(chain, false) : null;
  const marked = isInsertOnly ? null : deletionMark(chain, true, 'new.');
  const staged = stagingOf(scope, root.name);
  const ids = `SELECT _dlt_id FROM ${staged}`;
  const removed = ({ name }: MergeTable): string[] => {
    const table = qualified(scope, name);
    const mark = deletionMark(chain, true);
    return [
      `DELETE FROM ${table} WHERE _dlt_root_id IN (${ids}) AND _dlt_id NOT IN (SELECT _dlt_id FROM ${stagingOf(scope, name)})`,
      ...(mark === null
        ? []
        : [`DELETE FROM ${table} WHERE _dlt_root_id IN (${ids} WHERE ${mark})`]),
    ];
  };
  // Of lists that the load has no rows of, everything below its rows is gone.
  const unstaged = below.filter((table) => !tables.some(({ name }) => name === table));
  return [
    ...(isInsertOnly || unstaged.length === 0 ? [] : deleteBelow(scope, ids, below, unstaged)),
    merge(
      chain,
      root,
      unmarked === null ? staged : `(SELECT * FROM ${staged} WHERE ${unmarked})`,
      equalIn(scope, hints.primaryKey),
      [
        ...(marked === null ? [] : [`WHEN MATCHED AND ${marked} THEN DELETE`]),
        ...(isInsertOnly ? [] : [update(chain, root)]),
      ],
    ),
    ...children.flatMap((child) => [
      merge(
        chain,
        child,
        stagingOf(scope, child.name),
        equalIn(scope, ['_dlt_id']),
        isInsertOnly ? [] : [update(chain, child)],
      ),
      ...(isInsertOnly ? [] : removed(child)),
    ]),
  ];
}

function merge(
  { scope }: StagedChain,
  { name, columns }: MergeTable,
  from: string,
  on: string,
  matched: readonly string[],
): string {
  const names = columns.map((column) => scope.dialect.identifier(column.name));
  return [
    `MERGE INTO ${qualified(scope, name)} AS old USING ${from} AS new ON ${on}`,
    ...matched,
    `WHEN NOT MATCHED THEN INSERT (${names.join(', ')}) VALUES (${names.map((column) => `new.${column}`).join(', ')})`,
  ].join(' ');
}

function update({ scope }: StagedChain, { columns }: MergeTable): string {
  const sets = columns.map(({ name }) => {
    const column = scope.dialect.identifier(name);
    return `${column} = new.${column}`;
  });
  return `WHEN MATCHED THEN UPDATE SET ${sets.join(', ')}`;
}
