import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { duckdb, ducklake, type DucklakeConfig, type DuckdbDestination, pipeline } from 'sluice';
import { deferred } from '../../support/deferred.js';
import { serve } from '../../support/local-server.js';
import { api, errorOf, heldApi, loading, type Row, shop } from '../attached/shop.js';
import { startBuckets } from '../files/bucket-servers.js';
import { cuttingProxy } from '../postgres/cutting-proxy.js';
import { describePostgres, startPostgres } from '../postgres/server.js';
import { lakesOf } from './lakes.js';

const PROGRAM = fileURLToPath(new URL('../attached/program.mjs', import.meta.url));
const ALL = Array.from({ length: 60 }, (_, i) => i);

const server = await startPostgres('ducklake');
const [bucket] = await startBuckets(['S3']);
const s3 = bucket?.config.s3?.endpoint ?? null;

async function rowsOf(destination: DuckdbDestination, sql: string): Promise<unknown[][]> {
  return (await destination.query<Row>(sql)).map((row) => Object.values(row));
}

describePostgres(
  server,
  (postgres) => {
    const lakes = lakesOf(postgres, s3);

    describe.each(lakes)('with its catalog in $name', ({ make, config }) => {
      it('holds the rows that a DuckDB file holds, nested ones too', async () => {
        const url = await api((id) => ({
          id,
          price: id / 7,
          'Über ☕': id % 3 === 0 ? null : `text ${id} "'\\ \n\t\0`,
          made: `2026-01-01T00:00:00.${String(id).padStart(6, '0')}+02:00`,
          big: `${2n ** 62n + BigInt(id)}`,
          lines: Array.from({ length: id % 4 }, (_, n) => ({ n, tags: ['a', String(id)] })),
        }));
        const columns = { big: { dataType: 'bigint' } };
        const found = [];
        for (const destination of [make(), duckdb(':memory:')]) {
          const run = loading(destination);
          await run.run(shop(url, { columns }));
          found.push(
            await Promise.all(
              [
                'SELECT id, price, _berx, made, big FROM items ORDER BY id',
                'SELECT i.id, l.n, l._dlt_list_idx FROM items i JOIN items__lines l ON l._dlt_parent_id = i._dlt_id ORDER BY i.id, l.n',
                'SELECT i.id, l.n, t.value FROM items i JOIN items__lines l ON l._dlt_parent_id = i._dlt_id JOIN items__lines__tags t ON t._dlt_parent_id = l._dlt_id ORDER BY i.id, l.n, t._dlt_list_idx',
              ].map((text) => run.dataset().query(text)),
            ),
          );
        }
        expect(found[0]?.map((rows) => rows.length)).toEqual([60, 90, 180]);
        expect(found[0]).toEqual(found[1]);
      });

      it('widens integers so that filters on them stay right', async () => {
        const destination = make();
        const { url } = await serve((_, count) => {
          const [n, big] = count === 1 ? ['', ''] : ['.5', '0'.repeat(25)];
          const rows = ALL.map((id) => `{"id": ${id}, "n": ${id}${n}, "big": 1${id}${big}}`);
          return { text: `{"data": [${rows.join(', ')}], "next": null}` };
        });
        for (let loads = 0; loads < 2; loads += 1) await loading(destination).run(shop(url));
        expect(await rowsOf(destination, 'SELECT id FROM data.items WHERE n < 4.5')).toHaveLength(
          9,
        );
        expect(
          await rowsOf(
            destination,
            'SELECT max(big)::VARCHAR, typeof(any_value(big)) FROM data.items',
          ),
        ).toEqual([[`159${'0'.repeat(25)}`, 'DECIMAL(38,0)']]);
      });

      it('writes one file of a table with each commit, and such files can be merged', async () => {
        const destination = make();
        const url = await api((id) => ({ id, lines: [{ n: id }, { n: -id }] }));
        const run = loading(destination, 'shop', { commit: {} });
        const files = async (): Promise<unknown[]> => {
          const rows = await rowsOf(
            destination,
            "SELECT file_count::INT FROM ducklake_table_info('ducklake') WHERE table_name LIKE 'items%' ORDER BY table_name",
          );
          return rows.flat();
        };
        await run.run(shop(url));
        const [items = 0, lines = 0] = (await files()) as number[];
        await run.run(shop(url));
        expect(await files()).toEqual([items + 1, lines + 1]);
        await destination.query("CALL ducklake_merge_adjacent_files('ducklake')");
        expect(await files()).toEqual([1, 1]);
        await run.run(shop(url));
        expect(
          await rowsOf(
            destination,
            'SELECT count(*)::INT, count(DISTINCT id)::INT, (SELECT sum(n)::INT FROM data.items__lines) FROM data.items',
          ),
        ).toEqual([[180, 60, 0]]);
      });

      it('keeps how a table is partitioned and sorted where its rows are replaced', async () => {
        const destination = make();
        const url = await api((id) => ({ id, kind: id % 3 === 0 ? 'a' : 'b' }));
        const run = loading(destination, 'shop', { commit: {} });
        const load = (): Promise<unknown> => run.run(shop(url, { writeDisposition: 'replace' }));
        await load();
        await destination.query('ALTER TABLE data.items SET PARTITIONED BY (kind)');
        await destination.query('ALTER TABLE data.items SET SORTED BY (id DESC)');
        await load();
        const files = await destination.query<{ data_file: string }>(
          "FROM ducklake_list_files('ducklake', 'items', schema => 'data')",
        );
        expect(files.map(({ data_file: path }) => String(/kind=./.exec(path))).sort()).toEqual([
          'kind=a',
          'kind=b',
        ]);
        const [first] = files.filter(({ data_file: path }) => path.includes('kind=a'));
        expect(
          await rowsOf(
            destination,
            `SELECT id::INT FROM read_parquet('${first?.data_file}') LIMIT 3`,
          ),
        ).toEqual([[57], [54], [51]]);
        expect(await rowsOf(destination, 'SELECT count(*)::INT FROM data.items')).toEqual([[60]]);
      });

      it.each(['merge', 'replace'] as const)(
        'takes tables whose columns grew while they were staged: %s',
        async (writeDisposition) => {
          const destination = make();
          const rows = ALL.map((id) => ({ id, code: id < 40 ? id : `c${id}`, lines: [{ id }] }));
          for (let loads = 1; loads <= 2; loads += 1) {
            await using own = pipeline({
              name: 'shop',
              dataset: 'data',
              destination,
              batch: { rows: 10 },
              commit: { rows: 10 },
            });
            await own.run(rows, { table: 'items', writeDisposition, primaryKey: 'id' });
            expect(
              await rowsOf(
                destination,
                `SELECT count(*), count(code), count(code__v_text), (SELECT count(*) FROM data.items__lines)
                 FROM data.items`,
              ),
            ).toEqual([[60, 40, 20, 60]]);
          }
        },
      );

      it('tells a second process who loads a dataset', async () => {
        const own = config();
        const { url, reached } = await heldApi(3);
        const first = spawn(process.execPath, [
          PROGRAM,
          'ducklake',
          JSON.stringify({ url, config: own }),
        ]);
        onTestFinished(() => void first.kill('SIGKILL'));
        await reached;
        const { message } = await errorOf(loading(ducklake(own)).run(shop(url)));
        expect(message).toMatch(new RegExp(`PID ${first.pid}\\b`));
        if (typeof own.catalog !== 'string') return;
        const waiting = loading(ducklake({ ...own, lockTimeoutMs: 60_000 })).run(
          shop(await api((id) => ({ id })), { tableName: 'others' }),
        );
        first.kill('SIGKILL');
        expect((await waiting).tables).toMatchObject({ others: 60 });
      });

      it('goes on where a process was killed', async () => {
        const own = config();
        const { url, pages, reached, goOn } = await heldApi(5);
        const load = (): ReturnType<typeof spawn> =>
          spawn(process.execPath, [PROGRAM, 'ducklake', JSON.stringify({ url, config: own })], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
        const first = load();
        await reached;
        // The program says what it has committed.
        for await (const text of first.stdout ?? []) if (String(text).includes('30')) break;
        first.kill('SIGKILL');
        await once(first, 'exit');
        goOn();
        const before = pages.length;
        const [code] = (await once(load(), 'exit')) as [number];
        expect(code).toBe(0);
        const destination = ducklake(own);
        onTestFinished(() => destination.close());
        expect(await rowsOf(destination, 'SELECT id FROM data.items ORDER BY id')).toEqual(
          ALL.map((id) => [id]),
        );
        expect(await rowsOf(destination, 'SELECT count(*)::INT FROM data._dlt_loads')).toEqual([
          [1],
        ]);
        expect(pages.slice(before)).not.toContain('0');
      });
    });

    const [, inPostgres] = lakes;
    const config = (): DucklakeConfig => inPostgres?.config() as DucklakeConfig;
    const { sql } = postgres;

    it('lets one load of a dataset run at a time, whichever process it is of', async () => {
      const own = config();
      const { promise, resolve } = deferred();
      const asked = deferred();
      const { url } = await serve(async () => {
        asked.resolve();
        await promise;
        return { json: { data: [{ id: 1 }], next: null } };
      });
      const first = loading(ducklake(own), 'first').run(shop(url));
      await asked.promise;
      const other = loading(ducklake(own), 'second');
      expect((await errorOf(other.run(shop(url)))).message).toMatch(
        new RegExp(
          `Dataset data is being loaded right now by PID ${process.pid} on .*, sluice pipeline first, since 20`,
        ),
      );
      resolve();
      await first;
      await other.run(shop(url));
      expect(await other.dataset().query('SELECT count(*)::INT AS n FROM items')).toEqual([
        { n: 2 },
      ]);
    });

    it('commits nothing of a load whose dataset another one has taken over', async () => {
      const own = config();
      const { promise, resolve } = deferred();
      const asked = deferred();
      const { url } = await serve(async ({ query }) => {
        if (query.get('page') === '1') {
          asked.resolve();
          await promise;
        }
        const page = Number(query.get('page') ?? 0);
        return { json: { data: [{ id: page }], next: page === 0 ? 1 : null } };
      });
      const first = errorOf(loading(ducklake(own), 'first').run(shop(url)));
      await asked.promise;
      await sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'PID%'",
      );
      const single = await api((id) => ({ id: 100 + id }), 1);
      const second = loading(ducklake(own), 'second');
      await second.run(shop(single));
      resolve();
      expect(String(await first)).toMatch(
        new RegExp(
          `LoadError: .*Dataset data was taken over by pipeline second \\(PID ${process.pid} on .*, since 20`,
        ),
      );
      expect(
        await second.dataset().query('SELECT id::INT AS id FROM items WHERE id <> 0 ORDER BY id'),
      ).toEqual(Array.from({ length: 10 }, (_, i) => ({ id: 100 + i })));
    });

    /** What a transaction that changes something sends to the catalog. */
    const CHANGES = '.ducklake_snapshot VALUES';
    /** A DuckLake whose catalog is reached by a proxy. */
    async function cutting(isKept: boolean): Promise<{
      destination: DuckdbDestination;
      proxy: Awaited<ReturnType<typeof cuttingProxy>>;
    }> {
      const { catalog, ...own } = config();
      const proxy = await cuttingProxy(postgres.config.host, CHANGES, isKept);
      const through = { host: '127.0.0.1', port: proxy.port, options: { sslmode: 'disable' } };
      return {
        proxy,
        destination: ducklake({ ...own, catalog: { ...(catalog as object), ...through } }),
      };
    }

    it('fails cleanly where the connection to its catalog is lost, and goes on then', async () => {
      const url = await api((id) => ({ id }));
      const { destination, proxy } = await cutting(false);
      const run = loading(destination, 'shop', { batch: { rows: 20 }, commit: { rows: 20 } });
      const stopped = run.stream(shop(url)).forEach(({ kind }) => {
        if (kind === 'commit') proxy.arm();
      });
      expect(String(await errorOf(stopped))).toMatch(
        /LoadError: .*failed: .*server closed the connection.*was rolled back/s,
      );
      expect(proxy.cuts()).toBe(1);
      await run.run(shop(url));
      expect(await run.dataset().query('SELECT id::INT AS id FROM items ORDER BY id')).toEqual(
        ALL.map((id) => ({ id })),
      );
      expect(await run.dataset().query('SELECT count(*)::INT AS n FROM _dlt_loads')).toEqual([
        { n: 1 },
      ]);
    });

    it.each([
      ['is kept', true],
      ['is not kept', false],
    ])('looks whether a commit %s whose connection is lost', async (_, isKept) => {
      const url = await api((id) => ({ id }), 2);
      const { destination, proxy } = await cutting(isKept);
      const run = loading(destination, 'shop', { batch: { rows: 20 }, commit: { rows: 1000 } });
      await run.run(shop(url));
      // The first commit takes the dataset over, the second is the load's.
      proxy.arm(1);
      const outcome = await run.run(shop(url)).then(
        () => 'loaded',
        (error: unknown) => (error as Error).name,
      );
      expect([outcome, proxy.cuts()]).toEqual([isKept ? 'loaded' : 'LoadError', 1]);
      expect(await run.dataset().query('SELECT count(*)::INT AS n FROM items')).toEqual([
        { n: isKept ? 40 : 20 },
      ]);
    });

    it('shows no password', async () => {
      const destination = ducklake({
        catalog: 'postgres://loader:hush%27x@127.0.0.1:1/db?connect_timeout=2',
        dataPath: '/nowhere',
      });
      onTestFinished(() => destination.close());
      expect(destination.location).toBe('ducklake:postgres:127.0.0.1:1/db');
      const { message } = await errorOf(destination.query('SELECT 1'));
      expect(message).toMatch(/ducklake:postgres:127\.0\.0\.1:1\/db cannot be opened: .*refused/s);
      expect(message).not.toContain('hush');
      const own = config();
      const open = ducklake({ ...own, catalog: { ...(own.catalog as object), password: 'hush' } });
      onTestFinished(() => open.close());
      const databases = await open.query('FROM duckdb_databases()');
      expect(JSON.stringify(databases, (_, value: unknown) => String(value))).not.toContain('hush');
      expect(() => ducklake({ catalog: 'mysql://loader:hush@db/x' })).toThrow(
        /^(?!.*hush).*takes the path of a DuckDB file, or an address/,
      );
    });

    it('says what is missing', async () => {
      const own = config();
      const bare = ducklake({ ...own, extensions: postgres.config.host });
      onTestFinished(() => bare.close());
      expect((await errorOf(bare.query('SELECT 1'))).message).toMatch(
        /DuckDB's extension ducklake cannot be loaded\. Install it once: npx sluice extensions install ducklake/,
      );
      const { dataPath, ...placeless } = own;
      const lost = ducklake(placeless);
      onTestFinished(() => lost.close());
      expect((await errorOf(lost.query('SELECT 1'))).message).toMatch(
        /There is no DuckLake in .* yet\. Give `dataPath`/,
      );
      const there = ducklake(own);
      onTestFinished(() => there.close());
      await there.query('SELECT 1');
      const moved = ducklake({ ...own, dataPath: `${dataPath}-moved` });
      onTestFinished(() => moved.close());
      expect((await errorOf(moved.query('SELECT 1'))).message).toMatch(
        /The data of .* is in .*, as its catalog says; leave `dataPath` out/,
      );
      rmSync(String(dataPath), { recursive: true, force: true });
    });
  },
  'ducklake()',
);
