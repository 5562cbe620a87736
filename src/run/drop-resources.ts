import type { DltSchema } from '../../operators/schema/dlt-schema.js';
import { schemaName } from '../../operators/schema/schema-name.js';
import { givenOptions } from '../../operators/settings/given-options.js';
import type { DatasetReader, Destination } from '../destination/destination.js';
import type { Documents, LoadSpec } from '../destination/messages.js';
import { ConfigError } from '../errors.js';
import { DROP, type DropOptions } from './pipeline-config.js';

/** A pipeline's dataset, and what reads and writes it. */
export interface OwnDataset {
  destination: Destination;
  reader: DatasetReader;
  pipeline: string;
}

/**
 * Reads the documents of a pipeline: what its next run starts from.
 *
 * Errors: ConfigError where the destination keeps none.
 */
export async function storedDocuments({
  destination,
  reader,
  pipeline,
}: OwnDataset): Promise<Documents> {
  if (reader.documents === undefined)
    throw new ConfigError(
      `Destination ${destination.name} keeps no state of pipelines that could be read.`,
    );
  return reader.documents(pipeline);
}

/**
 * Drops the tables of resources with the tables below them, and their state, in every schema of the
 * pipeline; everything of its schemas where no resources are given. Unfinished loads of the sources
 * concerned are given up; of all sources where the list is empty. Returns the names of the tables
 * that are gone, sorted.
 *
 * Errors: ConfigError for a resource that filled no table, and for a destination that cannot drop.
 */
export async function dropResources(
  own: OwnDataset,
  given: string | readonly string[] | undefined,
  options?: DropOptions | null,
): Promise<string[]> {
  const { destination, reader, pipeline } = own;
  const { observe } = givenOptions('drop()', options, DROP);
  const resources = given === undefined ? undefined : [given].flat();
  const { state, schemas, unfinished = [] } = await storedDocuments(own);
  const names = (state.schema_names ?? []) as string[];
  const roots = [
    ...schemas
      .filter(({ name }) => names.includes(name))
      .map((schema) => ({ source: schema.name, tables: rootTables(schema), isUnfinished: false })),
    ...unfinished.map(({ source, roots: tables }) => ({
      source: source ?? schemaName(pipeline),
      tables,
      isUnfinished: true,
    })),
  ];
  const known = [...new Set(roots.flatMap(({ tables }) => tables.map(({ resource }) => resource)))];
  const unknown = resources?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new ConfigError(
      `drop() of pipeline ${pipeline}: no resource \`${unknown}\` has filled a table of ${reader.name}. Resources: ${known.join(', ') || 'none'}.`,
    );
  const refresh = resources === undefined ? 'drop_sources' : 'drop_resources';
  if (destination.capabilities.refresh?.includes(refresh) !== true)
    throw new ConfigError(
      `drop() of pipeline ${pipeline}: destination ${destination.name} drops nothing of earlier loads. Remove the tables there.`,
    );
  const before = await reader.tables();
  const notices: string[] = [];
  for (const { source, tables, isUnfinished } of roots) {
    const dropped = tables.filter(({ resource }) => resources?.includes(resource) !== false);
    const isMeant = isUnfinished && (resources === undefined || resources.length === 0);
    if (dropped.length === 0 && !isMeant) continue;
    const session = await destination.begin(
      {
        pipeline,
        dataset: reader.name,
        source,
        compat: 'sluice',
        tables: isUnfinished ? tables : dropped,
        ...(!isUnfinished && { refresh }),
      },
      (message) => notices.push(message),
    );
    notices.push(...(session.known.notices ?? []));
    // Where a load begins, what is left of an unfinished one goes.
    if (isUnfinished) await session.abort();
    else await session.finish({ completeness: [] });
  }
  const after = new Set(await reader.tables());
  for (const message of notices) observe?.({ kind: 'notice', resource: null, message });
  return before.filter((table) => !after.has(table)).sort();
}

/** Root tables of a schema by its document, without dlt's own. */
function rootTables({ tables }: DltSchema): LoadSpec['tables'] {
  return Object.entries(tables)
    .filter(([name, { parent }]) => parent === undefined && !name.startsWith('_dlt_'))
    .map(([table, { resource }]) => ({
      resource: typeof resource === 'string' ? resource : table,
      table,
      writeDisposition: 'append',
    }));
}
