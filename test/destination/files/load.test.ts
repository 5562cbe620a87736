import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import {
  duckdb,
  type DuckdbDestination,
  files,
  type FilesConfig,
  type LoadInfo,
  pipeline,
  type RowsConfig,
} from 'sluice';
import { deferred } from '../../support/deferred.js';
import { heldApi } from '../attached/shop.js';

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'sluice-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
let roots = 0;
const newRoot = (): string => join(folder, String((roots += 1)));

/** A destination that is closed when the test ends. */
function open(root: string, options: FilesConfig = {}): DuckdbDestination {
  const destination = files(root, { thread: false, ...options });
  onTestFinished(() => destination.close());
  return destination;
}

function load(
  destination: DuckdbDestination,
  rows: readonly object[],
  { name = 'shop', ...options }: Partial<RowsConfig> & { name?: string } = {},
): Promise<LoadInfo> {
  return pipeline({ name, destination, dataset: 'data' }).run([...rows], {
    table: 'items',
    ...options,
  });
}

const query = (destination: DuckdbDestination, sql: string): Promise<object[]> =>
  destination.dataset('data').query?.(sql) ?? Promise.reject(new Error('no SQL'));
const ids = async (destination: DuckdbDestination): Promise<unknown[]> =>
  (await query(destination, 'SELECT id FROM items ORDER BY id')).map(
    (row) => Object.values(row)[0],
  );
const filesOf = (root: string, table: string): string[] => {
  const path = join(root, 'data', table);
  return existsSync(path) ? readdirSync(path) : [];
};
const turn = (): Promise<void> => new Promise((done) => setImmediate(done));
const manifests = (root: string): string[] =>
  filesOf(root, '_sluice').filter((name) => name.endsWith('.json'));

interface File {
  load: string;
  rows: number;
}

/** Rows that unfinished loads have committed. */
function unfinishedRows(root: string): number {
  const text = readFileSync(
    join(root, 'data', '_sluice', manifests(root).at(-1) as string),
    'utf8',
  );
  const {
    files: live,
    waiting,
    books,
  } = JSON.parse(text) as {
    files: File[];
    waiting: File[];
    books: Record<string, { rows: string[][] }>;
  };
  const loads = new Set(books['_sluice_loads']?.rows.map(([id]) => id));
  return [...live, ...waiting]
    .filter((file) => loads.has(file.load))
    .reduce((sum, file) => sum + file.rows, 0);
}

const errorOf = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('nothing failed'),
    (error: unknown) => error as Error,
  );

it('writes the layout of dlt, whose files say what its tables do', async () => {
  const root = newRoot();
  const { loadId } = await load(open(pathToFileURL(root).href), [{ id: 1, tags: ['a'] }]);
  const own = new RegExp(`^${loadId}\\.s[0-9a-f]{9}\\.parquet$`);
  expect(readdirSync(join(root, 'data'))).toEqual([
    '_dlt_loads',
    '_dlt_pipeline_state',
    '_dlt_version',
    '_sluice',
    'init',
    'items',
    'items__tags',
  ]);
  for (const table of ['items', 'items__tags'])
    expect(filesOf(root, table)).toEqual([expect.stringMatching(own)]);
  expect(filesOf(root, '_dlt_loads')).toEqual([`shop__${loadId}.jsonl`]);
  const text = readFileSync(join(root, 'data', '_dlt_loads', `shop__${loadId}.jsonl`), 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    load_id: loadId,
    schema_name: 'shop',
    status: 0,
    inserted_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/),
  });
  expect(filesOf(root, '_dlt_version')).toEqual([
    expect.stringMatching(/^shop__\d{10}\.\d{6}__[0-9a-f]{64}\.jsonl$/),
  ]);
});

