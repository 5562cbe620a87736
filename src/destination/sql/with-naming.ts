import { type DltSchema, namingIn } from '../../../operators/schema/dlt-schema.js';
import { ConfigError } from '../../errors.js';
import type { LoadSpec } from '../messages.js';

/**
 * Returns a load with its naming convention, and its root tables by that: the one it was given,
 * else the one of the stored schema of its source. Pure.
 *
 * Errors: ConfigError where tables with rows have other names than the load would give, as in dlt.
 */
export function withNaming(
  load: LoadSpec,
  document: DltSchema | null,
  dataset: string,
): LoadSpec & Required<Pick<LoadSpec, 'naming'>> {
  const stored = document === null ? 'snake_case' : namingIn(document);
  const isFilled = Object.entries(document?.tables ?? {}).some(
    ([name, table]) => !name.startsWith('_dlt_') && Object(table['x-normalizer'])['seen-data'],
  );
  const naming = load.naming ?? stored ?? 'snake_case';
  if (isFilled && naming !== stored)
    throw new ConfigError(
      `Dataset ${dataset}: the tables of schema ${load.source} are named by ${stored ?? JSON.stringify(document?.normalizers.names)}, and the load names tables by ${naming}. ${stored === null ? 'sluice has the namings snake_case and direct. ' : `Leave \`naming\` out, or give \`naming: '${stored}'\`. `}To change it, load into another dataset, or drop the tables first: pipeline.drop().`,
    );
  const { directTables = load.tables } = load;
  return { ...load, naming, tables: naming === 'direct' ? directTables : load.tables };
}

/** The document of a load; one whose tables have no rows yet takes the load's naming convention. */
export function namedDocument(document: DltSchema, { naming }: LoadSpec): DltSchema {
  return naming === undefined || namingIn(document) === naming
    ? document
    : { ...document, normalizers: { ...document.normalizers, names: naming } };
}
