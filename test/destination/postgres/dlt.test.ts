import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fromDlt, pipeline } from 'sluice';
import { serve } from '../../support/local-server.js';
import { describePostgres, startPostgres } from './server.js';

const PROGRAM = fileURLToPath(new URL('dlt_run.py', import.meta.url));
const PYTHON = process.env['DLT_PYTHON'] ?? 'python3';
const hasDlt = spawnSync(PYTHON, ['-c', 'import dlt, psycopg2']).status === 0;
if (!hasDlt)
  console.warn('Hand-overs from dlt to Postgres are skipped: no Python with dlt and psycopg2.');

type Row = Record<string, unknown>;

// Their names are shortened, alone and below each other.
const ORDERS = 'ordersOfAllTheShopsThatWeHaveInTheCountryAndItsNeighboursAbroad';
const LINES = 'positionsOfTheOrderAsTheyWereWhenItWasSentToTheWarehouse';

function rows(version: number): Row[] {
  return Array.from({ length: 12 }, (_, i) => ({
    id: i + (version - 1) * 6,
    version,
    price: i / 4,
    note: i % 3 === 0 ? null : `text ${i} "'\\ Größe`,
    madeAt: `2026-01-0${version}T00:00:0${i % 10}+02:00`,
    flag: i % 2 === 0,
    mixed: version === 2 && i === 3 ? 'text' : i,
    big: 2 ** 40 + i,
    [`${ORDERS}OrElse`]: i,
    kept: { a: { b: [i], [`${LINES}Deep`]: i } },
    [LINES]: Array.from({ length: i % 3 }, (__, n) => ({
      n,
      [LINES]: [{ m: n, tags: ['a', String(version)] }],
    })),
  }));
}

describePostgres(hasDlt ? await startPostgres() : null, ({ config, empty, sql }) => {
  const LONG = 600_000;

  it.each(['dsd', 'sds'])(
    'has what dlt alone leaves after the turns %s',
    async (turns) => {
      let version = 1;
      const { url } = await serve(() => ({ json: { data: rows(version) } }));
      const endpoint = { data_selector: 'data', paginator: 'single_page', path: 'rows' };
      const dltConfig = {
        client: { base_url: url },
        resources: [
          {
            name: 'orders',
            table_name: ORDERS,
            primary_key: 'id',
            write_disposition: 'merge',
            endpoint,
          },
          { name: 'events', write_disposition: 'append', endpoint },
          { name: 'stock', write_disposition: 'replace', endpoint },
        ],
      };
      const address = `postgresql://postgres:x@localhost/postgres?host=${config.host}`;
      const byDlt = async (dataset: string): Promise<void> => {
        const given = [PROGRAM, address, dataset, JSON.stringify(dltConfig)];
        const [code] = (await once(spawn(PYTHON, given, { stdio: 'inherit' }), 'exit')) as [number];
        expect(code).toBe(0);
      };
      const destination = await empty();
      const bySluice = async (dataset: string): Promise<void> => {
        const run = pipeline({ name: 'shop', dataset, destination, compat: 'dlt' });
        await run.run(fromDlt(dltConfig, { name: 'shop' }));
        await run.close();
      };
      for (const turn of turns) {
        await byDlt('alone');
        await (turn === 'd' ? byDlt : bySluice)('turns');
        version += 1;
      }
      await destination.close();
      const columns = (dataset: string): Promise<unknown[][]> =>
        sql(
          `SELECT table_name::text, column_name::text, data_type::text, is_nullable::text FROM information_schema.columns WHERE table_schema = '${dataset}' AND table_name NOT LIKE '\\_sluice%' ORDER BY 1, 2`,
        );
      const alone = await columns('alone');
      expect(await columns('turns')).toEqual(alone);
      for (const table of new Set(alone.map(([name]) => String(name)))) {
        const values = alone
          .filter(([of, name]) => of === table && !/^_dlt_(?!list_idx)/.test(String(name)))
          .map(([, name]) => `coalesce("${String(name)}"::text, 'NULL')`);
        const found = (dataset: string): Promise<unknown[][]> =>
          sql(
            table.startsWith('_dlt_')
              ? `SELECT count(*) FROM ${dataset}."${table}"`
              : `SELECT concat_ws('|', ${values.join(', ')}) AS row FROM ${dataset}."${table}" ORDER BY 1`,
          );
        expect(await found('turns'), table).toEqual(await found('alone'));
      }
    },
    LONG,
  );
});
