import { expect, it, onTestFinished } from 'vitest';
import { duckdb, DuckDBInstance, pipeline, restSource } from 'sluice';
import { serve } from '../../support/local-server.js';
import { databasePath } from '../duckdb/tools.js';
import { describePostgres, startPostgres } from './server.js';

/** Root rows. */
const ROWS = 200_000;
const PAGE = 1_000;

/** Every kind of value, nested twice. */
function row(id: number): object {
  return {
    id,
    big: id * 4_503_599_627,
    price: id / 7,
    none: null,
    sometimes: id % 3 === 0 ? null : `text ${id} "'\\ \n\t Größe 日本語 🎉`,
    flag: id % 2 === 0,
    madeAt: new Date(Date.UTC(2026, 0, 1) + id * 61_001).toISOString(),
    mixed: id % 1_000 === 999 ? 'text' : id,
    customer: { name: `c${id % 97}`, address: { city: `city ${id % 13}`, zip: String(id) } },
    kept: { a: [id, { b: `${id}` }], c: id / 3 },
    lines: Array.from({ length: id % 5 }, (_, n) => ({
      n,
      price: (id + n) / 100,
      tags: Array.from({ length: (id + n) % 3 }, (__, tag) => `tag ${tag}`),
    })),
  };
}

describePostgres(await startPostgres(), ({ config, empty }) => {
  it('holds each cell as a DuckDB file holds it', async () => {
    const { url } = await serve(({ query }) => {
      const from = Number(query.get('page')) * PAGE;
      const length = Math.min(PAGE, ROWS - from);
      return { json: { data: Array.from({ length }, (_, i) => row(from + i)) } };
    });
    const path = databasePath();
    const loads = [await empty(), duckdb(path)];
    for (const destination of loads) {
      const run = pipeline({ name: 'shop', dataset: 'data', destination });
      await run.run(
        restSource({
          name: 'shop',
          client: { baseUrl: url },
          resources: [
            {
              name: 'orders',
              columns: { kept: { dataType: 'json' } },
              endpoint: {
                path: 'orders',
                dataSelector: 'data',
                paginator: {
                  type: 'pageNumber',
                  basePage: 0,
                  maximumPage: Math.ceil(ROWS / PAGE),
                },
              },
            },
          ],
        }),
      );
      await run.close();
      await destination.close();
    }
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    onTestFinished(() => {
      connection.closeSync();
      instance.closeSync();
    });
    await connection.run(
      `LOAD postgres_scanner; ATTACH 'host=${config.host} user=postgres dbname=postgres' AS server (TYPE postgres); ATTACH '${path}' AS file (READ_ONLY)`,
    );
    const read = async (sql: string): Promise<unknown[][]> =>
      (await connection.runAndReadAll(sql)).getRowsJson();
    const names = async (catalog: string, table: string): Promise<string[]> =>
      (
        await read(
          `SELECT column_name FROM duckdb_columns() WHERE database_name = '${catalog}' AND schema_name = 'data' AND table_name = '${table}' ORDER BY ALL`,
        )
      ).map(([name]) => String(name));
    // Ids of rows are random: lists are found by their parents' keys.
    const below = {
      orders: '%.orders',
      orders__lines:
        '(SELECT l.* EXCLUDE (_dlt_parent_id), o.id AS of_order FROM %.orders__lines l JOIN %.orders o ON l._dlt_parent_id = o._dlt_id)',
      orders__lines__tags:
        '(SELECT t.* EXCLUDE (_dlt_parent_id), o.id AS of_order, l.n AS of_line FROM %.orders__lines__tags t JOIN %.orders__lines l ON t._dlt_parent_id = l._dlt_id JOIN %.orders o ON l._dlt_parent_id = o._dlt_id)',
    };
    for (const [table, from] of Object.entries(below)) {
      const columns = (await names('file', table)).filter((name) => !name.startsWith('_dlt_'));
      expect(await names('server', table)).toEqual(await names('file', table));
      const cells = (catalog: string): string =>
        `SELECT ${columns.map((name) => (name === 'kept' ? 'json(kept::VARCHAR)::VARCHAR AS kept' : `"${name}"`)).join(', ')}, * EXCLUDE (${[...columns, '_dlt_id', ...(table === 'orders' ? ['_dlt_load_id'] : [])].join(', ')}) FROM ${from.replaceAll('%', `${catalog}.data`)}`;
      const [[rows, others] = []] = await read(
        `SELECT (SELECT count(*) FROM (${cells('file')})), (SELECT count(*) FROM ((${cells('file')}) EXCEPT ALL (${cells('server')})))`,
      );
      expect([table, Number(others), Number(rows) > ROWS / 2]).toEqual([table, 0, true]);
      expect(await read(`SELECT count(*) FROM (${cells('server')})`)).toEqual([[rows]]);
    }
  }, 900_000);
});
