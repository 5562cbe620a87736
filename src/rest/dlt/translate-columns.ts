import { refinedType } from '../../../operators/schema/dlt/refined-type.js';
import { givenMembers } from '../../../operators/settings/given-members.js';
import { below } from '../../../operators/settings/problem.js';
import type { ColumnHint } from '../../../operators/types.js';
import { type Notes, renamed } from './notes.js';

/** What dlt says of a column. */
export type DltColumn = Readonly<Record<string, unknown>>;

/** Hints that change neither rows nor tables. */
const IDLE = [
  'unique',
  'sort',
  'cluster',
  'partition',
  'row_key',
  'root_key',
  'parent_key',
  'variant',
];
/** Hints of ours under dlt's names. */
const SAME = {
  primary_key: 'primaryKey',
  merge_key: 'mergeKey',
  dedup_sort: 'dedupSort',
  hard_delete: 'hardDelete',
};

/** Columns as a dict, given so or as a list; without what is null. */
export function columnsByName(
  columns: unknown,
  path: string,
  notes: Notes,
): Record<string, DltColumn> | undefined {
  if (columns === undefined || columns === null) return undefined;
  if (!Array.isArray(columns))
    return Object.fromEntries(
      Object.entries(givenMembers(columns as Record<string, DltColumn>)).map(([name, column]) => [
        name,
        givenMembers(column as DltColumn),
      ]),
    );
  return Object.fromEntries(
    columns.flatMap((column: DltColumn, i): [string, DltColumn][] => {
      const { name, ...rest } = givenMembers(column) as { name?: string };
      if (name === undefined) notes.problem(below(path, i), 'a column in a list needs a name.');
      return name === undefined ? [] : [[name, rest]];
    }),
  );
}

/** Columns of dlt's (the defaults' beneath) as ours. */
export function translateColumns(
  columns: Readonly<Record<string, DltColumn>>,
  path: string,
  notes: Notes,
): Record<string, ColumnHint> {
  const hints = Object.entries(columns).map(([name, column]): [string, ColumnHint] => [
    name,
    translateColumn(column, below(path, name), notes),
  ]);
  return Object.fromEntries(hints.filter(([, hint]) => Object.keys(hint).length > 0));
}

function translateColumn(column: DltColumn, path: string, notes: Notes): ColumnHint {
  const { data_type: type, nullable } = column as { data_type?: string; nullable?: boolean };
  const { hint, idle: unused } = refinedType(column);
  if (unused.length > 0)
    notes.notice(path, `${unused.join(', ')}: does nothing here, as in dlt on DuckDB.`);
  const idle = IDLE.filter((key) => column[key] === true);
  if (idle.length > 0)
    notes.notice(path, `${idle.join(', ')}: no index or order is made, as in dlt on DuckDB.`);
  return {
    ...(type !== undefined && {
      dataType: (type === 'complex' ? 'json' : type) as NonNullable<ColumnHint['dataType']>,
    }),
    ...(nullable !== undefined && { nullable }),
    ...renamed(column, SAME),
    ...hint,
  };
}
