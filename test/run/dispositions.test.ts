import { expect, it } from 'vitest';
import { duckdb, type Pipeline, pipeline, type RowsConfig, type RunEvent } from 'sluice';

const loading = (compat: 'sluice' | 'dlt' = 'sluice'): Pipeline =>
  pipeline({ name: 'p', destination: duckdb(':memory:'), dataset: 'd', compat });

async function notices(
  to: Pipeline,
  rows: Record<string, unknown>[],
  writeDisposition: RowsConfig['writeDisposition'],
): Promise<string[]> {
  const events: RunEvent[] = [];
  await to.run(rows, {
    table: 'trips',
    ...(writeDisposition && { writeDisposition }),
    observe: (event) => events.push(event),
  });
  return events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));
}

it('scd2 keeps fields that are named like its validity columns, and says where', async () => {
  await using to = loading();
  const scd2 = {
    disposition: 'merge',
    strategy: 'scd2',
    validityColumnNames: ['from', 'to'],
  } as const;
  const berlin = { id: 1, from: 'Berlin', to: 'Rome', stops: [{ from: 'Bonn' }] };
  expect((await notices(to, [berlin], scd2)).join('\n')).toMatch(
    /Key `from` of table `trips` .* is kept as `from__\w{6}`/,
  );
  await notices(to, [berlin, { id: 2, from: 'Oslo' }], scd2);
  const rows = await to.dataset().query('SELECT * FROM trips ORDER BY id');
  expect(
    rows.map((row) => [
      row['from'] instanceof Date,
      row['to'],
      ...Object.keys(row)
        .filter((name) => /^(from|to)__/.test(name))
        .toSorted()
        .map((name) => row[name]),
    ]),
  ).toEqual([
    [true, null, 'Berlin', 'Rome'],
    [true, null, 'Oslo', null],
  ]);
  expect(await to.dataset().query('SELECT "from" FROM trips__stops')).toEqual([{ from: 'Bonn' }]);
});

it("scd2 keeps them as variants with compat: 'dlt', as dlt", async () => {
  await using to = loading('dlt');
  await notices(to, [{ id: 1, _dlt_valid_from: 'Berlin' }], {
    disposition: 'merge',
    strategy: 'scd2',
  });
  expect(
    await to.dataset().query('SELECT id, "_dlt_valid_from__v_text" AS beside FROM trips'),
  ).toEqual([{ id: 1, beside: 'Berlin' }]);
});

it('insert-only adds no elements to rows that another disposition loaded', async () => {
  await using to = loading();
  const keyed = { table: 'trips', primaryKey: 'id', writeDisposition: 'merge' } as const;
  const only = {
    ...keyed,
    writeDisposition: { disposition: 'merge', strategy: 'insert-only' },
  } as const;
  await to.run([{ id: 1, stops: [1] }], keyed);
  await to.run(
    [
      { id: 1, stops: [7, 8] },
      { id: 2, stops: [9] },
    ],
    only,
  );
  await to.run([{ id: 2, stops: [9, 10] }], only);
  expect(
    await to
      .dataset()
      .query(
        'SELECT id, list(value ORDER BY value)::VARCHAR AS stops FROM trips__stops s LEFT JOIN trips t ON s._dlt_parent_id = t._dlt_id GROUP BY id ORDER BY id',
      ),
  ).toEqual([
    { id: 1, stops: '[1]' },
    { id: 2, stops: '[9, 10]' },
  ]);
});

it.each([
  [{ disposition: 'append', strategy: 'upsert' }, 'strategy'],
  [{ disposition: 'replace', validityColumnNames: ['a', 'b'] }, 'validityColumnNames'],
] as const)(
  'options of merge beside another disposition are reported: %o',
  async (given, option) => {
    await using to = loading();
    const said = await notices(to, [{ id: 1 }], given);
    expect(said.join('\n')).toContain(`\`${option}\` of table trips does nothing`);
  },
);

it('a disposition without options of merge is loaded without a word', async () => {
  await using to = loading();
  expect(await notices(to, [{ id: 1 }], { disposition: 'replace' })).toEqual([]);
});

it('a state that nobody can read is an error that says where it is', async () => {
  await using to = loading();
  await notices(to, [{ id: 1 }], 'append');
  await to.dataset().query("UPDATE d._dlt_pipeline_state SET state = 'garbage'");
  await expect(notices(to, [{ id: 1 }], 'append')).rejects.toThrow(
    /_dlt_pipeline_state is neither JSON nor what zlib and base64 make of it/,
  );
});
