import { afterAll, describe, it } from 'vitest';
import { DuckDBInstance, postgres, type DuckdbDestination, type PostgresConfig } from 'sluice';
import { missingExtensions } from '../../../benchmarks/engines/extensions.js';
import {
  hasPostgres,
  startPostgres as startServer,
} from '../../../benchmarks/engines/start-postgres.js';

/** A Postgres server of the tests of one file, which ends with them. */
export interface PostgresServer {
  /** How it is reached. */
  config: PostgresConfig & { host: string; database: string };
  /** Rows of an SQL query that the server runs; statements without rows give none. */
  sql: (text: string) => Promise<unknown[][]>;
  /** Makes a destination whose database has no schemas of earlier tests. */
  empty: (config?: PostgresConfig) => Promise<DuckdbDestination>;
}

/**
 * Starts a server for `npm run test:engines`, where Postgres and DuckDB's extensions are installed
 * (`.ci/engines`); else says what is missing, and the tests are skipped.
 */
export async function startPostgres(...extensions: string[]): Promise<PostgresServer | null> {
  if (process.env['ENGINES'] !== 'all') {
    console.warn('Tests on Postgres are skipped: `npm run test:engines` runs them.');
    return null;
  }
  const missing = [
    ...(hasPostgres() ? [] : ['Postgres']),
    ...missingExtensions('postgres_scanner', ...extensions),
  ];
  if (missing.length > 0) {
    console.warn(
      `Tests on Postgres are skipped: ${missing.join(' and ')} is missing (.ci/engines).`,
    );
    return null;
  }
  const { host, stop } = startServer();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `LOAD postgres_scanner; ATTACH 'host=${host} user=postgres dbname=postgres' AS admin (TYPE postgres)`,
  );
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
    stop();
  });
  const config = { host, database: 'postgres', user: 'postgres' };
  const call = (name: string, text: string): string =>
    `${name}('admin', '${text.split("'").join("''")}')`;
  const sql = async (text: string): Promise<unknown[][]> => {
    if (!/^(?:select|show)/i.test(text)) {
      const alone = /^(?:VACUUM|CREATE DATABASE)/.test(text) ? ', use_transaction=false)' : ')';
      await connection.run(`CALL ${call('postgres_execute', text).slice(0, -1)}${alone}`);
      return [];
    }
    const found = await connection.runAndReadAll(`FROM ${call('postgres_query', text)}`);
    return found.getRowsJson();
  };
  return {
    config,
    sql,
    async empty(more = {}) {
      const schemas = await sql(
        "SELECT nspname::text FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' AND nspname NOT IN ('public', 'information_schema')",
      );
      for (const [schema] of schemas) await sql(`DROP SCHEMA "${String(schema)}" CASCADE`);
      return postgres({ ...config, ...more });
    },
  };
}

/** Describes what needs a server, where there is one; else its tests are skipped. */
export function describePostgres(
  server: PostgresServer | null,
  tests: (server: PostgresServer) => void,
  what = 'postgres()',
): void {
  describe.runIf(server !== null)(what, () => {
    if (server === null) it('needs a server', () => undefined);
    else tests(server);
  });
}
