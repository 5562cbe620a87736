import { ConfigError } from '../../../errors.js';
import type { SqlPort } from '../../sql/port.js';
import { literal } from '../literal.js';
import { portOf, withParameters } from '../port-of.js';
import type { Target } from '../target.js';
import { postgresDialect } from './dialect.js';
import { explainValue } from './explain-value.js';
import { MOST_BYTES, stagingSchema } from './staging-schema.js';

/**
 * The tables of a Postgres database that is attached under this name. SQL runs in the server, in
 * the transaction that the connection of DuckDB has there.
 */
export function postgresTarget(catalog: string): Target {
  const target: Target = {
    portOf(connection): SqlPort {
      const port = portOf(connection);
      const call = (what: string, sql: string): string =>
        `${what}(${literal(catalog)}, ${literal(sql)})`;
      return {
        query(sql, parameters = []) {
          const text = withParameters(sql, parameters);
          return port
            .query(`FROM ${call('postgres_query', text)}`)
            .catch((error: unknown) => refused(error, text));
        },
        async execute(...statements) {
          if (statements.length === 0) return;
          const text = statements.join(';\n');
          await port
            .execute(`CALL ${call('postgres_execute', text)}`)
            .catch((error: unknown) => refused(error, text));
          // DuckDB remembers the tables that it has seen.
          if (statements.some((statement) => /^(?:CREATE|ALTER|DROP) /.test(statement)))
            await port.execute('CALL pg_clear_cache()');
        },
      };
    },
    async scopeOf(connection, dataset) {
      // Who drops a dataset by hand may leave its staging tables.
      const [[isThere] = []] = await target
        .portOf(connection)
        .query('SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname IN ($1, $2)) AS found', [
          dataset,
          stagingSchema(dataset),
        ]);
      if (Buffer.byteLength(dataset) > MOST_BYTES)
        throw new ConfigError(
          `Dataset ${dataset} has a longer name than the ${MOST_BYTES} bytes that Postgres takes. Give \`dataset\` a shorter one.`,
        );
      return {
        catalog,
        dataset,
        dialect: postgresDialect(dataset),
        isThere: isThere === true,
        path: null,
        isAmbiguous: false,
      };
    },
    find({ dataset, dialect }, table) {
      const [schema, name] = dialect.place(catalog, dataset, table) as [string, string];
      return [catalog, schema, name];
    },
    explain: explainValue,
  };
  return target;
}

/** What the server said, without the SQL: values in it are nobody's business. */
function refused(error: unknown, sql: string): never {
  const { message } = error as Error;
  const [said = ''] = message.replaceAll(sql, '').split(/\n\s*(?:LINE|CONTEXT|QUERY|WHERE)\b/);
  const plain = said.replace(/^.*?query "(?:BEGIN[^"]*)?": /s, '').trim();
  throw new Error(`Postgres: ${plain}${permissionAdvice(plain, sql)}`);
}

/** What to do where a role may make no schemas, with a space before it; nothing for others. */
function permissionAdvice(said: string, sql: string): string {
  if (!said.includes('permission denied for database')) return '';
  const [, schema = 'of the dataset'] = /CREATE SCHEMA ("(?:[^"]|"")+")/.exec(sql) ?? [];
  return `. Make the schema ${schema} for this role, or let it make schemas: GRANT CREATE ON DATABASE`;
}
