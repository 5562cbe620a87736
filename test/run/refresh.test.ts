import { expect, it } from 'vitest';
import { duckdb, pipeline, type Refresh, restSource, type Source } from 'sluice';
import { serve } from '../support/local-server.js';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();

/** Notices of a load of `a` that drops what it loaded before, beside `b`; both have a table. */
async function notices(refresh: Refresh, tables: { a: string; b: string }): Promise<string[]> {
  const server = await serve(() => ({ json: [{ id: 1 }] }));
  const source = (name: 'a' | 'b'): Source =>
    restSource({
      name,
      client: { baseUrl: server.url },
      resources: [{ name: 'items', tableName: tables[name], endpoint: { paginator: 'single' } }],
    });
  await using shop = pipeline({
    name: 'shop',
    destination: duckdb(folder.path('shop.duckdb')),
    dataset: `${refresh}_${tables.b}`,
  });
  await shop.run(source('a'));
  await shop.run(source('b'));
  const messages: string[] = [];
  await shop.run(source('a'), {
    refresh,
    observe: (event) => event.kind === 'notice' && messages.push(event.message),
  });
  return messages;
}

it.each([
  ['drop_sources', 'drops'],
  ['drop_resources', 'drops'],
  ['drop_data', 'empties'],
] as const)('%s reports a table that another source fills too', async (refresh, what) => {
  expect(await notices(refresh, { a: 'items', b: 'items' })).toEqual([
    `\`refresh: '${refresh}'\` of source a ${what} table ${refresh}_items.items with the rows of source b, which fills it too. Give the resource of one of them another \`tableName\`, or the pipeline another dataset, to keep them apart.`,
  ]);
});

it('reports nothing where each source has its own tables', async () => {
  expect(await notices('drop_sources', { a: 'items', b: 'others' })).toEqual([]);
});
