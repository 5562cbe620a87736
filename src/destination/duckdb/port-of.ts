import type { DuckDBConnection } from '@duckdb/node-api';
import type { SqlPort } from '../sql/port.js';
import { withWholeText } from './whole-text.js';

/** DuckDB's connection as the planning of SQL sees it. */
export function portOf(connection: DuckDBConnection): SqlPort {
  return {
    async query(sql, parameters = []) {
      const result = await connection.runAndReadAll(sql, [...parameters]);
      return withWholeText(() => result.getRows());
    },
    async execute(...statements) {
      if (statements.length > 0) await connection.run(statements.join(';\n'));
    },
  };
}
