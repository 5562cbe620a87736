import type { DuckDBConnection } from '@duckdb/node-api';
import type { SqlPort } from '../sql/port.js';
import { literal } from './literal.js';
import { withWholeText } from './whole-text.js';

/** DuckDB's connection as the planning of SQL sees it. */
export function portOf(connection: DuckDBConnection): SqlPort {
  return {
    async query(sql, parameters = []) {
      const result = await connection.runAndReadAll(withParameters(sql, parameters));
      return withWholeText(() => result.getRows());
    },
    async execute(...statements) {
      if (statements.length > 0) await connection.run(statements.join(';\n'));
    },
  };
}

/**
 * Puts parameters into the text of a query: to prepare one, to bind its parameters and to destroy
 * it takes longer than the small queries of a load's beginning. Names and texts that are in quotes
 * are left alone.
 */
export function withParameters(sql: string, parameters: readonly string[]): string {
  if (parameters.length === 0) return sql;
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g, (found, index?: string) =>
    index === undefined ? found : literal(parameters[Number(index) - 1] as string),
  );
}
