import { defer } from 'rxjs';
import { contractShape } from '../../../operators/columns/contract-shape.js';
import { givenOptions } from '../../../operators/settings/given-options.js';
import { flag, name as aName, record, whole } from '../../../operators/settings/shape.js';
import type { SchemaContract } from '../../../operators/types.js';
import { ConfigError } from '../../errors.js';
import { schemaDocumentShape } from '../../run/schema-document-shape.js';
import type { Source } from '../../run/source.js';
import { withSchema } from '../../run/with-schema.js';
import { restSource } from '../rest-source.js';
import { spellingOf } from './is-dlt-config.js';
import { type TranslatedConfig, translateDlt } from './translate-dlt.js';

/**
 * A source from dlt's `RESTAPIConfig`, in snake_case as it is written for Python; the rows are
 * those that dlt would load. Where it is otherwise (traps of dlt's that are corrected, options that
 * do nothing here) a `notice` says so, once in each run; with `compat: 'dlt'` only about what stays
 * other. A resource whose path has a name that nothing fills, which dlt refuses, is left out with a
 * notice.
 *
 * Missing secrets come from the settings, under dlt's names (`SOURCES__REST_API__<NAME>__TOKEN` …).
 *
 * Errors: one ConfigError with everything that is wrong, before the first request; for a config in
 * camelCase it says that `restSource` takes it.
 */
export function fromDlt(config: object, options?: DltSourceOptions | null): Source {
  const { name = 'rest_api', schema, ...hints } = givenOptions('fromDlt()', options, SHAPE);
  if (spellingOf(config) === 'camelCase')
    throw new ConfigError(
      `Source \`${name}\`: fromDlt() takes dlt's own config, whose keys are in snake_case (\`base_url\`), and this one is in camelCase (\`baseUrl\`). Give it to restSource().`,
    );
  const { config: translated, ...notes } = translateDlt(config, name);
  const source = withNotices(restSource({ ...translated, ...hints }), notes);
  return schema === undefined ? source : withSchema(source, schema);
}

/** Arguments of dlt's `rest_api_source` besides the config. */
export interface DltSourceOptions {
  /**
   * dlt's source name: that of the schema, and part of the names of settings. @default 'rest_api'
   */
  name?: string;
  /** A schema document of dlt's, as in `RestConfig.schema`. @default none */
  schema?: object;
  /** For resources without one of their own. @default everything evolves */
  schemaContract?: SchemaContract;
  /** Levels of nested objects and lists, for resources without their own. @default 1,000 */
  maxTableNesting?: number;
  /**
   * Whether child tables carry the ids of their root rows. @default only where merging needs them
   */
  rootKey?: boolean;
}

const SHAPE = record<DltSourceOptions>('fromDlt()', {
  name: aName,
  schema: schemaDocumentShape,
  schemaContract: contractShape,
  maxTableNesting: whole(0),
  rootKey: flag,
});

/** The same source, reporting these notices when a run begins. */
function withNotices(source: Source, notes: Omit<TranslatedConfig, 'config'>): Source {
  const { notices, departures } = notes;
  return {
    ...source,
    pages: (context) =>
      defer(() => {
        for (const message of notices)
          if (context.compat !== 'dlt' || !departures.has(message))
            context.observe({ kind: 'notice', resource: source.name, message });
        return source.pages(context);
      }),
    withResources: (names) => withNotices(source.withResources(names), notes),
  };
}
