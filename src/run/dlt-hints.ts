import { segments } from '../../operators/json/paths.js';
import { conventionOf } from '../../operators/schema/convention.js';
import type { DltColumn } from '../../operators/schema/dlt-table.js';
import type { DltHints, SchemaSettings } from '../../operators/schema/dlt-tables.js';
import type { ColumnHint, Json, SchemaContract } from '../../operators/types.js';
import type { Resource, SourceHints } from './source.js';

/** What a source says of all its tables, in the words of dlt's schema document. */
export function schemaSettings({
  schemaContract,
  maxTableNesting,
  rootKey,
}: SourceHints): SchemaSettings {
  return {
    contract: schemaContract === undefined ? null : dltContract(schemaContract),
    maxNesting: maxTableNesting ?? null,
    rootKey: rootKey ?? null,
  };
}

/** What a resource declares of its table, in the words of dlt's schema document. */
export function dltHints(resource: Resource): DltHints {
  const { maxTableNesting, incremental, nestedHints = {}, naming } = resource;
  const { path: nameOf } = conventionOf(naming);
  const hints = tableHints(resource, nameOf);
  // dlt marks the column of a cursor whose path is one key.
  const [cursor, ...deeper] = incremental === undefined ? [] : segments(incremental.cursorPath);
  if (cursor !== undefined && deeper.length === 0) {
    const name = nameOf(cursor);
    hints.columns[name] = { ...hints.columns[name], incremental: true };
  }
  const nested = Object.entries(nestedHints).map(
    ([list, own]) => [nameOf(list), tableHints(own, nameOf)] as const,
  );
  return {
    ...hints,
    table: {
      ...hints.table,
      ...(maxTableNesting !== undefined && { 'x-normalizer': { max_nesting: maxTableNesting } }),
    },
    ...(nested.length > 0 && { nested: Object.fromEntries(nested) }),
  };
}

/** Declared columns come first, keys that are given by name after them: such keys are not null. */
function tableHints(
  {
    columns = {},
    primaryKey = [],
    mergeKey = [],
    schemaContract,
  }: Pick<Resource, 'columns' | 'primaryKey' | 'mergeKey' | 'schemaContract'>,
  nameOf: (key: string) => string,
): DltHints {
  const hints: DltHints['columns'] = {};
  for (const [name, hint] of Object.entries(columns))
    if (hint.exclude !== true) hints[nameOf(name)] = dltColumn(hint);
  const mark = (keys: string | readonly string[], key: 'primary_key' | 'merge_key'): void => {
    for (const name of [keys].flat().map(nameOf))
      hints[name] = { nullable: false, ...hints[name], [key]: true };
  };
  mark(primaryKey, 'primary_key');
  mark(mergeKey, 'merge_key');
  return {
    table: {
      ...(schemaContract !== undefined && { schema_contract: dltContract(schemaContract) }),
    },
    columns: hints,
  };
}

function dltColumn(hint: ColumnHint): DltColumn {
  const { dataType, precision, scale, timezone, nullable, primaryKey, mergeKey } = hint;
  const { dedupSort, hardDelete } = hint;
  return {
    ...(dataType !== undefined && { data_type: dataType }),
    ...(precision !== undefined && { precision }),
    ...(scale !== undefined && { scale }),
    ...(timezone !== undefined && { timezone }),
    ...(nullable !== undefined && { nullable }),
    ...(primaryKey === true && { primary_key: true }),
    ...(mergeKey === true && { merge_key: true }),
    ...(dedupSort !== undefined && { dedup_sort: dedupSort }),
    ...(hardDelete === true && { hard_delete: true }),
  };
}

function dltContract(contract: SchemaContract): Json {
  if (typeof contract === 'string') return contract;
  const { tables, columns, dataType } = contract;
  return {
    ...(tables !== undefined && { tables }),
    ...(columns !== undefined && { columns }),
    ...(dataType !== undefined && { data_type: dataType }),
  };
}
