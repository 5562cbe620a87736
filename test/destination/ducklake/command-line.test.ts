import { existsSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serve } from '../../support/local-server.js';
import { runSluice } from '../../support/run-sluice.js';
import { tempFolder } from '../../support/temp-folder.js';
import { describePostgres, startPostgres } from '../postgres/server.js';

describePostgres(
  await startPostgres('ducklake'),
  ({ config: { host, user, database }, sql }) => {
    const folder = tempFolder();
    const key = 'DESTINATION__DUCKLAKE';
    // Its home folder has none.
    const extensions = join(homedir(), '.duckdb/extensions');

    /** Loads and reads by the command line, with these settings. */
    async function expectLoaded(
      destination: string,
      settings: Record<string, string>,
    ): Promise<void> {
      const { url } = await serve(() => ({ json: [{ id: 1, tags: ['a', 'b'] }] }));
      const source = { client: { base_url: url }, resources: ['orders'] };
      writeFileSync(folder.path('shop.json'), JSON.stringify(source));
      const sluice = (...args: string[]): ReturnType<typeof runSluice> =>
        runSluice([...args, '--destination', destination], {
          cwd: folder.path('.'),
          env: { [`${key}__EXTENSIONS`]: extensions, ...settings },
        });
      const loaded = await sluice('run', 'shop.json', '--quiet');
      expect(loaded).toMatchObject({ code: 0, stderr: '' });
      const read = await sluice('schema');
      expect(read).toMatchObject({ code: 0, stderr: '' });
      expect(read.stdout).toContain('orders__tags:');
      expect(JSON.stringify([loaded, read])).not.toContain('hidden');
    }

    it('is loaded and read by the command line, by the path of its catalog', async () => {
      await expectLoaded('ducklake:shop.ducklake', {});
      expect(existsSync(folder.path('shop.ducklake.files/shop_pipeline_dataset/orders'))).toBe(
        true,
      );
    });

    it('is loaded and read by the command line, with the settings that dlt has', async () => {
      await expectLoaded('ducklake', {
        [`${key}__CREDENTIALS__CATALOG`]: `postgres:///${database}?host=${host}&user=${user}`,
        [`${key}__CREDENTIALS__CATALOG__PASSWORD`]: 'hidden',
        [`${key}__CREDENTIALS__STORAGE__BUCKET_URL`]: `file://${folder.path('data')}`,
      });
      expect(existsSync(folder.path('data/shop_pipeline_dataset/orders'))).toBe(true);
      expect(await sql('SELECT count(*) FROM ducklake.ducklake_schema')).not.toEqual([['0']]);
    });
  },
  'ducklake()',
);
