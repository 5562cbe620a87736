import { existsSync, linkSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { borrowFile } from '#src/destination/duckdb/registry.js';
import { ConfigError, duckdb } from 'sluice';
import { databasePath, folder } from './tools.js';

describe('one file is opened once', () => {
  it('under a hard link in another folder', async () => {
    const path = databasePath();
    await duckdb(path).query('SELECT 1');
    const link = join(folder(), 'other.duckdb');
    linkSync(path, link);
    const [one, other] = await Promise.all([borrowFile(path, true), borrowFile(link, false)]);
    expect(other.engine).toBe(one.engine);
    await Promise.all([one.release(), other.release()]);
  });

  it('by all who open it while it is being created', async () => {
    const path = databasePath();
    const link = join(folder(), 'link.duckdb');
    symlinkSync(path, link);
    const all = await Promise.all([path, link, path].map((name) => borrowFile(name, true)));
    expect(new Set(all.map(({ engine }) => engine)).size).toBe(1);
    await Promise.all(all.map((each) => each.release()));
    expect(existsSync(path)).toBe(true);
  });

  it('beside others that are created in its folder at once', async () => {
    const path = databasePath('a.duckdb');
    const other = join(dirname(path), 'b.duckdb');
    const [one, two] = await Promise.all([borrowFile(path, true), borrowFile(other, true)]);
    expect(two.engine).not.toBe(one.engine);
    await Promise.all([one.release(), two.release()]);
  });

  it('and never where links lead in a circle', async () => {
    const path = databasePath();
    symlinkSync(path, `${path}.link`);
    symlinkSync(`${path}.link`, path);
    await expect(duckdb(path).query('SELECT 1')).rejects.toMatchObject({
      code: 'ERR_SLUICE_LOAD',
    });
  });
});

describe('duckdb() refuses', () => {
  it.each(['md:my_db?motherduck_token=s3cret', 'postgres://u:s3cret@host/db', 'S3://bucket/x'])(
    'an address: %s',
    (address) => {
      const refused = (): unknown => duckdb(address);
      expect(refused).toThrow(ConfigError);
      expect(refused).toThrow(/is an address that begins with (md|postgres|S3):\. /);
      expect(refused).not.toThrow(/s3cret/);
    },
  );

  it('a name for a database in memory', () => {
    expect(() => duckdb(':memory:shop')).toThrow(/":memory:shop" is neither/);
  });

  it('neither a Windows drive nor a path with a colon', () => {
    expect(duckdb('C:\\data\\shop.duckdb').location).toBe('duckdb:C:\\data\\shop.duckdb');
    expect(duckdb('./md:shop.duckdb').location).toBe('duckdb:./md:shop.duckdb');
  });
});
