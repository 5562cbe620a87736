import type { SchemaColumn, SchemaDocument, SchemaTable } from './schema-types.js';

const INDENT = '    ';

/**
 * A schema document as an entity relationship diagram of Mermaid, as dlt draws it: its tables,
 * their columns that have a type, and what their rows belong to. Names that Mermaid does not take
 * are quoted (tables), or written with `_` and in full behind (columns).
 */
export function mermaid({ tables }: SchemaDocument): string {
  const shown = Object.entries(tables).filter(([, table]) => columnsOf(table).length > 0);
  const entities = shown.map(
    ([name, table]) => `${INDENT}${entity(name)}{\n${columnsOf(table).map(columnLine).join('')}}\n`,
  );
  const names = new Set(shown.map(([name]) => name));
  return `erDiagram\n${entities.join('')}${references(shown, names).join('')}`;
}

function columnsOf({ columns = {} }: SchemaTable): [string, SchemaColumn][] {
  return Object.entries(columns).filter(([, column]) => column['data_type'] !== undefined);
}

function columnLine([name, column]: [string, SchemaColumn]): string {
  const keys = [
    ...(column['primary_key'] === true ? ['PK'] : []),
    ...(column['unique'] === true ? ['UK'] : []),
  ];
  const plain = name.replaceAll(/[^\w\-[\]()]/g, '_').replace(/^(?=[^A-Za-z_])/, '_');
  const { description = plain === name ? undefined : name } = column;
  return [
    `${INDENT}${String(column['data_type'])} ${plain}`,
    ...(keys.length > 0 ? [keys.join(',')] : []),
    ...(typeof description === 'string' ? [quoted(description)] : []),
  ]
    .join(' ')
    .concat('\n');
}

function entity(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? name : quoted(name);
}

/** Mermaid's texts are of one line and have no way to write a quote. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', "'").replaceAll(/\s+/g, ' ')}"`;
}

function references(
  tables: readonly [string, SchemaTable][],
  names: ReadonlySet<string>,
): string[] {
  const parents = new Map(tables.map(([name, { parent }]) => [name, parent]));
  const rootOf = (name: string): string => {
    const parent = parents.get(name);
    return parent === undefined ? name : rootOf(parent);
  };
  const line = (from: string, arrow: string, to: string, label: string): string[] =>
    names.has(to) && from !== to
      ? [`${INDENT}${entity(from)} ${arrow} ${entity(to)} : "${label}"\n`]
      : [];
  const rows = tables.flatMap(([name, { columns = {}, parent }]) => [
    ...(name !== '_dlt_loads' && '_dlt_load_id' in columns
      ? line(name, '}|--||', '_dlt_loads', '_dlt_load')
      : []),
    ...(parent === undefined ? [] : line(name, '}|--||', parent, '_dlt_parent')),
    ...('_dlt_root_id' in columns ? line(name, '}|--||', rootOf(name), '_dlt_root') : []),
  ]);
  return names.has('_dlt_version')
    ? [
        ...rows,
        ...line('_dlt_version', '||--|{', '_dlt_loads', '_dlt_schema_version'),
        ...line('_dlt_version', '}|--|{', '_dlt_loads', '_dlt_schema_name'),
      ]
    : rows;
}
