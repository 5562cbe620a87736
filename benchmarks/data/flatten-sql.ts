import { type SqlType, sqlText } from './sql-type.js';

const ID = `replace(uuid()::VARCHAR, '-', '')[:12]`;
const LOAD_ID = `'1749667187.541553'`;

/**
 * Returns the SQL that reads pages by `read_json` with the types given, and makes the tables that a
 * load of sluice's makes of them: objects as columns `a__b`, lists as child tables `table__a` with
 * ids, parent ids and list indexes.
 */
export function flattenSql(table: string, type: SqlType, files: readonly string[]): string[] {
  const list = files.map((file) => `'${file}'`).join(', ');
  const columns = `{data: '${sqlText(type).replaceAll("'", "''")}[]'}`;
  return [
    `CREATE TEMP TABLE raw AS SELECT unnest(data) AS r, ${ID} AS _dlt_id FROM read_json([${list}], columns = ${columns})`,
    ...tableSql(table, type, 'raw', [`${LOAD_ID} AS _dlt_load_id`, '_dlt_id']),
  ];
}

/** `raw` has the rows as `r`, and the columns named `own`. */
function tableSql(table: string, type: SqlType, raw: string, own: readonly string[]): string[] {
  const { columns, lists } = flattened(type, 'r', '');
  return [
    `CREATE TABLE "${table}" AS SELECT ${[...columns, ...own].join(', ')} FROM ${raw}`,
    ...lists.flatMap(({ path, name, element }): string[] => {
      const child = `${table}__${name}`;
      const rows = `SELECT unnest(${path}) AS r, _dlt_id AS _dlt_parent_id, generate_subscripts(${path}, 1) - 1 AS _dlt_list_idx FROM ${raw}`;
      const ownOfChild = ['_dlt_parent_id', '_dlt_list_idx'];
      if (flattened(element, 'r', '').lists.length === 0)
        return tableSql(child, element, `(${rows})`, [...ownOfChild, `${ID} AS _dlt_id`]);
      // Its own children need its ids.
      const stage = `"raw ${child}"`;
      return [
        `CREATE TEMP TABLE ${stage} AS SELECT *, ${ID} AS _dlt_id FROM (${rows})`,
        ...tableSql(child, element, stage, [...ownOfChild, '_dlt_id']),
      ];
    }),
  ];
}

interface Flattened {
  columns: string[];
  lists: { path: string; name: string; element: SqlType }[];
}

function flattened(type: SqlType, path: string, name: string): Flattened {
  if (typeof type === 'string')
    return { columns: [`${path} AS "${name === '' ? 'value' : name}"`], lists: [] };
  if ('element' in type) return { columns: [], lists: [{ path, name, element: type.element }] };
  const parts = Object.entries(type.fields).map(([field, of]) =>
    flattened(of, `${path}."${field}"`, name === '' ? field : `${name}__${field}`),
  );
  return {
    columns: parts.flatMap(({ columns }) => columns),
    lists: parts.flatMap(({ lists }) => lists),
  };
}
