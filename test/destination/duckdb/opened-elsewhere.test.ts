import { spawn } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openToWrite } from '#src/destination/duckdb/open-to-write.js';
import { duckdb, DuckDBInstance, pipeline } from 'sluice';
import { databasePath } from './tools.js';

async function load(path: string, config: object = {}): Promise<Record<string, number>> {
  const loading = pipeline({ name: 'shop', dataset: 'data', destination: duckdb(path, config) });
  try {
    const { tables } = await loading.run([{ id: 1 }], { table: 'orders' });
    return { ...tables };
  } finally {
    await loading.close();
  }
}

/** Opens a database in another process; returns its id and what ends it. */
async function openElsewhere(path: string): Promise<{ pid: number; end: () => void }> {
  const program = `import { DuckDBInstance } from 'sluice'; const open = await DuckDBInstance.create(${JSON.stringify(path)}); console.log('open'); setInterval(() => open, 1e6);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  const end = (): void => void child.kill('SIGKILL');
  onTestFinished(end);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { pid: child.pid ?? 0, end };
}

describe('a file that another process has open', () => {
  it('is an error that names the process', async () => {
    const path = databasePath();
    await load(path);
    const { pid } = await openElsewhere(path);
    await expect(load(path)).rejects.toThrow(
      new RegExp(`is open in another process \\(PID ${pid}, .*lockTimeoutMs`),
    );
  });

  it('is waited for with `lockTimeoutMs`, until a signal aborts', async () => {
    const path = databasePath();
    await load(path);
    const { end } = await openElsewhere(path);
    const stop = new AbortController();
    const destination = duckdb(path, { lockTimeoutMs: Infinity });
    const stopped = pipeline({ name: 'a', dataset: 'a', destination }).run([{ id: 1 }], {
      table: 'orders',
      signal: stop.signal,
    });
    stop.abort();
    await expect(stopped).rejects.toThrow(/abort/i);
    const loading = load(path, { lockTimeoutMs: 60_000 });
    end();
    expect(await loading).toEqual({ orders: 1 });
  });
});

// Linux says which files a process has open.
describe.runIf(process.platform === 'linux')('a file that this process has open', () => {
  it('by an instance of the host is refused under every name, and stays whole', async () => {
    const path = databasePath();
    await load(path);
    const [symbolic, hard] = [`${path}.symbolic`, `${path}.hard`];
    symlinkSync(path, symbolic);
    linkSync(path, hard);
    const instance = await DuckDBInstance.create(path);
    expect(openToWrite(path)).toBe(1);
    for (const name of [path, `${dirname(path)}/./${basename(path)}`, symbolic, hard])
      await expect(load(name)).rejects.toThrow(/open in this process already.*duckdb\(instance\)/);
    await expect(DuckDBInstance.create(path)).rejects.toThrow(/open in this process already/);
    const own = pipeline({ name: 'shop', dataset: 'data', destination: duckdb(instance) });
    await own.run([{ id: 2 }], { table: 'orders' });
    await own.close();
    instance.closeSync();
    expect(openToWrite(path)).toBe(0);
    expect(await duckdb(path).query('SELECT id::INT AS id FROM data.orders ORDER BY 1')).toEqual([
      { id: 1 },
      { id: 2 },
    ]);
  });

  it('is not opened by an instance while a load has it', async () => {
    const path = databasePath();
    const loading = pipeline({ name: 'shop', dataset: 'data', destination: duckdb(path) });
    let refused: unknown;
    await loading.run(
      async function* rows() {
        yield { id: 1 };
        refused = await DuckDBInstance.create(path).catch((error: unknown) => error);
      },
      { table: 'orders' },
    );
    expect(String(refused)).toMatch(/open in this process already/);
    await loading.close();
  });
});

// Nobody may make a file there, root neither.
it.runIf(process.platform === 'linux')('a file that may not be written says so', async () => {
  await expect(load('/sys/test.duckdb')).rejects.toThrow(
    /^\/sys\/test\.duckdb cannot be opened: .*This process may not write there\..* elsewhere\.$/,
  );
});

describe('a file that is no whole database', () => {
  it('is an error that says what to do: another file, cut short', async () => {
    const path = databasePath();
    const other = `${path}.other`;
    writeFileSync(other, 'a,b\n1,2\n');
    await load(path);
    truncateSync(path, statSync(path).size >> 1);
    await expect(load(other)).rejects.toThrow(/Give the path of a DuckDB database/);
    await expect(load(path)).rejects.toThrow(/cut or changed.*Put a copy of it in its place/);
  });

  it.each([
    ['has no bytes', 0],
    ['has the first of its headers', 4_096],
  ])('is made one where it %s, as a process that is killed leaves it', async (_, bytes) => {
    const path = databasePath();
    await DuckDBInstance.create(path).then((instance) => instance.closeSync());
    truncateSync(path, bytes);
    utimesSync(path, 0, 0);
    expect(await duckdb(path).dataset('data').tables()).toEqual([]);
    const notices: string[] = [];
    const loading = pipeline({ name: 'shop', dataset: 'data', destination: duckdb(path) });
    await loading.run([{ id: 1 }], {
      table: 'orders',
      observe: (event) => event.kind === 'notice' && notices.push(event.message),
    });
    await loading.close();
    expect(notices).toEqual(
      bytes === 0
        ? [
            `${path} was an empty file, and a new database has been made in its place. Where it held one before, restore that from a copy.`,
          ]
        : [],
    );
    await load(path);
    expect(await duckdb(path).query('SELECT count(*)::INT AS n FROM data.orders')).toEqual([
      { n: 2 },
    ]);
  });

  it('keeps its permissions where it is made one, and stays where nobody may write it', async () => {
    const [path, readOnly] = [databasePath(), databasePath()];
    for (const [file, mode] of [
      [path, 0o600],
      [readOnly, 0o400],
    ] as const) {
      writeFileSync(file, '', { mode });
      utimesSync(file, 0, 0);
    }
    await load(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(load(readOnly)).rejects.toThrow(/cannot be opened/);
    expect(statSync(readOnly).size).toBe(0);
  });

  it('is waited for where another process may be making it', async () => {
    const [path, made] = [databasePath(), databasePath()];
    await load(made);
    writeFileSync(path, '');
    const loading = load(path);
    copyFileSync(made, path);
    await loading;
    expect(await duckdb(path).query('SELECT count(*)::INT AS n FROM data.orders')).toEqual([
      { n: 2 },
    ]);
  });

  it('is kept where a write-ahead log is beside it', async () => {
    const path = databasePath();
    writeFileSync(path, '');
    writeFileSync(`${path}.wal`, 'x');
    await expect(load(path)).rejects.toThrow(/It is empty: .*Delete it and run again/);
    expect(statSync(path).size).toBe(0);
  });

  it('is not made anew where a write-ahead log of another is there', async () => {
    const path = databasePath();
    writeFileSync(`${path}.wal`, 'x');
    await expect(load(path)).rejects.toThrow(
      /^There is no database .*, but its write-ahead log .*Put the database back .* delete the log/,
    );
    expect(readFileSync(`${path}.wal`, 'utf8')).toBe('x');
    rmSync(`${path}.wal`);
    expect(await load(path)).toEqual({ orders: 1 });
  });
});
