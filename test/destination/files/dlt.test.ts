import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { files, pipeline } from 'sluice';

// A Python that has dlt with its extra `filesystem`, and DuckDB.
const PYTHON = process.env['DLT_PYTHON'];
const PROGRAM = fileURLToPath(new URL('read_with_dlt.py', import.meta.url));
const WRITER = fileURLToPath(new URL('write_with_dlt.py', import.meta.url));
if (PYTHON === undefined)
  console.warn('Tests of dlt reading files are skipped: DLT_PYTHON names no Python that has dlt.');

const folder = mkdtempSync(join(tmpdir(), 'sluice-dlt-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(PYTHON !== undefined)('a dataset of files', { timeout: 600_000 }, () => {
  it.each(['parquet', 'jsonl', 'csv'] as const)('in %s is read by dlt', async (format) => {
    const root = join(folder, format);
    const destination = files(root, { format, thread: false });
    const loading = pipeline({ name: 'shop', destination, dataset: 'data' });
    const columns = { bytes: { dataType: 'binary' }, exact: { dataType: 'decimal' } } as const;
    const row = {
      text: 'naïve "☕", ',
      made: '2026-01-02T03:04:05.678901Z',
      bytes: 'AAH/',
      exact: '-12345678901234567890.123456789',
      isOpen: false,
    };
    await loading.run([{ id: 9007199254740993n, ...row, tags: ['a', 'b'] }], {
      table: 'items',
      columns,
    });
    await loading.run([{ id: 2, price: 1.5 }], { table: 'items', columns });
    await loading.run([{ id: 1 }], { table: 'others', writeDisposition: 'replace' });
    await loading.run([{ id: 2 }], { table: 'others', writeDisposition: 'replace' });
    await loading.close();
    const printed = execFileSync(
      PYTHON as string,
      [
        PROGRAM,
        pathToFileURL(root).href,
        join(folder, `${format}-state`),
        'items',
        'items__tags',
        'others',
      ],
      { encoding: 'utf8', env: { ...process.env, RUNTIME__DLTHUB_TELEMETRY: 'false' } },
    );
    expect(JSON.parse(printed)).toEqual({
      schema: 'shop',
      loads: Array.from({ length: 4 }, () => ['shop', 0]),
      tables: {
        items: [
          {
            id: '2',
            text: 'None',
            made: 'None',
            bytes: 'None',
            exact: 'None',
            is_open: 'None',
            price: '1.5',
          },
          {
            id: '9007199254740993',
            text: row.text,
            made: '2026-01-02 03:04:05.678901+00:00',
            bytes: String.raw`b'\x00\x01\xff'`,
            exact: row.exact,
            is_open: 'False',
            price: 'None',
          },
        ],
        items__tags: [{ value: 'a' }, { value: 'b' }],
        others: [{ id: '2' }],
      },
    });
  });

  it.each(['jsonl', 'parquet', 'csv'] as const)(
    'that dlt has begun in %s is gone on with by sluice, by dlt and by sluice, and read by dlt',
    async (format) => {
      const root = join(folder, `turns-${format}`);
      const state = join(folder, `turns-${format}-state`);
      const env = { ...process.env, RUNTIME__DLTHUB_TELEMETRY: 'false' };
      const byDlt = (id: number): void =>
        void execFileSync(
          PYTHON as string,
          [WRITER, pathToFileURL(root).href, state, format, JSON.stringify([{ id, tags: ['d'] }])],
          { env },
        );
      const destination = files(root, { format, thread: false });
      const loading = pipeline({ name: 'shop', destination, dataset: 'data' });
      const bySluice = async (id: number): Promise<void> => {
        await loading.run([{ id, tags: ['s'], late: id }], { table: 'items' });
        const replaced = { table: 'others', writeDisposition: 'replace' } as const;
        await loading.run([{ id, tags: ['s'] }], replaced);
      };
      byDlt(1);
      await bySluice(2);
      byDlt(3);
      await bySluice(4);
      const own = await destination.query(
        'SELECT i.id, late, value FROM data.items i JOIN data.items__tags t ON t._dlt_parent_id = i._dlt_id ORDER BY i.id',
      );
      expect(own).toEqual([
        { id: 1, late: null, value: 'd' },
        { id: 2, late: 2, value: 's' },
        { id: 3, late: null, value: 'd' },
        { id: 4, late: 4, value: 's' },
      ]);
      await loading.close();
      const tables = ['items', 'items__tags', 'others', 'others__tags'];
      const given = [PROGRAM, pathToFileURL(root).href, `${state}-read`, ...tables];
      const printed = execFileSync(PYTHON as string, given, { encoding: 'utf8', env });
      expect(JSON.parse(printed)).toMatchObject({
        tables: {
          items: ['None', '2', 'None', '4'].map((late, i) => ({ id: String(i + 1), late })),
          items__tags: ['d', 'd', 's', 's'].map((value) => ({ value })),
          others: [{ id: '4' }],
          others__tags: [{ value: 's' }],
        },
      });
    },
    120_000,
  );
});
