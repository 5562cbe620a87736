import { DuckDBInstance } from '@duckdb/node-api';

/** Statements that make the datasets of a database file anew, value for value. */
export async function sqlOf(path: string): Promise<string[]> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const read = async (sql: string): Promise<(string | null)[][]> => {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRows() as (string | null)[][];
  };
  try {
    const tables = await read(
      `SELECT schema_name, table_name, sql FROM duckdb_tables() ORDER BY schema_name, table_oid`,
    );
    const schemas = [...new Set(tables.map(([schema]) => schema))];
    const inserts: string[] = [];
    for (const [schema, table] of tables) {
      const name = `"${schema}"."${table}"`;
      const columns = await read(
        `SELECT column_name, data_type FROM duckdb_columns()
         WHERE schema_name = '${schema}' AND table_name = '${table}' ORDER BY column_index`,
      );
      const shown = columns.map(([column, type]) => {
        const quoted = `"${String(column).replaceAll('"', '""')}"`;
        const text =
          type === 'TIMESTAMP WITH TIME ZONE'
            ? `make_timestamp(epoch_us(${quoted}))::VARCHAR || '+00'`
            : `${quoted}::VARCHAR`;
        return `coalesce('''' || replace(${text}, '''', '''''') || '''', 'NULL')`;
      });
      const rows = await read(
        `SELECT concat_ws(', ', ${shown.join(', ')}) FROM ${name} ORDER BY rowid`,
      );
      for (const [row] of rows) inserts.push(`INSERT INTO ${name} VALUES (${row});`);
    }
    return [
      ...schemas.map((schema) => `CREATE SCHEMA "${schema}";`),
      ...tables.map(([, , sql]) => String(sql)),
      ...inserts,
    ];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
