import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { duckdb, pipeline, restSource } from 'sluice';
import { deferred } from '../../support/deferred.js';
import { serve } from '../../support/local-server.js';
import { api, errorOf, heldApi, loading, type Row, shop } from '../attached/shop.js';
import { cuttingProxy } from './cutting-proxy.js';
import { describePostgres, startPostgres } from './server.js';

/** Ends the connections of all others. */
const DISCONNECT =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";

const PROGRAM = fileURLToPath(new URL('../attached/program.mjs', import.meta.url));

describePostgres(await startPostgres(), ({ empty, sql, config }) => {
  const ids = async (): Promise<number[]> =>
    (await sql('SELECT id FROM data.items ORDER BY id')).map(([id]) => Number(id));
  const ALL = Array.from({ length: 60 }, (_, i) => i);

  it('holds the rows that a DuckDB file holds, nested ones too', async () => {
    const url = await api((id) => ({
      id,
      price: id / 7,
      'Über ☕': id % 3 === 0 ? null : `text ${id} "'\\ \n\t`,
      made: `2026-01-01T00:00:00.${String(id).padStart(6, '0')}+02:00`,
      big: `${2n ** 62n + BigInt(id)}`,
      lines: Array.from({ length: id % 4 }, (_, n) => ({ n, tags: ['a', String(id)] })),
    }));
    const columns = { big: { dataType: 'bigint' } };
    const found = [];
    for (const destination of [await empty(), duckdb(':memory:')]) {
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

  it('names the column and row of a NUL character, or leaves it out', async () => {
    const text = await api((id) => ({ id, note: id === 3 ? 'a\0b' : 'fine' }), 1);
    const columns = { note: { dataType: 'json' } };
    const json = await api((id) => ({ id, note: { [id === 3 ? 'a\0' : 'k']: '\\u0000' } }), 1);
    const failed = loading(await empty());
    expect((await errorOf(failed.run(shop(text)))).message).toMatch(
      /Resource items, page 1: column items\.note has a NUL character in its text in row 4 of 10.*nul: 'strip'/,
    );
    expect((await errorOf(failed.run(shop(json, { columns })))).message).toMatch(
      /Resource items, page 1: column items\.note has `\\u0000` in its JSON in row 4 of 10/,
    );
    await loading(await empty({ nul: 'strip' })).run(shop(text));
    expect(await sql('SELECT note FROM data.items WHERE id IN (2, 3) ORDER BY id')).toEqual([
      ['fine'],
      ['ab'],
    ]);
    await loading(await empty({ nul: 'strip' })).run(shop(json, { columns }));
    expect(await sql('SELECT note FROM data.items WHERE id IN (2, 3) ORDER BY id')).toEqual([
      ['{"k": "\\\\u0000"}'],
      ['{"a": "\\\\u0000"}'],
    ]);
  });

  it('names the row of a number that is too long, and of what the server refuses', async () => {
    const of = async (value: string): Promise<string> => {
      const { url } = await serve(() => ({
        text: `{"data":[{"id":1,"v":18446744073709551616},{"id":2,"v":${value}}],"next":null}`,
      }));
      return url;
    };
    const run = loading(await empty());
    expect((await errorOf(run.run(shop(await of(`1${'0'.repeat(38)}`))))).message).toMatch(
      /^Resource items, page 1: column items\.v has an integer of 39 digits in row 2 of 2, and Postgres stores none\. Declare/,
    );
    const columns = { v: { dataType: 'json' } };
    const json = shop(await of('{"n":1e200000}'), { columns, tableName: 'kept' });
    expect((await errorOf(run.run(json))).message).toMatch(
      /^Resource items, page 1: Postgres refuses the value of column kept\.v in row 2 of 2: value overflows numeric format\. Remove/,
    );
  });

  it('shortens long names alike in every run, and keeps apart those that fall together', async () => {
    const long = 'ordersOfAllTheShopsThatWeHaveInTheCountryAndItsNeighbours';
    const list = 'positionsOfTheOrderAsTheyWereWhenItWasSent';
    const url = await api(
      (id) => ({
        id,
        [`${long}AndMore`]: id,
        [`${long}Andmore`]: 'other',
        [`${long} Größe 日本語`]: id,
        [list]: [{ id, [list]: [{ id, [list]: [id] }], [`${list} `]: [1] }],
      }),
      1,
    );
    const run = loading(await empty());
    const load = (more: Row): Promise<unknown> =>
      run.run(shop(url, { tableName: long, ...more }), { resume: false });
    const namesThere = async (): Promise<unknown[][]> =>
      sql(
        "SELECT relname::text, attname::text FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'data' AND relname LIKE 'orders%' AND attnum > 0 ORDER BY 1, 2",
      );
    await load({});
    const names = await namesThere();
    const tables = [...new Set(names.map(([table]) => String(table)))];
    expect(tables).toHaveLength(5);
    expect(names.filter(([, column]) => String(column).startsWith('orders'))).toHaveLength(3);
    expect(names.flat().every((name) => Buffer.byteLength(String(name)) <= 63)).toBe(true);
    const counts = async (): Promise<unknown[]> =>
      Promise.all(
        tables.map(async (table) => (await sql(`SELECT count(*) FROM data."${table}"`))[0]?.[0]),
      );
    const merge = { writeDisposition: 'merge', primaryKey: 'id' };
    for (const [more, rows] of [
      [{}, '20'],
      [{ writeDisposition: 'replace' }, '10'],
      [merge, '10'],
      [merge, '10'],
    ] as const) {
      await load(more);
      expect(await counts()).toEqual(tables.map(() => rows));
    }
    expect((await namesThere()).filter(([, name]) => name !== '_dlt_root_id')).toEqual(names);
  });

  it('keeps the later of two rows of a list that moved, wherever Postgres puts them', async () => {
    const note = 'x'.repeat(500);
    let isStopped = true;
    let first = 0;
    const { url } = await serve(({ query }) => {
      const page = Number(query.get('page') ?? 0);
      if (page === 3 && isStopped) return { status: 500 };
      const data = Array.from({ length: 10 }, (_, i) => ({
        id: page * 10 + i - first,
        isLate: !isStopped,
        note,
      }));
      return { json: { data: page < 6 ? data : [] } };
    });
    const paginator = { type: 'pageNumber', stopAfterEmptyPage: true };
    const source = (): ReturnType<typeof shop> =>
      restSource({
        name: 'shop',
        client: { baseUrl: url, retry: { attempts: 1 } },
        resources: [
          {
            name: 'items',
            primaryKey: 'id',
            endpoint: { path: 'items', dataSelector: 'data', paginator },
          },
        ],
      } as never);
    const run = loading(await empty());
    isStopped = false;
    await run.run(source());
    await sql('DELETE FROM data.items');
    isStopped = true;
    await expect(run.run(source())).rejects.toThrow('500');
    // Makes room for the rows to come before those that are there.
    await sql('VACUUM data.items');
    isStopped = false;
    first = 5;
    await run.run(source());
    expect(
      await sql(
        'SELECT is_late, count(*) AS n, count(DISTINCT id) AS ids FROM data.items GROUP BY 1 ORDER BY 1',
      ),
    ).toEqual([
      [false, '15', '15'],
      [true, '40', '40'],
    ]);
  });

  it('keeps a table that others have rights on, and loads into one with defaults', async () => {
    const url = await api((id) => ({ id }), 1);
    const run = loading(await empty());
    await run.run(shop(url, { writeDisposition: 'replace' }));
    await sql(
      "GRANT SELECT ON data.items TO public; CREATE VIEW data.some AS SELECT id FROM data.items; ALTER TABLE data.items ADD COLUMN word text DEFAULT 'mine', ADD COLUMN twice bigint GENERATED ALWAYS AS (id * 2) STORED",
    );
    await run.run(shop(url, { writeDisposition: 'replace' }));
    expect(await sql('SELECT count(*) FROM data.some')).toEqual([['10']]);
    await run.run(shop(url));
    expect(
      await sql(
        'SELECT id, word, twice, count(*) AS n FROM data.items WHERE id = 3 GROUP BY 1, 2, 3',
      ),
    ).toEqual([['3', 'mine', '6', '2']]);
  });

  it('lets one load of a dataset run at a time, whichever process it is of', async () => {
    const { promise, resolve } = deferred();
    const { url } = await serve(async () => {
      await promise;
      return { json: { data: [{ id: 1 }], next: null } };
    });
    const first = loading(await empty(), 'first').run(shop(url));
    const other = loading((await import('sluice')).postgres(config), 'second');
    for (;;) {
      const [[locks] = []] = await sql(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted",
      );
      if (locks === '1') break;
    }
    expect((await errorOf(other.run(shop(url)))).message).toMatch(
      new RegExp(
        `Dataset data is being loaded right now by PID ${process.pid} on .*, sluice pipeline first, since 20.* \\(process \\d+ of the server\\)`,
      ),
    );
    resolve();
    await first;
    await other.run(shop(url));
    expect(await sql('SELECT count(*) FROM data.items')).toEqual([['2']]);
  });

  const load = (url: string): ReturnType<typeof spawn> =>
    spawn(process.execPath, [PROGRAM, 'postgres', JSON.stringify({ url, config })], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  /** Resolves when so many rows are there. */
  async function committed(count: number): Promise<void> {
    for (;;) {
      const [[rows] = []] = await sql('SELECT count(*) FROM data.items').catch(() => [['0']]);
      if (Number(rows) >= count) break;
    }
  }

  it('goes on where a process was killed', async () => {
    await (await empty()).close();
    const { url, pages, reached, goOn } = await heldApi(4);
    const first = load(url);
    await reached;
    await committed(30);
    first.kill('SIGKILL');
    await once(first, 'exit');
    goOn();
    const before = pages.length;
    const [code] = (await once(load(url), 'exit')) as [number];
    expect(code).toBe(0);
    expect(await ids()).toEqual(ALL);
    expect(await sql('SELECT count(*) FROM data._dlt_loads')).toEqual([['1']]);
    expect(pages.slice(before)).not.toContain('0');
  });

  it('lets a process exit that waits for a page when its connections are lost', async () => {
    await (await empty()).close();
    const { url, reached } = await heldApi(4);
    const loads = load(url);
    await reached;
    await committed(30);
    await sql(DISCONNECT);
    loads.kill('SIGUSR2');
    expect(await once(loads, 'exit')).toEqual([3, null]);
  });

  it('fails cleanly where the connection is lost, and goes on then', async () => {
    let cut = true;
    const { url } = await serve(async ({ query }) => {
      const page = Number(query.get('page') ?? 0);
      if (page === 4 && cut) {
        cut = false;
        await sql(DISCONNECT);
      }
      const data = Array.from({ length: 10 }, (_, i) => ({ id: page * 10 + i }));
      return { json: { data, next: page < 5 ? page + 1 : null } };
    });
    const run = loading(await empty());
    expect(String(await errorOf(run.run(shop(url))))).toMatch(/LoadError: .*(?:lost|closed)/s);
    await run.run(shop(url));
    expect(await ids()).toEqual(ALL);
    expect(await sql('SELECT count(*) FROM data._dlt_loads')).toEqual([['1']]);
  });

  it.each([
    ['is kept', true],
    ['is not kept', false],
  ])('looks whether a commit %s whose connection is lost', async (_, isKept) => {
    const url = await api((id) => ({ id }), 1);
    await (await empty()).close();
    const proxy = await cuttingProxy(config.host, '_dlt_loads" (load_id', isKept);
    const { postgres } = await import('sluice');
    const run = pipeline({
      name: 'shop',
      destination: postgres({
        ...config,
        host: '127.0.0.1',
        port: proxy.port,
        options: { sslmode: 'disable' },
      }),
      dataset: 'data',
    });
    onTestFinished(() => run.close());
    await run.run(shop(url));
    proxy.arm();
    const outcome = await run.run(shop(url)).then(
      () => 'loaded',
      () => 'failed',
    );
    expect([outcome, proxy.cuts()]).toEqual([isKept ? 'loaded' : 'failed', 1]);
    expect(await sql('SELECT count(*) FROM data.items')).toEqual([[isKept ? '20' : '10']]);
  });

  it('shows no password', async () => {
    const { postgres } = await import('sluice');
    const destination = postgres(`postgres://loader:hush%27x@127.0.0.1:1/db?connect_timeout=2`);
    onTestFinished(() => destination.close());
    expect(destination.location).toBe('postgres:127.0.0.1:1/db');
    const { message } = await errorOf(destination.query('SELECT 1'));
    expect(message).toMatch(
      /The Postgres database postgres:127\.0\.0\.1:1\/db cannot be opened: .*refused/s,
    );
    expect(message).not.toContain('hush');
    const open = await empty({ password: 'hush' });
    onTestFinished(() => open.close());
    expect(
      JSON.stringify(await open.query('FROM duckdb_databases()'), (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    ).not.toContain('hush');
    expect(() => postgres('mysql://loader:hush@db/x')).toThrow(/^(?!.*hush).*takes an address/);
  });

  it('names the command that installs a missing extension', async () => {
    const destination = await empty({ extensions: config.host });
    onTestFinished(() => destination.close());
    expect((await errorOf(destination.query('SELECT 1'))).message).toMatch(
      /DuckDB's extension postgres cannot be loaded\. Install it once: npx sluice extensions install postgres/,
    );
  });
});
