import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { type DuckdbDestination, files, pipeline } from 'sluice';

const folder = mkdtempSync(join(tmpdir(), 'sluice-after-dlt-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LOAD = '1795969929.0834675';
const HASH = 'LZoUygVX3F357rgn3m9vxYArJnGFZu5xhN0/cnmfaH8=';
const id = (name: string): object => ({ name, data_type: 'text', nullable: false });
const SCHEMA = {
  version: 2,
  version_hash: HASH,
  engine_version: 11,
  name: 'shop',
  settings: {},
  normalizers: { names: 'snake_case', json: { module: 'dlt.common.normalizers.json.relational' } },
  previous_hashes: [],
  tables: {
    items: {
      name: 'items',
      resource: 'items',
      write_disposition: 'append',
      columns: {
        id: { name: 'id', data_type: 'bigint', nullable: true },
        bytes: { name: 'bytes', data_type: 'binary', nullable: true },
        exact: { name: 'exact', data_type: 'decimal', nullable: true },
        never: { name: 'never', nullable: true },
        _dlt_load_id: id('_dlt_load_id'),
        _dlt_id: id('_dlt_id'),
      },
    },
  },
};

/** Writes a file as dlt's filesystem destination does. */
function write(root: string, name: string, row: object): void {
  const path = join(root, 'data', name);
  mkdirSync(dirname(path), { recursive: true });
  const text = JSON.stringify(row);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
}

/** A load of dlt, with one row. */
function loadOfDlt(root: string, load: string, row: object): void {
  const own = { _dlt_load_id: load, _dlt_id: `row of ${load}` };
  write(root, `items/${load}.8b2db43187.jsonl.gz`, { ...row, ...own });
  write(root, `_dlt_loads/shop__${load}.jsonl`, {
    load_id: load,
    schema_name: 'shop',
    status: 0,
    inserted_at: '2026-11-29T16:32:09.265078+00:00',
    schema_version_hash: HASH,
  });
}

function dltFolder(root: string): void {
  write(root, 'init', { initial_version: 2, current_version: 2 });
  loadOfDlt(root, LOAD, { id: 9007199254740992, bytes: 'AP8=', exact: '1.25' });
  // One that was not completed.
  write(root, 'items/1795969928.5.0123456789.jsonl.gz', { id: 5 });
  write(root, `_dlt_pipeline_state/shop__${LOAD}__00.jsonl`, {
    version: 1,
    engine_version: 4,
    pipeline_name: 'shop',
    state: deflateSync('{"sources":{}}').toString('base64'),
    created_at: '2026-11-29T16:32:09.341091+00:00',
    version_hash: 'aS==',
    _dlt_load_id: LOAD,
  });
  const hash = Buffer.from(HASH, 'base64').toString('hex');
  write(root, `_dlt_version/shop__1795969929.2455049__${hash}.jsonl`, {
    version_hash: HASH,
    schema_name: 'shop',
    version: 2,
    engine_version: 11,
    inserted_at: '2026-11-29T16:32:09.245678+00:00',
    schema: JSON.stringify(SCHEMA),
  });
}

function open(root: string): DuckdbDestination {
  const destination = files(root, { thread: false });
  onTestFinished(() => destination.close());
  return destination;
}

const ids = async (destination: DuckdbDestination): Promise<unknown[]> => {
  const rows = await destination.query<{ id: unknown }>('SELECT id FROM data.items ORDER BY id');
  return rows.map((row) => row.id);
};
const list = (root: string, name: string): string[] => readdirSync(join(root, 'data', name));

it('goes on in a dataset that dlt has written, after later loads of dlt too', async () => {
  const root = join(folder, 'appended');
  dltFolder(root);
  const destination = open(root);
  const loading = pipeline({ name: 'shop', destination, dataset: 'data' });
  await loading.run([{ id: 1, note: 'new' }], { table: 'items' });
  const first = await destination.query('SELECT bytes, exact, note FROM data.items ORDER BY id');
  expect(first).toMatchObject([{ note: 'new' }, { bytes: expect.anything(), exact: 1.25 }]);
  expect(list(root, '_dlt_version')).toHaveLength(2);
  loadOfDlt(root, '1795969999.5', { id: 2 });
  // Nothing but the number of an integer tells what is not exact as a double.
  await loading.run([{ id: 3 }, { id: 0.5 }], { table: 'items' });
  expect(await ids(destination)).toEqual([1, 2, 3, 9007199254740992n, null]);
  expect(list(root, '_dlt_loads')).toHaveLength(4);
  expect(list(root, '_dlt_version')).toHaveLength(3);
});

it('replaces what dlt has written, and knows what dlt has replaced', async () => {
  const root = join(folder, 'replaced');
  dltFolder(root);
  const destination = open(root);
  const loading = pipeline({ name: 'shop', destination, dataset: 'data' });
  await loading.run([{ id: 1 }], { table: 'items', writeDisposition: 'replace' });
  expect(await ids(destination)).toEqual([1]);
  expect(list(root, 'items')).toHaveLength(2);
  for (const name of list(root, 'items')) rmSync(join(root, 'data', 'items', name));
  loadOfDlt(root, '1795969999.5', { id: 2 });
  write(root, '_dlt_version/shop__1795969999.75__00.jsonl', {
    version_hash: 'AA==',
    schema_name: 'shop',
    version: 9,
    engine_version: 11,
    inserted_at: '2026-11-29T16:33:19.750000+00:00',
    schema: JSON.stringify({ ...SCHEMA, version: 9, version_hash: 'AA==' }),
  });
  await loading.run([{ id: 3 }], { table: 'items' });
  expect(await ids(destination)).toEqual([2, 3]);
});

it('refuses a dataset whose files are in another layout, and names one', async () => {
  const root = join(folder, 'layout');
  dltFolder(root);
  write(root, 'items/2026/11/8b2db43187.jsonl', { id: 6 });
  const run = pipeline({ name: 'shop', destination: open(root), dataset: 'data' }).run(
    [{ id: 1 }],
    { table: 'items' },
  );
  await expect(run).rejects.toThrow(
    /data\/items\/2026\/11\/8b2db43187\.jsonl in .* is in another layout than dlt's own/,
  );
});
