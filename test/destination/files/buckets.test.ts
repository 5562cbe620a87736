import { describe, expect, it, onTestFinished } from 'vitest';
import { type Dataset, type DuckdbDestination, files, type FilesConfig, pipeline } from 'sluice';
import { destinationChecks } from 'sluice/testing';
import { MANY } from '../many-rows.js';
import { azureSignature, startBuckets } from './bucket-servers.js';

const buckets = await startBuckets();

let roots = 0;
const prefix = (): string => `raw ${(roots += 1)}/ä+b`;

/** A dataset to which rows were loaded. */
async function loaded(
  destination: DuckdbDestination,
  rows: object[],
  writeDisposition: 'append' | 'replace',
): Promise<Dataset> {
  onTestFinished(() => destination.close());
  const loading = pipeline({ name: 'shop', destination, dataset: 'data' });
  await loading.run(rows, { table: 'items', writeDisposition });
  return loading.dataset();
}

async function expectLoads(address: string, config: FilesConfig): Promise<void> {
  await loaded(files(address, config), [{ id: 1 }], 'append');
  const dataset = await loaded(files(address, config), [{ id: 2 }], 'append');
  expect(await dataset.query('SELECT max(id) AS n, count(*) AS rows FROM items')).toEqual([
    { n: 2, rows: 2 },
  ]);
}

describe.concurrent.each(buckets)('files() in a bucket of $name', ({ url, config }) => {
  const make = (): DuckdbDestination => files(`${url}/${prefix()}`, { ...config, thread: false });

  for (const { name, run } of destinationChecks(make, MANY)) it(name, run);
});

describe.each(buckets)('files() in a bucket of $name, one after the other,', (bucket) => {
  const { url, config, store } = bucket;
  const options = { ...config, thread: false };

  it('replaces by a manifest without the old files, which are removed then', async () => {
    const below = prefix();
    const address = `${url}/${below}`;
    await loaded(files(address, options), [{ id: 1 }], 'replace');
    const dataset = await loaded(files(address, options), [{ id: 2 }], 'replace');
    expect(await dataset.query('FROM items')).toMatchObject([{ id: 2 }]);
    expect(await store(below).list('data/items')).toHaveLength(1);
    expect(await store(below).list('data/_dlt_loads')).toHaveLength(2);
  });

  it('loads a whole bucket in a thread of its own', () => expectLoads(url, config));
});

it.runIf(buckets.some(({ name }) => name === 'Azure'))(
  'files() in a container of Azure are loaded and read by a shared access signature',
  () => {
    const { config } = buckets.find(({ name }) => name === 'Azure') as (typeof buckets)[number];
    const { accountKey: _, ...azure } = config.azure ?? {};
    return expectLoads(`az://lake/${prefix()}`, {
      azure: { ...azure, sasToken: azureSignature() },
      thread: false,
    });
  },
);
