import { describe, expect, it } from 'vitest';
import { duckdb, pipeline } from 'sluice';

type Rows = readonly { id: number; at: string }[];

/** The ids in a table after two runs. */
async function loadTwice(
  first: Rows,
  second: Rows,
  { compat = 'sluice', ...span }: { compat?: 'sluice' | 'dlt'; endValue?: string } = {},
): Promise<number[]> {
  await using own = pipeline({
    name: 'p',
    destination: duckdb(':memory:'),
    dataset: 'data',
    compat,
  });
  const options = { table: 'items', incremental: { cursorPath: 'at', ...span } };
  await own.run(first, options);
  await own.run(second, options);
  const rows = await own.dataset().query<{ id: number }>('SELECT id FROM items ORDER BY id');
  return rows.map(({ id }) => id);
}

const day = (clock: string): string => `2026-01-05T${clock}`;
const offsets: Rows[] = [
  [
    { id: 1, at: day('10:00:00+05:00') },
    { id: 2, at: day('06:00:00Z') },
  ],
  [
    { id: 3, at: day('12:00:00+07:00') },
    { id: 4, at: day('07:00:00Z') },
    { id: 5, at: day('00:00:00-08:00') },
  ],
];

describe('times that a list writes in several forms', () => {
  it('are compared by their moments, whatever their offsets', async () => {
    expect(await loadTwice(offsets[0] as Rows, offsets[1] as Rows)).toEqual([1, 2, 4, 5]);
  });

  it('are compared by their moments, whatever digits of a second they have', async () => {
    expect(
      await loadTwice(
        [{ id: 1, at: day('10:00:00Z') }],
        [
          { id: 2, at: day('10:00:00.5Z') },
          { id: 3, at: day('09:59:59.999999Z') },
          { id: 4, at: day('10:00:00.5000000001Z') },
          { id: 5, at: day('10:00') },
        ],
      ),
    ).toEqual([1, 2, 4, 5]);
  });

  it('end a run at the moment of endValue', async () => {
    const rows = [
      { id: 1, at: day('11:59:00+02:00') },
      { id: 2, at: day('12:00:00+02:00') },
      { id: 3, at: day('10:00:00.000001Z') },
    ];
    expect(await loadTwice(rows, [], { endValue: day('10:00:00.000Z') })).toEqual([1]);
  });

  it("are texts with compat: 'dlt', as in dlt", async () => {
    expect(await loadTwice(offsets[0] as Rows, offsets[1] as Rows, { compat: 'dlt' })).toEqual([
      1, 2, 3,
    ]);
  });

  it('that are no times of the calendar are texts', async () => {
    expect(
      await loadTwice(
        [{ id: 1, at: '2026-13-45T10:00Z' }],
        [{ id: 2, at: '2026-13-45T09:00:00Z' }],
      ),
    ).toEqual([1]);
  });
});
