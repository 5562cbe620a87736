import { columnShape } from '../../operators/columns/column-shape.js';
import { contractShape } from '../../operators/columns/contract-shape.js';
import { dispositionShape } from '../../operators/columns/disposition-shape.js';
import { conventionOf, nameBelow } from '../../operators/schema/convention.js';
import { namingIn } from '../../operators/schema/dlt-schema.js';
import { refinedType } from '../../operators/schema/dlt/refined-type.js';
import { rootTableName } from '../../operators/schema/root-table-name.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import { anything, map } from '../../operators/settings/shape.js';
import type {
  ColumnHint,
  MergeStrategy,
  NamingConvention,
  WriteDispositionHint,
} from '../../operators/types.js';
import type { SchemaColumn, SchemaDocument, SchemaTable } from '../dataset/schema-types.js';
import { mergeColumns } from './merge-columns.js';
import { mergeNested } from './merge-nested.js';
import type { Resource } from './source.js';
import { storedContract } from './stored-contract.js';
import { storedNesting } from './stored-nesting.js';

/** dlt's names of what a column hint has, in ours. */
const HINTS = {
  data_type: 'dataType',
  nullable: 'nullable',
  primary_key: 'primaryKey',
  merge_key: 'mergeKey',
  dedup_sort: 'dedupSort',
  hard_delete: 'hardDelete',
} as const;

/**
 * A resource with what a schema document says of its table: columns, keys, disposition, nesting,
 * contract. What the resource itself says comes before; each column hint by hint. A table is the
 * resource's by its name, or where it is the only one that names the resource. The resource as it
 * is, where the document has no such table.
 *
 * Errors: ConfigError for hints that no table can have here.
 */
export function schemaHints(resource: Resource, document: SchemaDocument): Resource {
  const { tables } = document;
  const naming = namingIn(document) ?? undefined;
  const { separator } = conventionOf(naming);
  const [name, table] = tableOf(resource, tables, naming) ?? [];
  if (name === undefined || table === undefined) return resource;
  const columns = columnHints(name, table);
  const disposition = dispositionOf(table);
  const nesting = storedNesting(table['x-normalizer']);
  const contract = storedContract(table);
  const nested = Object.fromEntries(
    childTables(name, tables).map(([list, child]) => [
      list,
      { columns: columnHints(child, tables[child] as SchemaTable) },
    ]),
  );
  if (contract !== undefined)
    requireShape(`\`schema\`: the contract of table \`${name}\``, contract, contractShape);
  if (disposition !== undefined)
    requireShape(`\`schema\`: the disposition of table \`${name}\``, disposition, dispositionShape);
  return {
    tableName: name,
    ...(disposition !== undefined && { writeDisposition: disposition }),
    ...(nesting !== undefined && { maxTableNesting: nesting }),
    ...(contract !== undefined && { schemaContract: contract }),
    ...resource,
    columns: mergeColumns(columns, resource.columns),
    ...(Object.keys(nested).length > 0 && {
      nestedHints: mergeNested(nested, resource.nestedHints),
    }),
    optionalColumns: [
      ...(resource.optionalColumns ?? []),
      ...namesBeside(columns, resource.columns),
      ...namesBeside(nested, resource.nestedHints),
      ...Object.entries(nested).flatMap(([list, hints]) =>
        namesBeside(hints.columns, resource.nestedHints?.[list]?.columns).map(
          (column) => `${list}${separator}${column}`,
        ),
      ),
    ],
  };
}

/** Names of a document's columns that a resource has no hint for. */
function namesBeside(columns: object, own: object = {}): string[] {
  return Object.keys(columns).filter((column) => !Object.hasOwn(own, column));
}

/** Child tables below a root table that have columns of their own, with the keys of their lists. */
function childTables(root: string, tables: SchemaDocument['tables']): [string, string][] {
  return Object.entries(tables).flatMap(([name, table]): [string, string][] => {
    const list = nameBelow(name, root);
    return table.parent !== undefined &&
      list !== null &&
      Object.keys(columnHints(name, table)).length > 0
      ? [[list, name]]
      : [];
  });
}

function columnHints(name: string, table: SchemaTable): Record<string, ColumnHint> {
  const columns = requireShape(
    `\`schema\`: the columns of table \`${name}\``,
    table.columns ?? {},
    columnsShape,
  );
  const named = Object.entries(columns).flatMap(([column, hints]) => {
    if (column.startsWith('_dlt_') || OWN.some((key) => hints[key] === true)) return [];
    const hint = columnHint(hints, `\`schema\`: column \`${column}\` of table \`${name}\``);
    return Object.keys(hint).length === 0 ? [] : [[column, hint] as const];
  });
  return Object.fromEntries(named);
}

const columnsShape = map(map(anything));

/** Marks of columns that loads fill by themselves. */
const OWN = ['variant', 'x-valid-from', 'x-valid-to'];

function tableOf(
  { name, tableName }: Resource,
  tables: SchemaDocument['tables'],
  naming: NamingConvention | undefined,
): [string, SchemaTable] | undefined {
  const roots = Object.entries(tables).filter(([, { parent }]) => parent === undefined);
  const own = rootTableName(tableName ?? name, `The table of resource ${name}`, naming);
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
  return requireShape(what, { ...hint, ...refinedType(hints).hint }, columnShape);
}

/** Strategies of replacing all end in the same rows. */
function dispositionOf(table: SchemaTable): WriteDispositionHint | undefined {
  const { write_disposition: disposition = null } = table;
  // dlt's own tables are skipped; a resource's table has no such disposition.
  if (disposition === null || disposition === 'skip') return undefined;
  if (disposition !== 'merge') return disposition as WriteDispositionHint;
  const strategy = (table['x-merge-strategy'] ?? 'delete-insert') as MergeStrategy;
  if (strategy !== 'scd2') return { disposition, strategy };
  const marked = (key: string): string | undefined =>
    Object.entries(table.columns ?? {}).find(([, hints]) => hints[key] === true)?.[0];
  const [from, to] = [marked('x-valid-from'), marked('x-valid-to')];
  const version = marked('x-row-version');
  const active = to === undefined ? undefined : table.columns?.[to]?.['x-active-record-timestamp'];
  return {
    disposition,
    strategy,
    ...(from !== undefined && to !== undefined && { validityColumnNames: [from, to] }),
    ...(version !== undefined && version !== '_dlt_id' && { rowVersionColumnName: version }),
    ...(typeof active === 'string' && { activeRecordTimestamp: active }),
  };
}
