import type { DuckDBConnection } from '@duckdb/node-api';
import type { SqlPort } from '../sql/port.js';

/** DuckDB's connection as the planning of SQL sees it. */
export function portOf(connection: DuckDBConnection): SqlPort {
  return {
    async query(sql, parameters = []) {
      return (await connection.runAndReadAll(sql, [...parameters])).getRows();
    },
    async execute(sql) {
      await connection.run(sql);
    },
  };
}