it.each(['parquet', 'jsonl', 'csv'] as const)(
  'holds in %s the rows that a DuckDB file holds, wider and later columns too',
  async (format) => {
    const rows = Array.from({ length: 50 }, (_, id) => ({
      id,
      price: id / 7,
      text: id % 3 === 0 ? null : id % 3 === 1 ? '' : `t ${id} "'\\ \n,\t☕`,
      made: `2026-01-01T00:00:00.${String(id).padStart(6, '0')}+02:00`,
      lines: Array.from({ length: id % 4 }, (__, n) => ({ n, tags: ['a', String(id)] })),
    }));
    const later = [
      { id: 0.5, note: 'new', price: 'dear' },
      { id: 51, note: null },
    ];
    const found = [];
    for (const destination of [open(newRoot(), { format }), duckdb(':memory:')]) {
      onTestFinished(() => destination.close());
      await load(destination, rows, { columns: { text: { dataType: 'text' } } });
      await load(destination, later);
      found.push(
        await Promise.all([
          query(destination, 'SELECT * EXCLUDE (_dlt_id, _dlt_load_id) FROM items ORDER BY id'),
          query(
            destination,
            'SELECT i.id, l.n, t.value FROM items i JOIN items__lines l ON l._dlt_parent_id = i._dlt_id JOIN items__lines__tags t ON t._dlt_parent_id = l._dlt_id ORDER BY i.id, l.n, t._dlt_list_idx',
          ),
        ]),
      );
    }
    expect(found[0]?.map((all) => all.length)).toEqual([52, 146]);
    expect(found[0]).toEqual(found[1]);
  },
);

it('keeps integers apart that no double holds, of earlier loads too', async () => {
  const destination = open(newRoot());
  await load(destination, [{ id: 1, big: 9007199254740993n }]);
  await load(destination, [{ id: 2, big: 0.5 }]);
  expect(await query(destination, 'SELECT big, big__v_double FROM items ORDER BY id')).toEqual([
    { big: 9007199254740993n, big__v_double: null },
    { big: null, big__v_double: 0.5 },
  ]);
});

it('replaces by a manifest without the old files, which are removed then', async () => {
  const root = newRoot();
  const destination = open(root);
  const options = { writeDisposition: 'replace', primaryKey: 'id' } as const;
  await load(destination, [{ id: 1, tags: ['a'] }], options);
  await load(destination, [{ id: 7 }], { table: 'others' });
  await load(destination, [{ id: 2 }, { id: 2, late: true }, { id: 3 }], options);
  expect(await query(destination, 'SELECT id, late FROM items ORDER BY id')).toEqual([
    { id: 2, late: true },
    { id: 3, late: null },
  ]);
  expect(await query(destination, 'SELECT count(*) AS n FROM items__tags')).toEqual([{ n: 0 }]);
  expect(await query(destination, 'SELECT id FROM others')).toEqual([{ id: 7 }]);
  expect([filesOf(root, 'items').length, filesOf(root, 'items__tags').length]).toEqual([1, 0]);
});

it.each(['drop_sources', 'drop_resources', 'drop_data'] as const)(
  'refreshes with %s by a manifest without the tables, whose files are removed then',
  async (refresh) => {
    const root = newRoot();
    const destination = open(root);
    const shop = pipeline({ name: 'shop', destination, dataset: 'data' });
    await shop.run([{ id: 1, tags: ['a'] }], { table: 'items' });
    await load(destination, [{ id: 7 }], { name: 'other', table: 'others' });
    await shop.run([{ id: 2 }], { table: 'items', refresh });
    expect(await query(destination, 'SELECT id FROM items')).toEqual([{ id: 2 }]);
    expect(await query(destination, 'SELECT id FROM others')).toEqual([{ id: 7 }]);
    const tables = await destination.dataset('data').tables();
    expect(tables.includes('items__tags')).toBe(refresh === 'drop_data');
    expect([filesOf(root, 'items').length, filesOf(root, 'items__tags').length]).toEqual([1, 0]);
  },
);

