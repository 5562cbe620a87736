import { describe, expect, it } from 'vitest';
import { ConfigError, duckdb, pipeline } from 'sluice';
import { startSandbox } from 'sluice/sandbox';
import { coassemble } from 'sluice/sources/coassemble';
import { tempFolder } from '../support/temp-folder.js';
import { testSource } from '../support/test-source.js';

testSource({
  service: 'coassemble',
  source: ({ url, credentials }, wrong) =>
    coassemble({
      baseUrl: url,
      workspaceId: credentials['workspaceId'] ?? '',
      apiKey: wrong === true ? 'f'.repeat(64) : (credentials['apiKey'] ?? ''),
      rateLimit: '100000/1m',
    }),
  scheme: 'COASSEMBLE',
  keys: {
    courses: ['id'],
    clients: ['clientIdentifier'],
    users: ['clientIdentifier', 'identifier'],
    trackings: ['course_id', 'id'],
    collections: ['id'],
    collection_trackings: ['collection_id', 'id'],
  },
  children: [
    { child: 'trackings', column: 'course_id', parent: 'courses', parentColumn: 'id' },
    {
      child: 'collection_trackings',
      column: 'collection_id',
      parent: 'collections',
      parentColumn: 'id',
    },
    {
      child: 'courses__emails',
      column: '_dlt_parent_id',
      parent: 'courses',
      parentColumn: '_dlt_id',
    },
  ],
  limited: true,
});

describe('coassemble', () => {
  const folder = tempFolder();

  it('knows both authorization schemes', async () => {
    const sandbox = await startSandbox({ rateScale: 1_000 });
    sandbox.coassemble.control.quirks.add('legacyAuth');
    const { userId = '', apiKey = '' } = sandbox.coassemble.credentials;
    const destination = duckdb(folder.path('t.duckdb'));
    const source = coassemble({ baseUrl: sandbox.coassemble.url, userId, apiKey }).withResources([
      'clients',
    ]);
    const info = await pipeline({ name: 'p', destination }).run(source);
    expect(info.tables).toEqual({ clients: 3 });
    await sandbox.close();
  });

  it('reads lists that come bare and lists that come in an object', async () => {
    const names = ['courses', 'clients', 'trackings', 'user_trackings', 'usage_clients', 'users'];
    const load = async (quirk: string | null): Promise<Record<string, number>> => {
      const sandbox = await startSandbox({ rateScale: 1_000 });
      if (quirk !== null) sandbox.coassemble.control.quirks.add(quirk);
      const { workspaceId = '', apiKey = '' } = sandbox.coassemble.credentials;
      const info = await pipeline({
        name: 'p',
        destination: duckdb(folder.path(`${quirk}.duckdb`)),
      }).run(
        coassemble({
          baseUrl: sandbox.coassemble.url,
          workspaceId,
          apiKey,
          rateLimit: '100000/1m',
        }).withResources(names),
      );
      await sandbox.close();
      return info.tables;
    };
    const bare = await load(null);
    expect(bare).toMatchObject({ clients: 3 });
    expect(await load('wrapped')).toEqual(bare);
  });

  it('says what is missing', () => {
    // Vitest sets BASE_URL, which is a setting of every source.
    const places = { env: {}, cwd: '/nonexistent', home: '/nonexistent' };
    const made = (options: Parameters<typeof coassemble>[0]) => () => coassemble(options, places);
    expect(made({ apiKey: 'k' })).toThrow(ConfigError);
    expect(made({ apiKey: 'k' })).toThrow('SOURCES__COASSEMBLE__WORKSPACE_ID');
    expect(made({ apiKey: 'k', scheme: 'v1-sha256' })).toThrow('SOURCES__COASSEMBLE__USER_ID');
  });

  it('keeps shapes that change from row to row in one column', async () => {
    const sandbox = await startSandbox({ rateScale: 1_000 });
    const destination = duckdb(folder.path('t.duckdb'));
    const { workspaceId = '', apiKey = '' } = sandbox.coassemble.credentials;
    await pipeline({ name: 'p', destination, dataset: 'data' }).run(
      coassemble({ baseUrl: sandbox.coassemble.url, workspaceId, apiKey }).withResources([
        'courses',
      ]),
    );
    const types = await destination.query(
      "SELECT column_name AS name, data_type AS type FROM duckdb_columns() WHERE table_name = 'courses' AND column_name IN ('theme', 'finish', 'revision', 'deleted', 'price') ORDER BY 1",
    );
    expect(types).toEqual([
      { name: 'deleted', type: 'VARCHAR' },
      { name: 'finish', type: 'JSON' },
      { name: 'price', type: 'DOUBLE' },
      { name: 'revision', type: 'VARCHAR' },
      { name: 'theme', type: 'JSON' },
    ]);
    expect(await destination.query('SELECT DISTINCT revision FROM data.courses')).toEqual([
      { revision: '7' },
    ]);
    await sandbox.close();
  });
});
