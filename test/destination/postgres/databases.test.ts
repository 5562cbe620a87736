import { expect, it, onTestFinished } from 'vitest';
import { pipeline, postgres, type PostgresConfig } from 'sluice';
import { errorOf } from '../attached/shop.js';
import { describePostgres, startPostgres } from './server.js';

describePostgres(await startPostgres(), ({ config, sql, empty }) => {
  const load = async (
    rows: readonly object[],
    more: PostgresConfig,
    replaces = false,
  ): Promise<Record<string, unknown>[]> => {
    const destination = postgres({ ...config, ...more, thread: false });
    onTestFinished(() => destination.close());
    const run = pipeline({ name: 'shop', dataset: 'data', destination });
    const writeDisposition = replaces ? 'replace' : 'append';
    await run.run(rows, { table: 'items', writeDisposition });
    return run.dataset().query('SELECT id, note, made FROM items ORDER BY id');
  };

  it('keeps values whatever a database is set to', async () => {
    await sql('CREATE DATABASE settings');
    for (const setting of [
      "datestyle = 'SQL, DMY'",
      "timezone = 'Asia/Kathmandu'",
      'standard_conforming_strings = off',
      'search_path = nowhere',
    ])
      await sql(`ALTER DATABASE settings SET ${setting}`);
    const rows = [{ id: 1, note: `back\\n 'é ☕`, made: '2026-03-29T02:30:00+02:00' }];
    for (const replaces of [false, true])
      expect(await load(rows, { database: 'settings' }, replaces)).toMatchObject([
        { note: `back\\n 'é ☕`, made: new Date('2026-03-29T00:30:00Z') },
      ]);
  });

  it('converts text to the encoding of a database, and refuses what that lacks', async () => {
    await sql(
      "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
    );
    const latin = { database: 'latin' };
    const made = '2026-01-01T00:00:00Z';
    expect(await load([{ id: 1, note: 'é', made }], latin)).toMatchObject([{ note: 'é' }]);
    const held = postgres({ ...config, ...latin, thread: false });
    onTestFinished(() => held.close());
    expect(
      await held.query(
        "FROM postgres_query('latin', 'SELECT octet_length(note) AS bytes FROM data.items')",
      ),
    ).toEqual([{ bytes: 1 }]);
    expect((await errorOf(load([{ id: 2, note: '☕', made }], latin))).message).toMatch(
      /has no equivalent in encoding "LATIN1"/,
    );
  });

  it('says what a role lacks that may make no schemas, and loads into those made for it', async () => {
    await (await empty()).close();
    await sql('CREATE ROLE limited LOGIN');
    const limited = { user: 'limited' };
    const rows = [{ id: 1, note: 'a', made: '2026-01-01T00:00:00Z' }];
    const lacks = (schema: string): RegExp =>
      new RegExp(`permission denied for database.*Make the schema "${schema}" for this role`, 's');
    const { message } = await errorOf(load(rows, limited));
    expect(message).toMatch(lacks('data'));
    expect(message).not.toContain('.wal');
    await sql('CREATE SCHEMA data AUTHORIZATION limited');
    await load(rows, limited);
    expect((await errorOf(load(rows, limited, true))).message).toMatch(
      lacks('data_sluice_staging'),
    );
    await sql('CREATE SCHEMA data_sluice_staging AUTHORIZATION limited');
    expect(await load(rows, limited, true)).toHaveLength(1);
  });
});