it('goes on where processes were killed that were to append and to replace', async () => {
  const kill = async (writeDisposition: 'append' | 'replace'): Promise<void> => {
    const root = newRoot();
    await load(open(root), [{ id: -1 }]);
    const { url, pages, reached, goOn } = await heldApi(4);
    const argument = JSON.stringify({ url, root, writeDisposition });
    const run = (): ReturnType<typeof spawn> =>
      spawn(process.execPath, [PROGRAM, argument], { stdio: 'inherit' });
    const first = run();
    await reached;
    while (unfinishedRows(root) < 40) await turn();
    first.kill('SIGKILL');
    await once(first, 'exit');
    expect(await ids(open(root))).toHaveLength(writeDisposition === 'append' ? 41 : 1);
    writeFileSync(join(root, 'data', 'items', '1.2.s0123456789.parquet'), 'left');
    writeFileSync(join(root, 'data', 'items', '1.2.s012345678.parquet'), 'left');
    writeFileSync(join(root, 'data', '_dlt_loads', '.0123456789abcdef'), 'left');
    writeFileSync(join(root, 'data', 'items', 'notes.txt'), 'not ours');
    goOn();
    const before = pages.length;
    expect(await once(run(), 'exit')).toEqual([0, null]);
    const all = Array.from({ length: 60 }, (_, i) => i);
    expect(await ids(open(root))).toEqual(writeDisposition === 'append' ? [-1, ...all] : all);
    expect(pages.slice(before)).not.toContain('0');
    expect(await query(open(root), 'SELECT count(*) AS n FROM _dlt_loads')).toEqual([{ n: 2 }]);
    expect(filesOf(root, 'items').filter((name) => name.includes('1.2.s'))).toEqual([
      '1.2.s0123456789.parquet',
    ]);
    expect(filesOf(root, 'items')).toContain('notes.txt');
    for (const table of ['_sluice', '_dlt_loads'])
      expect(filesOf(root, table).filter((name) => name.startsWith('.'))).toEqual([]);
  };
  await Promise.all([kill('append'), kill('replace')]);
});

it('refuses a second load of a dataset, and one that another has overtaken, and says who', async () => {
  const root = newRoot();
  const { promise, resolve } = deferred();
  const first = open(root);
  async function* slow(): AsyncGenerator<object> {
    yield { id: 1 };
    await promise;
    yield { id: 2 };
  }
  const begun = pipeline({ name: 'first', destination: first, dataset: 'data' });
  const running = begun.run(slow, { table: 'items' });
  // One when it begins, and one with its first rows.
  while (manifests(root).length < 2) await turn();
  const who = new RegExp(
    `Dataset data in .* is being loaded right now by pipeline first \\(process ${process.pid} on .*\\)`,
  );
  expect((await errorOf(load(open(root), [{ id: 3 }], { name: 'second' }))).message).toMatch(who);
  // A computer elsewhere cannot be asked whether its process still runs.
  const last = manifests(root).at(-1) as string;
  const path = join(root, 'data', '_sluice', last);
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { writer: { host: string } };
  manifest.writer.host = 'elsewhere';
  writeFileSync(path, JSON.stringify(manifest));
  await load(open(root), [{ id: 3 }], { name: 'second' });
  resolve();
  expect((await errorOf(running)).message).toMatch(
    /Dataset data in .* was loaded by pipeline second \(process \d+ on .*\) meanwhile/,
  );
  // What it had committed stays for the load that goes on.
  expect(await ids(open(root))).toEqual([1, 3]);
});

it('loads a dataset that has the name of a schema of DuckDB', async () => {
  const destination = open(newRoot());
  const loading = pipeline({ name: 'shop', destination, dataset: 'main' });
  for (const id of [1, 2]) await loading.run([{ id }], { table: 'items' });
  expect(await loading.dataset().query('SELECT count(*) AS n FROM items')).toEqual([{ n: 2 }]);
});

it('names ducklake to a load that merges', async () => {
  const failed = load(open(newRoot()), [{ id: 1 }], {
    writeDisposition: 'merge',
    primaryKey: 'id',
  });
  expect((await errorOf(failed)).message).toMatch(
    /writeDisposition merge, and destination files takes append, replace\. .*ducklake/,
  );
});
