import { expect, it } from 'vitest';
import { serve } from '../../support/local-server.js';
import { errorOf, loading, shop } from '../attached/shop.js';
import { describePostgres, startPostgres } from './server.js';

describePostgres(await startPostgres(), ({ empty, sql }) => {
  it.each([
    ['replace', {}],
    ['merge', { primaryKey: 'id' }],
  ])(
    'begins anew where a dataset was dropped, and the staged rows of its %s were not',
    async (writeDisposition, more) => {
      let isStopped = true;
      const { url } = await serve(({ query }) => {
        const page = Number(query.get('page') ?? 0);
        if (page === 3 && isStopped) return { status: 404 };
        const data = Array.from({ length: 10 }, (_, i) => ({ id: page * 10 + i, tags: ['a'] }));
        return { json: { data, next: page < 5 ? page + 1 : null } };
      });
      const run = loading(await empty());
      const source = shop(url, { writeDisposition, ...more });
      expect((await errorOf(run.run(source))).message).toContain('404');
      await sql('DROP SCHEMA data CASCADE');
      expect(await sql('SELECT count(*) FROM data_sluice_staging.items')).toEqual([['30']]);
      isStopped = false;
      await run.run(source);
      expect(
        await sql(
          'SELECT count(DISTINCT id) AS n, count(DISTINCT t._dlt_id) AS tags FROM data.items JOIN data.items__tags t ON t._dlt_parent_id = items._dlt_id',
        ),
      ).toEqual([['60', '60']]);
      expect(await sql('SELECT count(*) FROM data._dlt_loads')).toEqual([['1']]);
      expect(
        await sql(
          "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text = 'data_sluice_staging'",
        ),
      ).toEqual([['0']]);
    },
  );
});
