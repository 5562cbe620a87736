import { ownMember } from '../../operators/json/own-member.js';
import { conventionOf, nameBelow } from '../../operators/schema/convention.js';
import type { DltSchema } from '../../operators/schema/dlt-schema.js';
import type { DltTable } from '../../operators/schema/dlt-table.js';
import type { ColumnHint, NestedHints, WriteDispositionHint } from '../../operators/types.js';
import { mergeNested } from './merge-nested.js';
import { rootTable } from './root-tables.js';
import { schemaHints } from './schema-hints.js';
import type { Resource, SourceHints } from './source.js';
import { storedContract } from './stored-contract.js';
import { storedNesting } from './stored-nesting.js';

/** A resource with hints that earlier runs left, and a sentence on those of them that count. */
export interface WithStored {
  resource: Resource;
  /** Null where nothing is taken that changes which rows stay. */
  notice: string | null;
}

/**
 * Adds to a resource what dlt's schema document of its source says of its table, where the resource
 * says nothing itself: for merging the strategy, keys and marked columns; levels of nesting; root
 * keys; columns that hold JSON, of child tables too; the contract. In dlt too, hints of earlier
 * runs stay in the schema; those of a source for all its tables do not, and count last. Pure.
 */
export function withStoredHints(
  given: Resource,
  document: DltSchema | undefined,
  ofSource: SourceHints = {},
): WithStored {
  const { table, writeDisposition } = rootTable(given);
  const stored = document && ownMember(document.tables, table);
  if (document === undefined || stored === undefined)
    return { resource: { ...ofSource, ...given }, notice: null };
  const nesting = storedNesting(stored['x-normalizer']);
  const contract = storedContract(stored);
  const resource = {
    ...ofSource,
    ...(contract !== undefined && { schemaContract: contract }),
    ...(nesting !== undefined && { maxTableNesting: nesting }),
    ...given,
    // Ids that were handed down once are handed down ever after.
    ...(handsDown(table, document) && { rootKey: true }),
  };
  const merging = writeDisposition === 'merge' ? mergeHints(resource, table, stored) : {};
  const columns = merging.columns ?? resource.columns ?? {};
  const json = jsonColumns(stored, columns);
  const added = Object.keys({ ...json, ...merging.columns });
  const { separator } = conventionOf(given.naming);
  const nested = nestedJson(table, document, resource.nestedHints ?? {});
  for (const [list, { columns: ofList = {} }] of nested)
    added.push(list, ...Object.keys(ofList).map((column) => `${list}${separator}${column}`));
  return {
    resource: {
      ...resource,
      ...merging,
      ...(added.length > 0 && {
        columns: { ...json, ...columns },
        nestedHints: mergeNested(Object.fromEntries(nested), resource.nestedHints),
        optionalColumns: [...(resource.optionalColumns ?? []), ...added],
      }),
    },
    notice: Object.keys(merging).length === 0 ? null : sentence(table, merging),
  };
}

function handsDown(table: string, { normalizers }: DltSchema): boolean {
  const { json } = normalizers as {
    json?: { config?: { propagation?: { tables?: Record<string, object> } } };
  };
  return '_dlt_id' in (ownMember(json?.config?.propagation?.tables ?? {}, table) ?? {});
}

/** Columns of a table that hold JSON, where nothing else is said of them. */
function jsonColumns(
  { columns }: DltTable,
  own: Readonly<Record<string, ColumnHint>>,
): Record<string, ColumnHint> {
  return Object.fromEntries(
    Object.entries(columns)
      .filter(([name, { data_type }]) => data_type === 'json' && !Object.hasOwn(own, name))
      .map(([name]) => [name, { dataType: 'json' }]),
  );
}

/** Lists below a root table whose tables have columns that hold JSON. */
function nestedJson(
  root: string,
  { tables }: DltSchema,
  own: NonNullable<Resource['nestedHints']>,
): [string, NestedHints][] {
  return Object.entries(tables).flatMap(([name, table]): [string, NestedHints][] => {
    const list = nameBelow(name, root);
    if (table.parent === undefined || list === null) return [];
    const columns = jsonColumns(table, own[list]?.columns ?? {});
    return Object.keys(columns).length === 0 ? [] : [[list, { columns }]];
  });
}

type MergeHints = Pick<Resource, 'writeDisposition' | 'primaryKey' | 'mergeKey' | 'columns'>;

/** What the document says of merging and the resource does not. */
function mergeHints(resource: Resource, name: string, stored: DltTable): MergeHints {
  const document = { name, tables: { [name]: { ...stored, write_disposition: 'merge' } } };
  const known = schemaHints({ name, tableName: name }, document);
  const own = resource.columns ?? {};
  const says = (hint: keyof ColumnHint): boolean =>
    Object.values(own).some((column) => (column[hint] ?? false) !== false);
  const marked = (hint: keyof ColumnHint): [string, ColumnHint][] =>
    says(hint)
      ? []
      : Object.entries(known.columns ?? {}).filter(([, column]) => column[hint] !== undefined);
  const keys = (hint: 'primaryKey' | 'mergeKey'): string[] =>
    resource[hint] === undefined ? marked(hint).map(([column]) => column) : [];
  const primaryKey = keys('primaryKey');
  const mergeKey = keys('mergeKey');
  const columns = Object.fromEntries(
    (['dedupSort', 'hardDelete'] as const).flatMap((hint) =>
      marked(hint).map(([column, hints]) => [column, { ...own[column], [hint]: hints[hint] }]),
    ),
  ) as Record<string, ColumnHint>;
  const disposition = storedDisposition(resource.writeDisposition, known.writeDisposition);
  return {
    ...(disposition && { writeDisposition: disposition }),
    ...(primaryKey.length > 0 && { primaryKey }),
    ...(mergeKey.length > 0 && { mergeKey }),
    ...(Object.keys(columns).length > 0 && { columns: { ...own, ...columns } }),
  };
}

/** The stored strategy with its options, where the resource names none. */
function storedDisposition(
  given: WriteDispositionHint = 'append',
  stored: WriteDispositionHint = 'append',
): WriteDispositionHint | null {
  const own = typeof given === 'string' ? { disposition: given } : given;
  if ('strategy' in own && own.strategy !== undefined) return null;
  if (typeof stored === 'string' || stored.disposition !== 'merge') return null;
  if ((stored.strategy ?? 'delete-insert') === 'delete-insert') return null;
  return { ...stored, ...own, disposition: 'merge' };
}

function sentence(
  table: string,
  { writeDisposition, primaryKey, mergeKey, columns }: MergeHints,
): string {
  const strategy = Object(writeDisposition) as { strategy?: string };
  const hints = [
    ...(strategy.strategy === undefined ? [] : [`strategy ${strategy.strategy}`]),
    ...(primaryKey === undefined ? [] : [`primary key ${[primaryKey].flat().join(', ')}`]),
    ...(mergeKey === undefined ? [] : [`merge key ${[mergeKey].flat().join(', ')}`]),
    ...(columns === undefined ? [] : ['columns that sort or delete']),
  ];
  return `Table ${table} is merged with hints of earlier runs, because the resource has none of its own: ${hints.join('; ')}. Give the resource the hints that are meant.`;
}
