import { createTable } from '../../sql/ddl.js';
import { identifier } from '../../sql/identifier.js';
import type { SqlPort } from '../../sql/port.js';
import { qualified, type Scope } from '../../sql/sql.js';
import type { Book, Books } from '../../stage/staged-target.js';

/** Rows that one INSERT brings: a statement is parsed as a whole. */
const MOST_ROWS = 1_000;

/** SQL that makes a schema without tables and views; `main` cannot be dropped. */
export async function emptySchema(
  port: SqlPort,
  { catalog, dataset, dialect }: Scope,
): Promise<string[]> {
  const found = await port.query(
    `SELECT 'VIEW', view_name FROM duckdb_views() WHERE database_name = $1 AND schema_name = $2
      UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE database_name = $1 AND schema_name = $2`,
    [catalog, dataset],
  );
  return [
    dialect.createSchema(catalog, dataset),
    ...(found as [string, string][]).map(
      ([kind, name]) => `DROP ${kind} ${identifier(catalog, dataset, name)}`,
    ),
  ];
}

/** SQL that makes the tables of bookkeeping with their rows. */
export function bookStatements(scope: Scope, books: Books): string[] {
  return Object.entries(books).flatMap(([table, { columns, rows }]) => [
    createTable(scope, table, columns),
    ...inserts(scope, table, rows),
  ]);
}

function inserts(scope: Scope, table: string, rows: Book['rows']): string[] {
  const { literal } = scope.dialect;
  const statements: string[] = [];
  for (let from = 0; from < rows.length; from += MOST_ROWS) {
    const tuples = rows
      .slice(from, from + MOST_ROWS)
      .map((row) => `(${row.map((cell) => (cell === null ? 'NULL' : literal(cell))).join(', ')})`);
    statements.push(`INSERT INTO ${qualified(scope, table)} VALUES ${tuples.join(', ')}`);
  }
  return statements;
}
