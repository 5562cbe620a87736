import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { serve } from '../../support/local-server.js';
import { type Ended, MAIN, runSluice } from '../../support/run-sluice.js';
import { tempFolder } from '../../support/temp-folder.js';
import { describePostgres, startPostgres } from './server.js';

describePostgres(await startPostgres(), ({ config, sql, empty }) => {
  const folder = tempFolder();
  // Its home folder has none.
  const env = { DESTINATION__POSTGRES__EXTENSIONS: join(homedir(), '.duckdb/extensions') };
  const sluice = (...args: string[]): Promise<Ended> =>
    runSluice(args, { cwd: folder.path('.'), env });

  it('takes the three loads of `npm start` at once, and once more', async () => {
    await (await empty()).close();
    const address = `postgres:///${config.database}?host=${config.host}&user=${config.user}`;
    const start = (): Promise<Ended> =>
      runSluice(['--destination', address], {
        cwd: folder.path('.'),
        env,
        program: join(dirname(MAIN), 'start.js'),
      });
    for (const { code, stdout } of [await start(), await start()]) {
      expect([code, stdout.match(/is LOADED and contains no failed jobs/g)?.length]).toEqual([
        0, 3,
      ]);
      expect(stdout).toContain('All of it in');
    }
    expect(await sql('SELECT count(*) FROM coassemble_data.trackings')).not.toEqual([['0']]);
  }, 300_000);

  it('is loaded and read by the command line, with credentials of secrets.toml', async () => {
    await (await empty()).close();
    const { url } = await serve(() => ({ json: [{ id: 1, tags: ['a', 'b'] }] }));
    const source = { client: { base_url: url }, resources: ['orders'] };
    writeFileSync(folder.path('shop.json'), JSON.stringify(source));
    mkdirSync(folder.path('.dlt'));
    writeFileSync(
      folder.path('.dlt/secrets.toml'),
      `[destination.postgres.credentials]\nhost = "${config.host}"\nusername = "${config.user}"\npassword = "hidden"\n`,
    );
    const address = `postgres:///${config.database}`;
    const loaded = await sluice('run', 'shop.json', '--destination', address);
    expect(loaded).toMatchObject({ code: 0, stderr: '' });
    expect(loaded.stdout).toContain(`used postgres:${config.host}/${config.database} location`);
    expect(await sql('SELECT value FROM shop_pipeline_dataset.orders__tags ORDER BY 1')).toEqual([
      ['a'],
      ['b'],
    ]);
    const schema = await sluice('schema', address);
    expect(schema).toMatchObject({ code: 0, stderr: '' });
    expect(schema.stdout).toContain('orders__tags:');
    const types = await sluice('types', '--destination', address, '--out', '-');
    expect(types.stdout).toContain('interface OrdersTags');
    const missing = await sluice('schema', address, '--dataset', 'other');
    expect(missing).toMatchObject({
      code: 2,
      stderr: `sluice: postgres:${config.host}/${config.database} has no tables in dataset other. Check --dataset.\n`,
    });
    expect(
      [loaded, schema, types, missing].map((ended) => JSON.stringify(ended)).join(),
    ).not.toContain('hidden');
  });
});
