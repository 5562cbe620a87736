import { expect, it } from 'vitest';
import {
  duckdb,
  pipeline,
  type RestConfig,
  type RestResource,
  restSource,
  type RunEvent,
} from 'sluice';
import { serve } from '../support/local-server.js';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();

async function notices(
  rows: unknown[],
  part: Partial<RestConfig>,
  columns: RestResource['columns'],
  nestedHints?: RestResource['nestedHints'],
): Promise<string[]> {
  const server = await serve(() => ({ json: rows }));
  const events: RunEvent[] = [];
  await using loading = pipeline({
    name: 'p',
    destination: duckdb(folder.path('t.duckdb')),
    dataset: 'data',
  });
  await loading.run(
    restSource<RestConfig>({
      client: { baseUrl: server.url },
      ...part,
      resources: [
        {
          name: 'x',
          endpoint: { dataSelector: '@', paginator: 'single' },
          ...(columns && { columns }),
          ...(nestedHints && { nestedHints }),
        },
      ],
    }),
    { observe: (event) => events.push(event) },
  );
  return events.flatMap((event) => (event.kind === 'notice' ? [event.message] : []));
}

it('a hint about no key of any row is reported with the nearest key', async () => {
  const rows = [{ id: 1, updatedAt: '2024-01-01', meta: { a: 1 } }];
  expect(
    await notices(rows, {}, { updated_a: { dataType: 'text' }, zip: { exclude: true } }),
  ).toEqual([
    '`columns` has a hint for `updated_a`, and no row has such a key. Did you mean `updatedAt`? Keys: `id`, `updatedAt`, `meta`, `meta__a`.',
    '`columns` has a hint for `zip`, and no row has such a key. Keys: `id`, `updatedAt`, `meta`, `meta__a`.',
  ]);
});

it('a hint that joins nested keys by a dot is reported with the key', async () => {
  const [message] = await notices([{ meta: { a: 1 } }], {}, { 'meta.a': { exclude: true } });
  expect(message).toBe(
    '`columns` has a hint for `meta.a`, and no row has such a key. Did you mean `meta__a`? Keys: `meta`, `meta__a`.',
  );
});

it.each<[string, unknown[], Partial<RestConfig>, RestResource['columns']]>([
  ['a raw key', [{ updatedAt: 'x' }], {}, { updatedAt: { dataType: 'text' } }],
  ['a normalized name', [{ updatedAt: 'x' }], {}, { updated_at: { dataType: 'text' } }],
  ['a name that normalizes to the column', [{ id: 'x' }], {}, { ID: { dataType: 'text' } }],
  ['a key that is always null', [{ id: 1, a: null }], {}, { a: { dataType: 'text' } }],
  ['a key that is left out', [{ id: 1, a: 1 }], {}, { a: { exclude: true } }],
  ['a nested key', [{ a: { b: 1 } }], {}, { a__b: { dataType: 'text' } }],
  ['a key of a later row', [{ id: 1 }, { a: 1 }], {}, { a: { dataType: 'double' } }],
  ['no rows', [], {}, { a: { dataType: 'double' } }],
  [
    'the defaults of all resources',
    [{ id: 1 }],
    { resourceDefaults: { columns: { theme: { dataType: 'json' } } } },
    {},
  ],
])('a hint is not reported about %s', async (_what, rows, part, columns) => {
  expect(await notices(rows, part, columns)).toEqual([]);
});

it('hints of a list that never comes are reported with the nearest key', async () => {
  const rows = [{ id: 1, item: [{ sku: 'a', tags: ['x'] }] }];
  const hints = { items: { columns: {} }, item__tag: { columns: {} } };
  expect(await notices(rows, {}, {}, hints)).toEqual([
    '`nestedHints` has a hint for `items`, and no row has such a key. Did you mean `item`? Keys: `id`, `item`, `item__sku`, `item__tags`, `item__tags__value`.',
    '`nestedHints` has a hint for `item__tag`, and no row has such a key. Did you mean `item__tags`? Keys: `id`, `item`, `item__sku`, `item__tags`, `item__tags__value`.',
  ]);
});

it.each<[string, unknown[], Partial<RestConfig>, RestResource['nestedHints']]>([
  ['with rows', [{ id: 1, items: [{ sku: 'a' }] }], {}, { items: { columns: {} } }],
  ['of lists', [{ a: [[1]] }], {}, { a__list: { columns: {} } }],
  ['below another', [{ a: { b: [{ c: [1] }] } }], {}, { a__b__c: { columns: {} } }],
  ['that is always empty', [{ id: 1, items: [] }], {}, { items: { columns: {} } }],
  ['that is always null', [{ id: 1, items: null }], {}, { items: { columns: {} } }],
  ['without any rows', [], {}, { items: { columns: {} } }],
  [
    'in the defaults of all resources',
    [{ id: 1 }],
    { resourceDefaults: { nestedHints: { items: { columns: {} } } } },
    undefined,
  ],
])('hints of a list are not reported: one %s', async (_what, rows, part, hints) => {
  expect(await notices(rows, part, {}, hints)).toEqual([]);
});

it.each<[string, unknown, RestResource['columns'], string[]]>([
  [
    'fractions',
    0.5,
    { a: { precision: 9 } },
    [
      '`precision` of column x.a does nothing: the column is double, and `precision` is for bigint, decimal, wei, timestamp. Give `dataType` as well, or remove it.',
    ],
  ],
  [
    'texts',
    'b',
    { a: { timezone: false } },
    [
      '`timezone` of column x.a does nothing: the column is text, and `timezone` is for timestamp. Give `dataType` as well, or remove it.',
    ],
  ],
  ['integers', 1, { a: { precision: 32 } }, []],
  ['times', '2024-01-01T00:00:00Z', { a: { precision: 9 } }, []],
])('what refines no type is reported once: %s', async (_what, value, columns, expected) => {
  expect(await notices([{ a: value }, { a: value }], {}, columns)).toEqual(expected);
});
