import { inspect } from 'node:util';
import { inflateSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { motherduck, type DuckdbDestination } from 'sluice';
import { deferred } from '../../support/deferred.js';
import { serve } from '../../support/local-server.js';
import { tempFolder } from '../../support/temp-folder.js';
import { errorOf, heldApi, loading, shop } from '../attached/shop.js';
import { standIn } from './stand-in.js';

const folder = tempFolder();

beforeEach(() => {
  vi.stubEnv('MOTHERDUCK_TOKEN', '');
  return () => vi.unstubAllEnvs();
});

/** What a query fails with. */
function refusal(destination: DuckdbDestination): Promise<Error> {
  onTestFinished(() => destination.close());
  return errorOf(destination.query('SELECT 1'));
}

describe('motherduck()', () => {
  it.each([
    ['shop', { token: 'hidden' }],
    ['md:shop?motherduck_token=hidden', null],
    ['md:///shop?token=hidden', null],
    ['md:other?session_name=a', { database: 'shop', token: 'hidden' }],
  ])('takes a database as %s, and shows no token', (address, config) => {
    const destination = motherduck(address, config);
    expect(destination.location).toBe('motherduck:shop');
    expect(inspect(destination, { depth: 9 })).not.toContain('hidden');
  });

  it.each([
    ['without a token', () => motherduck('shop'), /needs an access token: `token`, or/],
    ['without a database', () => motherduck({ token: 'hidden' }), /needs the name of a database/],
    ['of something else', () => motherduck('pg://hidden@db'), /takes the name of a database, an/],
    [
      'of another kind',
      () => motherduck('md:shop', { token: 7 as never }),
      /`token`: found number \(not shown\)/,
    ],
    [
      'with a token among the parameters',
      () => motherduck('shop', { options: { motherduck_token: 'hidden' }, token: 'hidden' }),
      /motherduck_token cannot be kept secret there\. Give `token`/,
    ],
  ])('refuses an address %s, and does not show it', (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).not.toThrow(/hidden/);
  });

  it('says how to install the extension that is missing', async () => {
    const extensions = folder.path('none');
    const { message } = await refusal(motherduck('shop', { token: 'hidden', extensions }));
    expect(message).toContain(
      `DuckDB's extension motherduck cannot be loaded. Install it once: npx sluice extensions install motherduck --folder ${extensions}.`,
    );
    expect(message).not.toContain('hidden');
  });

  it('shows no token in what DuckDB says', async () => {
    // DuckDB does not know the setting, and names a similar one.
    const destination = standIn(folder.path('shop.duckdb'), { token: 'threads' });
    const { message } = await refusal(destination);
    expect(message).toMatch(
      /^The MotherDuck database shop cannot be opened: .*Did you mean: "\*\*\*"/s,
    );
  });
});

describe('a load into a stand-in of MotherDuck', () => {
  it('is resumed, and names its destination as dlt does', async () => {
    const destination = standIn(folder.path('shop.duckdb'));
    const { url, pages, goOn } = await heldApi(5);
    const run = loading(destination);
    const stop = new AbortController();
    let committed = 0;
    const first = run.stream(shop(url), { signal: stop.signal }).forEach(({ kind, tables }) => {
      committed += kind === 'commit' ? (tables['items'] ?? 0) : 0;
      if (committed === 30) stop.abort();
    });
    await errorOf(first);
    goOn();
    const before = pages.length;
    expect((await run.run(shop(url))).resumed).toBeDefined();
    expect(pages.slice(before)).not.toContain('0');
    expect(await run.dataset().query('SELECT count(*)::INT AS n FROM items')).toEqual([{ n: 60 }]);
    const [state] = await run
      .dataset()
      .query<{ state: string }>('SELECT state FROM _dlt_pipeline_state ORDER BY version DESC');
    expect(inflateSync(Buffer.from(state?.state ?? '', 'base64')).toString()).toContain(
      '"destination_type":"dlt.destinations.motherduck"',
    );
  });

  it('commits nothing once another load has taken its dataset over', async () => {
    const destination = standIn(folder.path('shop.duckdb'));
    const { promise, resolve } = deferred();
    const { url } = await serve(async ({ query }) => {
      const page = Number(query.get('page') ?? 0);
      if (page === 1) await promise;
      return { json: { data: [{ id: page }], next: page === 0 ? 1 : null } };
    });
    const run = loading(destination, 'first', { batch: { rows: 1 }, commit: { rows: 1 } });
    const loads = run.stream(shop(url)).forEach(({ kind }) => {
      if (kind !== 'commit') return;
      // As the load of another computer begins.
      void destination
        .query(
          "UPDATE data._sluice_fence SET holder = 'other', pipeline = 'second', host = 'there', pid = 7",
        )
        .then(resolve);
    });
    expect((await errorOf(loads)).message).toMatch(
      /Dataset data was taken over by pipeline second \(PID 7 on there, since 20.*\) meanwhile/,
    );
    expect(await run.dataset().query('SELECT id::INT AS id FROM items')).toEqual([{ id: 0 }]);
  });
});
