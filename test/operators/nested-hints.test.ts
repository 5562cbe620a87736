import { from, lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import { batch, evolve, flatten, type NestedHints } from 'sluice/operators';
import { flats, pageOf, rowsOf } from '../support/flat.js';
import { land } from '../support/land.js';

/** Columns of the tables after these pages, and the rows of child tables without sluice's own. */
async function tables(
  pages: readonly (readonly string[])[],
  nestedHints: Record<string, NestedHints>,
  more: Partial<FlattenConfig> = {},
): Promise<Record<string, { columns: string[]; rows: object[] }>> {
  const batches = await lastValueFrom(
    from(flats(pages, { nestedHints, ...more })).pipe(evolve(), batch({ rows: 1 }), toArray()),
  );
  return Object.fromEntries(
    Object.entries(land(batches)).map(([name, { columns, rows }]) => [
      name,
      {
        columns: columns.filter((column) => !column.startsWith('_dlt_')),
        rows: rows.map((row) =>
          Object.fromEntries(Object.entries(row).filter(([key]) => !key.startsWith('_dlt_'))),
        ),
      },
    ]),
  );
}

describe('hints of child tables', () => {
  it('type, keep as JSON, exclude and declare columns of the list that they name', async () => {
    const row = '{"items":[{"n":1,"kept":[1,{"a":2}],"gone":3,"parts":[{"n":1}]}],"n":1}';
    const found = await tables([[row]], {
      items: {
        columns: {
          n: { dataType: 'text' },
          kept: { dataType: 'json' },
          gone: { exclude: true },
          later: { dataType: 'bool' },
        },
      },
      items__parts: { columns: { n: { dataType: 'double' } } },
    });
    expect(Object.keys(found)).toEqual(['things', 'things__items', 'things__items__parts']);
    expect(found['things']?.columns).toEqual(['n bigint']);
    expect(found['things__items']?.columns.sort()).toEqual(['kept json', 'later bool', 'n text']);
    expect(found['things__items']?.rows).toEqual([{ n: '1', kept: '[1,{"a":2}]' }]);
    expect(found['things__items__parts']).toEqual({ columns: ['n double'], rows: [{ n: 1 }] });
  });

  it('find their list by raw keys and by what these normalize to', async () => {
    const row = '{"lineItems":[{"n":1}],"deep":{"List":[{"n":1}]}}';
    const text = { columns: { n: { dataType: 'text' } } } as const;
    for (const names of [
      ['lineItems', 'deep__List'],
      ['line_items', 'deep__list'],
    ]) {
      const found = await tables([[row]], Object.fromEntries(names.map((name) => [name, text])));
      expect(found['things__line_items']?.columns).toEqual(['n text']);
      expect(found['things__deep__list']?.columns).toEqual(['n text']);
    }
  });

  it('name the column of scalars `value`, and lists in lists `list`', async () => {
    const found = await tables([['{"tags":[1,2],"grid":[[1],[2]]}']], {
      tags: { columns: { value: { dataType: 'text' } } },
      grid__list: { columns: { value: { dataType: 'double' } } },
    });
    expect(found['things__tags']).toEqual({
      columns: ['value text'],
      rows: [{ value: '1' }, { value: '2' }],
    });
    expect(found['things__grid__list']?.columns).toEqual(['value double']);
  });

  it('give the same tables wherever pages end', async () => {
    const rows = ['{"a":[{"xY":1}]}', '{"a":[{"x_y":2}]}', '{"a":[]}', '{"a":[{"xY":3}]}'];
    const hints = { a: { columns: { x_y: { dataType: 'text' } } } } as const;
    const whole = await tables([rows], hints);
    expect(
      await tables(
        rows.map((row) => [row]),
        hints,
      ),
    ).toEqual(whole);
    expect(whole['things__a']?.columns).toContain('x_y text');
  });

  it('report names that no row of the table has', async () => {
    const unmatched: unknown[] = [];
    const onUnmatchedHints = (...found: unknown[]): void => void unmatched.push(found);
    const text = { dataType: 'text' } as const;
    const nestedHints = {
      a: { columns: { sku: text, skew: text } },
      never: { columns: { x: text } },
    };
    const rows = of(rowsOf(pageOf(['{"a":[{"sku":1}]}'])));
    await lastValueFrom(rows.pipe(flatten({ table: 'things', nestedHints, onUnmatchedHints })));
    expect(unmatched).toEqual([[['a__skew'], expect.arrayContaining(['a__sku'])]]);
  });
});
