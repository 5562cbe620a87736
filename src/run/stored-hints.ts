import type { DltSchema } from '../../operators/schema/dlt-schema.js';
import type { ColumnHint, JsonObject } from '../../operators/types.js';
import { rootTable } from './root-tables.js';
import type { Resource } from './source.js';

/**
 * A resource with what dlt's schema document of its source says of its table, where the resource
 * says nothing itself: the keys to merge by, the levels of nesting, and the columns that hold JSON.
 * So dlt goes on too: the hints of earlier runs stay in its schema. Pure.
 */
export function withStoredHints(resource: Resource, document: DltSchema | undefined): Resource {
  const stored = document?.tables[rootTable(resource).table];
  if (document === undefined || stored === undefined) return resource;
  const columns = Object.entries(stored.columns);
  const keys = columns.filter(([, { primary_key }]) => primary_key === true).map(([name]) => name);
  const nesting =
    (stored['x-normalizer'] as JsonObject | undefined)?.max_nesting ?? sourceNesting(document);
  const json = Object.fromEntries(
    columns
      .filter(([, { data_type }]) => data_type === 'json')
      .map(([name]): [string, ColumnHint] => [name, { dataType: 'json' }]),
  );
  const { primaryKey, maxTableNesting, writeDisposition, optionalColumns = [] } = resource;
  return {
    ...resource,
    ...(primaryKey === undefined &&
      writeDisposition === 'merge' &&
      keys.length > 0 && { primaryKey: keys }),
    ...(maxTableNesting === undefined &&
      typeof nesting === 'number' && { maxTableNesting: nesting }),
    ...(Object.keys(json).length > 0 && {
      columns: { ...json, ...resource.columns },
      optionalColumns: [...optionalColumns, ...Object.keys(json)],
    }),
  };
}

/** Levels of nesting that dlt keeps for all tables of a source. */
function sourceNesting({ normalizers }: DltSchema): unknown {
  const { config } = (normalizers.json ?? {}) as JsonObject;
  return (config as JsonObject | undefined)?.max_nesting;
}
