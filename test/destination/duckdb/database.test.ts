import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { of } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { borrowFile, borrowInstance } from '#src/destination/duckdb/registry.js';
import { duckdb, type DuckdbDestination, DuckDBInstance, LoadError } from 'sluice';
import { DuckDBInstance as RawInstance } from 'sluice/duckdb';
import type { LoadStep } from 'sluice/operators';
import { LOAD, loaded as stepsOf, query } from './load-tools.js';
import { count, databasePath, folder, numbers } from './tools.js';

function loaded(destination: DuckdbDestination, dataset = 'data'): Promise<LoadStep[]> {
  return stepsOf(destination, of(numbers([1, 2])), { dataset, pipeline: dataset });
}

async function instanceOf(path: string): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(path);
  onTestFinished(() => instance.closeSync());
  return instance;
}

/** Version in a database file's main header. */
const storageVersion = (path: string): bigint => readFileSync(path).readBigUInt64LE(12);

/** Gives a file's main header another version, with the checksum that belongs to it. */
function setStorageVersion(path: string, version: bigint): void {
  const file = readFileSync(path);
  file.writeBigUInt64LE(version, 12);
  let checksum = 5_381n;
  for (let at = 8; at < 4_096; at += 8)
    checksum ^= BigInt.asUintN(64, file.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  file.writeBigUInt64LE(checksum, 0);
  writeFileSync(path, file);
}

describe('duckdb(path)', () => {
  it('makes files that DuckDB 1.3 reads', async () => {
    const path = databasePath();
    await loaded(duckdb(path));
    expect(storageVersion(path)).toBe(66n);
  });

  it('leaves the storage version of a file that exists', async () => {
    const path = databasePath();
    const instance = await DuckDBInstance.create(path, { storage_compatibility_version: 'v1.2.0' });
    instance.closeSync();
    const before = storageVersion(path);
    await loaded(duckdb(path));
    expect([before, storageVersion(path)]).toEqual([65n, 65n]);
  });

  it('compresses rows in groups of 40,960, beside those that a file has', async () => {
    const path = databasePath();
    const rows = 50_000;
    const load = (): Promise<LoadStep[]> =>
      stepsOf(duckdb(path), of(numbers(count(rows))), { dataset: 'data', pipeline: 'data' });
    const groups = async (): Promise<unknown[]> => {
      const instance = await DuckDBInstance.create(path);
      const found = await query(
        instance,
        `SELECT sum(count) FROM pragma_storage_info('data.t')
         WHERE column_name = 'n' AND segment_type <> 'VALIDITY' GROUP BY row_group_id ORDER BY row_group_id`,
      );
      instance.closeSync();
      return found.map(([size]) => Number(size));
    };
    await load();
    expect(await groups()).toEqual([40_960, rows - 40_960]);
    const instance = await DuckDBInstance.create(path);
    await query(instance, 'INSERT INTO data.t SELECT t.* FROM data.t, range(3)');
    instance.closeSync();
    const before = await groups();
    expect(before).toContain(122_880);
    await load();
    expect(await groups()).toEqual([...before, 40_960, rows - 40_960]);
  });

  it('writes everything into the file before it closes it', async () => {
    const path = databasePath();
    await loaded(duckdb(path));
    // No write-ahead log is needed: the file alone is the database.
    const copy = join(dirname(path), 'copy.duckdb');
    writeFileSync(copy, readFileSync(path));
    expect(await query(await instanceOf(copy), 'SELECT n FROM data.t')).toEqual([[1n], [2n]]);
  });

  it.each([
    ['with the folder', []],
    ['and nothing else', ['notes.txt']],
  ])(
    'removes what a process that was killed left in its temporary folder, %s',
    async (_, others) => {
      const path = databasePath();
      const temporary = `${path}.tmp`;
      mkdirSync(temporary);
      const spilled = ['duckdb_temp_storage_DEFAULT-0.tmp', 'duckdb_temp_block-7.block'];
      for (const name of [...spilled, ...others]) writeFileSync(join(temporary, name), 'x');
      await loaded(duckdb(path));
      expect(existsSync(temporary) ? readdirSync(temporary) : []).toEqual(others);
      expect(existsSync(temporary)).toBe(others.length > 0);
    },
  );

  it('is closed for the host’s own instance once close() has resolved, and may be used again', async () => {
    const path = databasePath();
    const destination = duckdb(path);
    await Promise.all([loaded(destination, 'a'), loaded(destination, 'b')]);
    await destination.close();
    await destination.close();
    const instance = await DuckDBInstance.create(path);
    await query(instance, 'CREATE TABLE data_of_the_host AS SELECT 42 AS answer');
    instance.closeSync();
    expect(await destination.query('SELECT answer FROM data_of_the_host')).toEqual([
      { answer: 42 },
    ]);
  });

  it('may be named as databases in memory are, and is loaded again', async () => {
    const path = databasePath('memory.duckdb');
    for (const each of [1, 2]) {
      await loaded(duckdb(path));
      const [{ sum } = {}] = await duckdb(path).query<{ sum: number }>(
        'SELECT sum(n)::INT AS sum FROM memory.data.t',
      );
      expect(sum).toBe(each * 3);
    }
  });

  it.each(['temp', 'TEMP', 'System', 'main', 'information_schema', 'pg_catalog'])(
    'may be named as what is DuckDB’s own: %s',
    async (name) => {
      const destination = duckdb(databasePath(`${name}.duckdb`));
      for (const each of [1, 2]) {
        await loaded(destination);
        const [{ sum } = {}] = await destination.query('SELECT sum(n)::INT AS sum FROM data.t');
        expect(sum).toBe(each * 3);
      }
    },
  );

  it.each([true, false])(
    'keeps nothing that a query has set or attached (thread: %s)',
    async (thread) => {
      const path = databasePath();
      const other = databasePath('other.duckdb');
      const destination = duckdb(path, { thread });
      const state =
        "SELECT current_setting('threads') AS threads, (SELECT list(database_name) FROM duckdb_databases() WHERE NOT internal) AS names";
      const before = await destination.query(state);
      await destination.query(`ATTACH '${other}'; SET threads = 17`);
      expect(await destination.query(state)).toEqual(before);
      await loaded(duckdb(other, { thread }));
    },
  );

  it.each([true, false])('opens two files at once (thread: %s)', async (thread) => {
    const names = ['one.duckdb', 'two.duckdb'];
    const files = names.map((name) => duckdb(databasePath(name), { thread }));
    // The instance that the first file leaves is there for one of them.
    await loaded(duckdb(databasePath(), { thread }));
    await Promise.all(files.map((file) => loaded(file)));
    const found = await Promise.all(
      files.map((file) =>
        file.query(
          'SELECT current_database() AS name, sum(n)::INT AS sum FROM data.t GROUP BY ALL',
        ),
      ),
    );
    expect(found.flat()).toEqual([
      { name: 'one', sum: 3 },
      { name: 'two', sum: 3 },
    ]);
  });

  it('opens a file once under all its names', async () => {
    const path = databasePath();
    const link = join(dirname(path), 'link.duckdb');
    await duckdb(path).query('SELECT 1');
    symlinkSync(path, link);
    const one = await borrowFile(path, true);
    const other = await borrowFile(link, false);
    expect(other.engine).toBe(one.engine);
    await Promise.all([one.release(), other.release(), other.release()]);
  });

  it('waits in close() until nothing uses the file', async () => {
    const path = databasePath();
    const destination = duckdb(path, { thread: false });
    const session = await destination.begin(LOAD);
    let isClosed = false;
    const closing = destination.close().then(() => (isClosed = true));
    await destination.query('SELECT 1');
    expect(isClosed).toBe(false);
    await session.abort();
    await closing;
    expect(isClosed).toBe(true);
  });

  it.each([true, false])(
    'opens a file again only when it is closed (thread: %s)',
    async (thread) => {
      const path = databasePath();
      const first = await borrowFile(path, thread);
      const close = first.engine.close.bind(first.engine);
      let goOn = (): void => undefined;
      const held = new Promise<void>((resolve) => (goOn = resolve));
      Object.assign(first.engine, { close: () => held.then(close) });
      const closing = first.release();
      let isOpen = false;
      const opening = borrowFile(path, thread).finally(() => (isOpen = true));
      await duckdb(databasePath(), { thread }).query('SELECT 1'); // long enough to open a file
      expect(isOpen).toBe(false);
      goOn();
      await closing;
      const second = await opening;
      expect(second.engine).not.toBe(first.engine);
      await second.release();
    },
  );

  it('reads the schemas of a dataset', async () => {
    const destination = duckdb(databasePath());
    expect(await destination.dataset('data').schema()).toEqual({});
    await loaded(destination);
    const schema = await destination.dataset('data').schema();
    expect(Object.keys(schema)).toEqual(['t']);
    expect(schema['t']?.columns.map(({ name, dataType }) => [name, dataType])).toEqual([
      ['n', 'bigint'],
      ['_dlt_id', 'text'],
      ['_dlt_load_id', 'text'],
    ]);
  });

  it.each([true, false])(
    'rejects with a LoadError where DuckDB refuses a query (thread: %s)',
    async (thread) => {
      const refused = await duckdb(databasePath(), { thread })
        .query('SELECT * FROM nope')
        .catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(LoadError);
      expect(refused).toMatchObject({
        code: 'ERR_SLUICE_LOAD',
        message: expect.stringMatching(/^The query failed: .*nope does not exist/) as string,
        cause: expect.any(Error) as Error,
      });
    },
  );

  it.each([true, false])('refuses a folder and an empty path (thread: %s)', async (thread) => {
    const path = folder();
    const refused = (database: string): Promise<unknown> =>
      duckdb(database, { thread })
        .query('SELECT 1')
        .catch((error: unknown) => error);
    expect(await refused(path)).toMatchObject({
      code: 'ERR_SLUICE_LOAD',
      message: `${path} is a folder, and a database is a file. Give a path such as ${join(path, 'shop.duckdb')}.`,
    });
    expect(() => duckdb('', { thread })).toThrow(
      'duckdb() takes the path of a file, ":memory:" or a DuckDBInstance; found the text "".',
    );
  });

  it.each([true, false])(
    'says that a newer DuckDB made the file, and how to convert it (thread: %s)',
    async (thread) => {
      const path = databasePath();
      (await DuckDBInstance.create(path)).closeSync();
      setStorageVersion(path, 70n);
      const opening = duckdb(path, { thread }).query('SELECT 1');
      await expect(opening).rejects.toBeInstanceOf(LoadError);
      await expect(opening).rejects.toThrow(
        /made by a newer DuckDB \(storage version 70, DuckDB 2\.0 or later\).*COPY FROM DATABASE/,
      );
    },
  );

  it('recovers when a file that could not be opened is gone', async () => {
    const path = databasePath();
    writeFileSync(path, 'this is no database, but it is long enough to be looked at'.repeat(100));
    const destination = duckdb(path);
    await expect(destination.query('SELECT 1')).rejects.toMatchObject({
      code: 'ERR_SLUICE_LOAD',
      message: expect.stringContaining(`${path} cannot be opened`) as string,
    });
    rmSync(path);
    expect(await destination.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('names the folder that is missing', async () => {
    await expect(
      duckdb(join(databasePath(), 'no', 'such.duckdb')).query('SELECT 1'),
    ).rejects.toThrow(/folder of database .*such\.duckdb does not exist/);
  });
});

describe('duckdb(":memory:")', () => {
  it('lives until close()', async () => {
    const destination = duckdb(':memory:');
    await loaded(destination);
    expect(await destination.query('SELECT sum(n) AS sum FROM data.t')).toEqual([{ sum: 3 }]);
    await destination.close();
    await expect(destination.query('SELECT * FROM data.t')).rejects.toThrow(/does not exist/);
    await destination.close();
  });
});

describe('duckdb(instance)', () => {
  it('loads into an instance of the host’s and leaves it open', async () => {
    const instance = await instanceOf(databasePath());
    const destination = duckdb(instance);
    await Promise.all([loaded(destination, 'a'), loaded(duckdb(instance), 'b')]);
    await destination.close();
    expect(await query(instance, 'SELECT sum(n) FROM (FROM a.t UNION ALL FROM b.t)')).toEqual([
      [6n],
    ]);
  });

  it('accepts an instance in memory', async () => {
    const instance = await instanceOf(':memory:');
    await loaded(duckdb(instance));
    expect(await query(instance, 'SELECT count(*) FROM data.t')).toEqual([[2n]]);
  });

  it('does not change the host’s session settings', async () => {
    const instance = await instanceOf(':memory:');
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'Asia/Tokyo'");
    await loaded(duckdb(instance));
    expect(
      (await connection.runAndReadAll("SELECT current_setting('TimeZone')")).getRowsJS(),
    ).toEqual([['Asia/Tokyo']]);
    connection.closeSync();
  });

  it('shares the instance with loads that name its file in the meantime', async () => {
    const path = databasePath();
    const instance = await instanceOf(path);
    const mine = await borrowInstance(instance);
    const theirs = await borrowFile(path, true);
    expect(theirs.engine).toBe(mine.engine);
    await Promise.all([mine.release(), theirs.release()]);
    expect(await query(instance, 'SELECT 1')).toEqual([[1]]);
  });

  it('refuses an instance on a file that is in use by its path', async () => {
    const path = databasePath();
    const byPath = await borrowFile(path, false);
    onTestFinished(() => byPath.release());
    // DuckDB's own class looks at nothing.
    const instance = await RawInstance.create(path);
    onTestFinished(() => instance.closeSync());
    await expect(loaded(duckdb(instance))).rejects.toThrow(/is open in this process twice/);
  });

  it('refuses an instance that its owner has closed', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    instance.closeSync();
    await expect(loaded(duckdb(instance))).rejects.toMatchObject({
      code: 'ERR_SLUICE_LOAD',
      message: expect.stringContaining('Hand in one that is open') as string,
    });
  });

  it('refuses an instance of another copy of the binding', async () => {
    const foreign = Object.create({ connect: () => undefined }) as DuckDBInstance;
    await expect(loaded(duckdb(foreign))).rejects.toMatchObject({
      code: 'ERR_SLUICE_LOAD',
      message: expect.stringMatching(
        /another copy of @duckdb\/node-api.*Import DuckDBInstance from "sluice\/duckdb"/,
      ) as string,
    });
  });
});
