import { describe, expect, it } from 'vitest';
import { type DltSchema, duckdb, pipeline, restSource, type RestConfig } from 'sluice';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();

/** Loads rows of `items` with hints of their source, and gives the tables and the document. */
async function run(
  rows: readonly object[],
  hints: Partial<RestConfig> = {},
): Promise<{ tables: string[]; document: DltSchema }> {
  await using own = pipeline({
    name: 'p',
    destination: duckdb(folder.path('t.duckdb'), { thread: false }),
    dataset: 'data',
  });
  const source = restSource({
    name: 'shop',
    client: { baseUrl: 'http://localhost' },
    resources: [{ name: 'items', data: () => rows }],
    ...hints,
  });
  await own.run(source);
  const { schemas } = await own.sync();
  const [document] = schemas;
  const { tables = {} } = document ?? {};
  const names = Object.keys(tables).filter((name) => !name.startsWith('_'));
  return { tables: names, document: document! };
}

describe('what a source says of all its tables', () => {
  it('is in the settings of the document, a root key too, which tables keep from run to run', async () => {
    const rows = [{ id: 1, l: [{ m: [1] }] }];
    const first = await run(rows, { rootKey: true });
    expect(first.document.normalizers.json).toMatchObject({
      config: {
        root_key_propagation: true,
        propagation: { tables: { items: { _dlt_id: '_dlt_root_id' } } },
      },
    });
    const second = await run([{ id: 2, o: [1] }]);
    expect(second.document.normalizers).not.toHaveProperty('json.config.root_key_propagation');
    expect(second.document.tables.items__o?.columns).toHaveProperty('_dlt_root_id');
  });

  it('stands beneath what a resource says', async () => {
    const resources = [{ name: 'items', data: () => [{ id: 1, l: [1] }], maxTableNesting: 0 }];
    const { tables, document } = await run([], { maxTableNesting: 1, resources });
    expect(tables).toEqual(['items']);
    expect(document.tables.items).toHaveProperty(['x-normalizer', 'max_nesting'], 0);
    const { tables: later } = await run([{ id: 2, l: [1] }], { maxTableNesting: 1 });
    expect(later).toEqual(['items']);
  });
});
