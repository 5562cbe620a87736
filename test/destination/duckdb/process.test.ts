import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { duckdb, DuckDBInstance } from 'sluice';
import { loaded } from './load-tools.js';
import { databasePath, numbers } from './tools.js';

const root = pathToFileURL(`${process.cwd()}/`).href;

interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/**
 * Runs a program in a process of its own, with the library, the database's `path` and `batches(n)`,
 * each of 20,000 rows, at hand.
 */
function program(path: string, body: string): Promise<Ended> {
  const source = `
    import { concat, EMPTY, from, lastValueFrom, NEVER, of, tap } from 'rxjs';
    import { dataset, duckdb, load } from 'sluice';
    import { batch, evolve, flatten, fromObjects } from 'sluice/operators';
    const path = ${JSON.stringify(path)};
    const objects = (page) => Array.from({ length: 20_000 }, (_, i) => ({ id: page * 20_000 + i, name: 'row number ' + i }));
    const batches = (pages) => fromObjects(from(Array.from({ length: pages }, (_, page) => objects(page))), { resource: 't' }).pipe(flatten({ table: 't' }), evolve(), batch({ rows: 10_000 }));
    ${body}`;
  return new Promise((resolve, reject) => {
    // The package is imported by its own name, which resolves from its own folder.
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      cwd: new URL(root),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal, output }));
  });
}

async function tables(path: string): Promise<Record<string, unknown>> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(
    "SELECT table_name, estimated_size FROM duckdb_tables() WHERE table_name IN ('t', '_dlt_loads')",
  );
  connection.closeSync();
  instance.closeSync();
  return Object.fromEntries(result.getRowsJS() as [string, bigint][]);
}

describe('a process that makes a destination and loads nothing', () => {
  it.each([
    ['by itself', ''],
    ['by process.exit at once', 'process.exit();'],
    ['by process.exit while the thread starts', 'setTimeout(() => process.exit(), 40);'],
  ])('ends %s without an error', async (_, end) => {
    const path = databasePath();
    const ended = await program(path, `duckdb(path); ${end}`);
    expect(ended).toEqual({ code: 0, signal: null, output: '' });
  });
});

describe.each([
  ['a loader thread', '{}'],
  ['the caller’s thread', '{ thread: false }'],
])('a process that loads in %s', (_, options) => {
  it('ends by itself without close()', async () => {
    const path = databasePath();
    const ended = await program(
      path,
      `console.log((await lastValueFrom(batches(1).pipe(load(duckdb(path, ${options}), { dataset: 'data' })))).tables.t)`,
    );
    expect(ended).toEqual({ code: 0, signal: null, output: '20000\n' });
    expect(await tables(path)).toEqual({ t: 20_000n, _dlt_loads: 1n });
  });

  it.each(['append', 'commit'])(
    'may call process.exit in the middle of its load, after a step of kind %s',
    async (kind) => {
      const path = databasePath();
      const ended = await program(
        path,
        `concat(batches(3), NEVER).pipe(load(duckdb(path, ${options}), { dataset: 'data', commit: { rows: 20_000 } })).subscribe(({ kind }) => { if (kind === '${kind}') process.exit(7) })`,
      );
      expect(ended).toEqual({ code: 7, signal: null, output: '' });
      const { t, _dlt_loads } = await tables(path);
      expect(Number(t ?? 0) % 20_000).toBe(0);
      expect(_dlt_loads).toBe(0n);
    },
  );

  it('may call process.exit while its load begins', async () => {
    const ended = await program(
      databasePath(),
      `batches(1).pipe(load(duckdb(path, ${options}), { dataset: 'data' })).subscribe(); setTimeout(() => process.exit(7), 5)`,
    );
    expect(ended).toEqual({ code: 7, signal: null, output: '' });
  });

  it.each([
    ['ends by itself', '', 0],
    ['may call process.exit', 'process.exit(7);', 7],
  ])('%s while a stream of rows is open', async (_what, exit, code) => {
    const path = databasePath();
    const ended = await program(
      path,
      `await lastValueFrom(batches(1).pipe(load(duckdb(path, ${options}), { dataset: 'data' })));
       const rows = dataset(duckdb(path, ${options}), 'data').table('t').rows()[Symbol.asyncIterator]();
       await rows.next(); ${exit}`,
    );
    expect(ended).toEqual({ code, signal: null, output: '' });
    expect(await tables(path)).toEqual({ t: 20_000n, _dlt_loads: 1n });
  });

  it('may call process.exit in the middle of a long query', async () => {
    const ended = await program(
      databasePath(),
      `const database = duckdb(path, ${options});
       database.query('SELECT count(*) FROM range(100000000000) a, range(1000) b WHERE a.range % 7 = b.range').catch(() => undefined);
       setTimeout(() => process.exit(7), 100);`,
    );
    expect(ended).toEqual({ code: 7, signal: null, output: '' });
  });

  it('leaves its file to other processes between two loads', async () => {
    const path = databasePath();
    const destination = duckdb(path, options === '{}' ? {} : { thread: false });
    await loaded(destination, of(numbers([1])));
    const ended = await program(
      path,
      `await lastValueFrom(batches(1).pipe(load(duckdb(path), { dataset: 'other' }))); console.log('loaded')`,
    );
    expect(ended).toEqual({ code: 0, signal: null, output: 'loaded\n' });
    await loaded(destination, of(numbers([2])));
    expect(await destination.query('SELECT sum(n)::INT AS sum FROM data.t')).toEqual([{ sum: 3 }]);
  });

  it('leaves nothing half written when an uncaught error ends it', async () => {
    const path = databasePath();
    await loaded(duckdb(path), of(numbers([])));
    const ended = await program(
      path,
      `concat(batches(3), NEVER).pipe(load(duckdb(path, ${options}), { dataset: 'data' })).subscribe(() => { throw new Error('the host fell over') })`,
    );
    expect(ended).toMatchObject({ code: 1, signal: null });
    expect(ended.output).toContain('the host fell over');
    expect(await tables(path)).toEqual({ t: 0n, _dlt_loads: 1n });
  });

  it('leaves nothing half written when it is killed', async () => {
    const path = databasePath();
    await loaded(duckdb(path), of(numbers([])));
    const ended = await program(
      path,
      `concat(batches(3), NEVER).pipe(load(duckdb(path, ${options}), { dataset: 'data' })).subscribe(() => process.kill(process.pid, 'SIGKILL'))`,
    );
    expect(ended).toMatchObject({ signal: 'SIGKILL' });
    expect(await tables(path)).toEqual({ t: 0n, _dlt_loads: 1n });
  });
});
