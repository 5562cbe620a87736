import { lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batch, tableOf } from 'sluice/operators';
import { flats } from '../support/flat.js';
import { shaper } from '../support/shaper.js';

/** One batch a page. */
function batchesOf(pages: readonly (readonly string[])[]) {
  const shaped = flats(pages, {}).map(shaper());
  return lastValueFrom(of(...shaped).pipe(batch({ rows: 1 }), toArray()));
}
const rowsOf = (table: ReturnType<typeof tableOf>) =>
  table.toArray().map((row) => {
    const { _dlt_id, _dlt_load_id, ...own } = (
      row as { toJSON(): Record<string, unknown> }
    ).toJSON();
    return own;
  });

describe('batches as one Arrow table', () => {
  it('have every column, null where a batch lacks it', async () => {
    const batches = await batchesOf([
      ['{"id":1}'],
      ['{"id":2,"name":"b","isNew":true,"at":"2026-01-02T00:00:00Z","score":0.5}'],
      ['{"id":3,"score":1.5}'],
    ]);
    expect(batches).toHaveLength(3);
    expect(rowsOf(tableOf(batches, 'things'))).toEqual([
      { id: 1n, name: null, is_new: null, at: null, score: null },
      { id: 2n, name: 'b', is_new: true, at: Date.UTC(2026, 0, 2), score: 0.5 },
      { id: 3n, name: null, is_new: null, at: null, score: 1.5 },
    ]);
  });

  it('have integers as doubles where the column was widened later, nulls among them', async () => {
    const batches = await batchesOf([['{"n":1}', '{"n":null}', '{"n":3}'], ['{"n":0.5}']]);
    expect(rowsOf(tableOf(batches, 'things'))).toEqual([
      { n: 1 },
      { n: null },
      { n: 3 },
      { n: 0.5 },
    ]);
  });

  it('are empty where no batch has rows of the table', async () => {
    expect(tableOf(await batchesOf([['{"id":1}']]), 'other').numRows).toBe(0);
    expect(tableOf([], 'things').numRows).toBe(0);
  });
});
