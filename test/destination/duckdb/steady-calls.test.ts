import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { databasePath } from './tools.js';

// What a chunk of rows costs in calls of DuckDB's binding. Its functions cannot be replaced once it
// is loaded, so it is loaded here, before anything else imports it.

const calls: Record<string, number> = {};

/** Counts calls of the functions of a native module. */
function counted(exports: object): object {
  const count = (name: string, call: (...args: unknown[]) => unknown) => {
    return (...args: unknown[]): unknown => {
      calls[name] = (calls[name] ?? 0) + 1;
      return call.apply(exports, args);
    };
  };
  return Object.defineProperties(
    {},
    Object.fromEntries(
      Object.entries(Object.getOwnPropertyDescriptors(exports)).map(([name, about]) => [
        name,
        typeof about.value === 'function' ? { ...about, value: count(name, about.value) } : about,
      ]),
    ),
  );
}

interface NativeModule {
  exports: object;
}
const { extensions } = createRequire(import.meta.url) as unknown as {
  extensions: { '.node': (module: NativeModule, path: string) => void };
};
const load = extensions['.node'];
extensions['.node'] = (module, path) => {
  load(module, path);
  if (path.includes('duckdb')) module.exports = counted(module.exports);
};
const { duckdb, pipeline } = await import('sluice');

/** Rows of a table in one batch: four pages, which are two of DuckDB's chunks. */
const BATCH = 4_000;

/** Makes the row of a number. */
type RowOf = (id: number) => object;

/** No commit but the last. */
const ONE_COMMIT = { rows: Infinity, ms: Infinity };

/** Calls of a load of so many batches. */
async function callsOf(
  batches: number,
  rowOf: RowOf,
  tables: number,
  commit: { rows: number; ms: number } = ONE_COMMIT,
): Promise<Record<string, number>> {
  const rows = tables * BATCH;
  const shop = pipeline({
    name: 'shop',
    destination: duckdb(databasePath(), { thread: false }),
    batch: { rows, firstRows: rows, ms: Infinity },
    commit,
  });
  for (const name of Object.keys(calls)) delete calls[name];
  await shop.run(
    Array.from({ length: batches * BATCH }, (_, id) => rowOf(id)),
    { table: 'orders' },
  );
  return { ...calls };
}

/** Calls that each further batch takes, in a process and a load that have begun. */
async function callsOfBatch(rowOf: RowOf, tables = 1): Promise<Record<string, number>> {
  await callsOf(1, rowOf, tables);
  const [few, many] = [await callsOf(2, rowOf, tables), await callsOf(12, rowOf, tables)];
  return Object.fromEntries(
    Object.entries(many)
      .map(([name, count]) => [name, (count - (few[name] ?? 0)) / 10] as const)
      .filter(([, count]) => count !== 0),
  );
}

/** Calls for a table of a batch, whatever its chunks. */
const OF_TABLE: Record<string, number> = { appender_flush_sync: 1 };

/** Calls for two chunks of a table, which are in the memory of the first chunk of the load. */
const ofTwoChunks = (columns: number, texts: number): Record<string, number> => ({
  data_chunk_reset: 2,
  data_chunk_set_size: 2,
  copy_data_to_vector: 2 * columns,
  // Texts longer than twelve bytes lie in memory of DuckDB's, which says where.
  vector_assign_string_element_len: 2 * texts,
  vector_get_data: 2 * texts,
  append_data_chunk: 2,
});

describe('in a steady load, a batch of two chunks calls DuckDB', () => {
  it('once a column and chunk, and twice more for long texts', async () => {
    // Beside its own columns, a row has the ids of its load and of itself.
    const row = (id: number): object => ({ id, price: id / 2, note: `number ${id} of our orders` });
    expect(await callsOfBatch(row)).toEqual({ ...OF_TABLE, ...ofTwoChunks(5, 2) });
  });

  it('no more for short texts and booleans, and twice more for nulls', async () => {
    const row = (id: number): object => ({ id, code: `n${id}`, sent: id % 3 === 0 ? null : true });
    expect(await callsOfBatch(row)).toEqual({
      ...OF_TABLE,
      ...ofTwoChunks(5, 1),
      vector_ensure_validity_writable: 2,
      copy_data_to_vector_validity: 2,
    });
  });

  it('for a child table as for any other', async () => {
    const row = (id: number): object => ({ id, items: [{ sku: id }] });
    // id, load and row's id; sku, row's id, parent's id and place in the list.
    const tables = [OF_TABLE, ofTwoChunks(3, 1), OF_TABLE, ofTwoChunks(4, 0)];
    expect(await callsOfBatch(row, 2)).toEqual(sums(tables));
  });
});

describe('a load with many commits', () => {
  it('makes its appenders and chunks once: only the garbage collector frees them', async () => {
    const row = (id: number): object => ({ id, items: [{ sku: id }] });
    const madeBy = async (batches: number): Promise<(number | undefined)[]> => {
      const commit = { rows: 1, ms: 1 };
      const { appender_create_ext: appenders, create_data_chunk: chunks } = await callsOf(
        batches,
        row,
        2,
        commit,
      );
      return [appenders, chunks];
    };
    expect(await madeBy(6)).toEqual([2, 2]);
  });
});

/** Counts that are zero are left out. */
function sums(counts: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((each) => Object.entries(each)))
    if (count > 0) total[name] = (total[name] ?? 0) + count;
  return total;
}
