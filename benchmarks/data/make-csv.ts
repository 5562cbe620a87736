import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDatabase } from '../harness/with-database.js';
import { pageBodies, pageFiles } from './pages.js';
import { DATASET, loadPages, withConnection } from './seeded-database.js';

// Prints the path of a file of SQL for psql, which copies the tables of a load of issues from ready
// files of CSV: `node make-csv.js ROWS`. They are made once and kept in the folder for temporary
// files.

const POSTGRES: Readonly<Record<string, string>> = { DOUBLE: 'double precision', JSON: 'jsonb' };

const [, , rows = ''] = process.argv;
const folder = join(tmpdir(), `sluice-bench-csv-issues-${rows}`);
const script = join(folder, 'copy.sql');
if (!existsSync(folder)) {
  const part = `${folder}.${process.pid}`;
  mkdirSync(part);
  await withDatabase(async (path) => {
    await loadPages(path, { name: 'issues' }, pageBodies(pageFiles('issues', Number(rows))));
    const lines = await withConnection(path, async (connection) => {
      const found = await connection.runAndReadAll(
        `SELECT table_name, list(column_name ORDER BY column_index), list(data_type ORDER BY column_index)
          FROM duckdb_columns() WHERE schema_name = '${DATASET}' AND NOT starts_with(table_name, '_') GROUP BY 1`,
      );
      const copies: string[] = [];
      for (const [table, names, types] of found.getRowsJson() as [string, string[], string[]][]) {
        const columns = names.map((name, i) => {
          const type = types[i] as string;
          return `"${name}" ${POSTGRES[type] ?? type}`;
        });
        await connection.run(
          `COPY ${DATASET}.${table} TO '${join(part, table)}.csv' (HEADER false)`,
        );
        copies.push(
          `CREATE TABLE ${DATASET}.${table} (${columns.join(', ')});`,
          `\\copy ${DATASET}.${table} FROM '${join(folder, table)}.csv' (FORMAT csv)`,
        );
      }
      return [`CREATE SCHEMA ${DATASET};`, 'BEGIN;', ...copies, 'COMMIT;'];
    });
    writeFileSync(join(part, 'copy.sql'), `${lines.join('\n')}\n`);
  });
  // Two processes may make them at once.
  if (existsSync(folder)) rmSync(part, { recursive: true });
  else renameSync(part, folder);
}
process.stdout.write(script);
