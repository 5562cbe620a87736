import { columnFields } from '../../operators/columns/column-fields.js';
import { rootTableName } from '../../operators/schema/root-table-name.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import { record } from '../../operators/settings/shape.js';
import type { ColumnHint, WriteDisposition } from '../../operators/types.js';
import type { SchemaColumn, SchemaDocument, SchemaTable } from '../dataset/schema-types.js';
import { ConfigError } from '../errors.js';
import type { Resource } from './source.js';

/** dlt's names of what a column hint has, in ours. */
const HINTS = {
  data_type: 'dataType',
  precision: 'precision',
  scale: 'scale',
  timezone: 'timezone',
  nullable: 'nullable',
} as const;
const COLUMN = record<ColumnHint>('a column', columnFields);

/**
 * A resource with what a schema document says of its table: columns, keys, disposition, nesting.
 * What the resource itself says comes before; each column hint by hint. A table is the resource's
 * by its name, or where it is the only one that names the resource. The resource as it is, where
 * the document has no such table.
 *
 * Errors: ConfigError for hints that no table can have here.
 */
export function schemaHints(resource: Resource, { tables }: SchemaDocument): Resource {
  const [name, table] = tableOf(resource, tables) ?? [];
  if (name === undefined || table === undefined) return resource;
  const found = Object.entries(table.columns ?? {}).filter(
    ([column, hints]) => !column.startsWith('_dlt_') && hints['variant'] !== true,
  );
  const columns = found.flatMap(([column, hints]) => {
    const hint = columnHint(hints, `\`schema\`: column \`${column}\` of table \`${name}\``);
    return Object.keys(hint).length === 0 ? [] : [[column, hint] as const];
  });
  const keys = found.filter(([, hints]) => hints['primary_key'] === true).map(([column]) => column);
  const disposition = dispositionOf(name, table);
  const nesting = (table['x-normalizer'] as { max_nesting?: unknown } | undefined)?.max_nesting;
  const own = resource.columns ?? {};
  return {
    tableName: name,
    ...(disposition !== undefined && { writeDisposition: disposition }),
    ...(keys.length > 0 && { primaryKey: keys }),
    ...(typeof nesting === 'number' && { maxTableNesting: nesting }),
    ...resource,
    columns: {
      ...own,
      ...Object.fromEntries(columns.map(([column, hint]) => [column, { ...hint, ...own[column] }])),
    },
    optionalColumns: [
      ...(resource.optionalColumns ?? []),
      ...columns.map(([column]) => column).filter((column) => !Object.hasOwn(own, column)),
    ],
  };
}

function tableOf(
  { name, tableName }: Resource,
  tables: SchemaDocument['tables'],
): [string, SchemaTable] | undefined {
  const roots = Object.entries(tables).filter(([, { parent }]) => parent === undefined);
  const own = rootTableName(tableName ?? name, `The table of resource ${name}`);
  const named = roots.find(([table]) => table === own);
  if (named !== undefined || tableName !== undefined) return named;
  const [only, ...others] = roots.filter(([, { resource }]) => resource === name);
  return others.length === 0 ? only : undefined;
}

function columnHint(hints: SchemaColumn, what: string): ColumnHint {
  const hint = Object.fromEntries(
    Object.entries(HINTS).flatMap(([theirs, ours]) => {
      const value = hints[theirs];
      if (value === undefined || value === null) return [];
      return [[ours, value === 'complex' ? 'json' : value]];
    }),
  ) as ColumnHint;
  return requireShape(what, hint, COLUMN);
}

/** Strategies that are those of sluice in any case. */
const STRATEGIES = [
  undefined,
  'delete-insert',
  'truncate-and-insert',
  'insert-from-staging',
  'staging-optimized',
];

function dispositionOf(name: string, table: SchemaTable): WriteDisposition | undefined {
  const strategy = table['x-merge-strategy'] ?? table['x-replace-strategy'];
  if (!STRATEGIES.includes(strategy as string | undefined))
    throw new ConfigError(
      `\`schema\`: table \`${name}\` has strategy \`${String(strategy)}\`, which is not supported yet. Take it out of the schema.`,
    );
  const known = ['append', 'replace', 'merge'] as const;
  return known.find((one) => one === table['write_disposition']);
}
