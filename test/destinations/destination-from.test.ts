import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { destinationFrom, type DuckdbDestination } from 'sluice';
import { tempFolder } from '../support/temp-folder.js';

const folder = tempFolder();
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

beforeEach(() => {
  vi.stubEnv('MOTHERDUCK_TOKEN', '');
  return () => vi.unstubAllEnvs();
});

/** Makes one with these environment variables and no other settings. */
const made = (
  text: string,
  env: Record<string, string> = {},
  pipeline?: string,
): DuckdbDestination =>
  destinationFrom(text, {
    cwd: folder.path('.'),
    home: folder.path('home'),
    mounted: folder.path('mounted'),
    env,
    ...(pipeline !== undefined && { pipeline }),
  });

describe('destinationFrom', () => {
  it.each([
    ['shop.duckdb', 'duckdb:shop.duckdb'],
    ['./shop', 'duckdb:./shop'],
    [':memory:', 'duckdb::memory:'],
    ['duckdb:///data/shop.duckdb', 'duckdb:data/shop.duckdb'],
    ['duckdb:////data/shop.duckdb', 'duckdb:/data/shop.duckdb'],
    ['postgres://me:hidden@db:5433/shop', 'postgres:db:5433/shop'],
    ['postgresql://db/shop', 'postgres:db/shop'],
    ['file:///data/lake', 'files:/data/lake'],
    ['ducklake:shop.ducklake', 'ducklake:shop.ducklake'],
    ['md:shop?motherduck_token=hidden', 'motherduck:shop'],
    ['ducklake:postgres://me:hidden@db/lake', 'ducklake:postgres:db/lake'],
  ])('makes a destination of %s', (text, location) => {
    const destination = made(text);
    expect(destination.location).toBe(location);
    expect(inspect(destination)).not.toContain('hidden');
  });

  it('takes an address that settings have', () => {
    const env = { DESTINATION__POSTGRES__CREDENTIALS: 'postgres://me:hidden@db/shop' };
    expect(made('postgres', env).location).toBe('postgres:db/shop');
    expect(made('postgres', { CREDENTIALS: 'postgres://db/other' }).location).toBe(
      'postgres:db/other',
    );
    const file = { DESTINATION__DUCKDB__CREDENTIALS: 'duckdb:///data/shop.duckdb' };
    expect(made('duckdb', file).location).toBe('duckdb:data/shop.duckdb');
    const lake = { DESTINATION__FILESYSTEM__BUCKET_URL: 'file:///data/lake' };
    const bucket = {
      DESTINATION__FILESYSTEM__BUCKET_URL: 's3://lake/raw',
      DESTINATION__FILESYSTEM__CREDENTIALS__AWS_ACCESS_KEY_ID: 'me',
      DESTINATION__FILESYSTEM__CREDENTIALS__AWS_SECRET_ACCESS_KEY: 'hidden',
    };
    expect(made('files', bucket).location).toBe('files:s3://lake/raw');
    expect(inspect(made('files', bucket))).not.toContain('hidden');
    const google = { client_email: 'me@example.com', private_key: privateKey };
    const key = 'DESTINATION__FILESYSTEM__CREDENTIALS';
    for (const credentials of [
      { [`${key}__CLIENT_EMAIL`]: 'me@example.com', [`${key}__PRIVATE_KEY`]: privateKey },
      { [key]: JSON.stringify(google) },
    ]) {
      const destination = made('gs://lake/raw', credentials);
      expect(destination.location).toBe('files:gs://lake/raw');
      expect(inspect(destination)).not.toContain('PRIVATE KEY');
    }
    const azure = {
      DESTINATION__FILESYSTEM__BUCKET_URL: 'az://lake/raw',
      [`${key}__AZURE_STORAGE_ACCOUNT_NAME`]: 'shop',
      [`${key}__AZURE_STORAGE_ACCOUNT_KEY`]: 'hidden',
    };
    expect(made('files', azure).location).toBe('files:az://lake/raw');
    expect(inspect(made('files', azure))).not.toContain('hidden');
    for (const name of ['files', 'filesystem'])
      expect(made(name, lake).location).toBe('files:/data/lake');
  });

  it('takes the parts that settings have, and those of an address first', () => {
    mkdirSync(folder.path('.dlt'), { recursive: true });
    writeFileSync(
      folder.path('.dlt/secrets.toml'),
      '[destination.postgres.credentials]\nhost = "db"\nport = 5433\ndatabase = "shop"\nusername = "me"\npassword = "hidden"\n',
    );
    expect(made('postgres').location).toBe('postgres:db:5433/shop');
    expect(made('postgres://other/stock').location).toBe('postgres:other:5433/stock');
    writeFileSync(folder.path('.dlt/secrets.toml'), '');
  });

  it('takes the catalog and the storage of a DuckLake', () => {
    const key = 'DESTINATION__DUCKLAKE__CREDENTIALS';
    const data = {
      [`${key}__STORAGE__BUCKET_URL`]: 's3://lake/raw',
      [`${key}__STORAGE__CREDENTIALS__AWS_ACCESS_KEY_ID`]: 'me',
      [`${key}__STORAGE__CREDENTIALS__AWS_SECRET_ACCESS_KEY`]: 'hidden',
    };
    const placed = (env: Record<string, string>, pipeline?: string): string => {
      const destination = made('ducklake', env, pipeline);
      expect(inspect(destination)).not.toContain('hidden');
      return destination.location;
    };
    expect(placed({ [`${key}__CATALOG`]: 'duckdb:///shop.ducklake', ...data })).toBe(
      'ducklake:shop.ducklake',
    );
    const parts = {
      [`${key}__CATALOG__DRIVERNAME`]: 'postgres',
      [`${key}__CATALOG__HOST`]: 'db',
      [`${key}__CATALOG__DATABASE`]: 'lake',
      [`${key}__CATALOG__PASSWORD`]: 'hidden',
    };
    expect(placed({ ...parts, ...data })).toBe('ducklake:postgres:db/lake');
    expect(placed({ [`${key}__STORAGE`]: 'file:///data/lake' }, 'shop')).toBe(
      'ducklake:shop.ducklake',
    );
    expect(placed({ [`${key}__DUCKLAKE_NAME`]: 'stock' }, 'shop')).toBe('ducklake:stock.ducklake');
  });

  it('takes the database and the token of MotherDuck', () => {
    const key = 'DESTINATION__MOTHERDUCK__CREDENTIALS';
    const placed = (env: Record<string, string>, text = 'motherduck'): string => {
      const destination = made(text, env);
      expect(inspect(destination)).not.toContain('hidden');
      return destination.location;
    };
    expect(placed({ [`${key}__PASSWORD`]: 'hidden' })).toBe('motherduck:my_db');
    expect(placed({ [`${key}__PASSWORD`]: 'hidden' }, 'md:stock')).toBe('motherduck:stock');
    expect(placed({ [`${key}__PASSWORD`]: 'hidden', [`${key}__DATABASE`]: 'shop' })).toBe(
      'motherduck:shop',
    );
    expect(placed({ [key]: 'md:///shop?token=hidden' })).toBe('motherduck:shop');
    expect(placed({ [`${key}__QUERY`]: '{"motherduck_token": "hidden"}' })).toBe(
      'motherduck:my_db',
    );
  });

  it('names the file of `duckdb` after the pipeline, and not after a secret of a source', () => {
    expect(made('duckdb', { CREDENTIALS: 'hidden' }, 'shop').location).toBe('duckdb:shop.duckdb');
  });

  it.each<[string, string, Record<string, string>, RegExp]>([
    ['a name', 'pstgres', {}, /^There is no destination `pstgres`\. Did you mean `postgres`\?/],
    [
      'an address',
      'ftp://me:hidden@db',
      {},
      /^There is no destination for an address that begins with ftp:\. Destinations: duckdb, postgres/,
    ],
    [
      'a document of Google without credentials',
      'gs://lake',
      { DESTINATION__FILESYSTEM__CREDENTIALS: '{"private_key": "hidden"' },
      /^DESTINATION__FILESYSTEM__CREDENTIALS has no credentials of Google: /,
    ],
    ['files without a folder', 'files', {}, /^Destination `filesystem` needs `bucket_url`/],
    [
      'a DuckLake without its catalog',
      'ducklake',
      {},
      /^Destination `ducklake` needs `credentials\.catalog`\. Set the environment variable DESTINATION__DUCKLAKE__CREDENTIALS__CATALOG, /,
    ],
    [
      'a catalog in another database',
      'ducklake:mysql://me:hidden@db/lake',
      {},
      /^Destination `ducklake`: its catalog is in mysql, and sluice takes one in a DuckDB file/,
    ],
    [
      'MotherDuck without a token',
      'md:shop',
      {},
      /^motherduck\(\) needs an access token: `token`, or/,
    ],
    ['a wrong address of MotherDuck', 'md://me:hidden@host', {}, /^motherduck\(\) takes the name/],
    ['nothing', ' ', {}, /^destinationFrom\(\) must be text, not empty/],
    [
      'a wrong address',
      'postgres://me:hidden%@db/shop',
      {},
      /^postgres\(\) takes an address such as/,
    ],
    [
      'a wrong address in settings',
      'postgres',
      { CREDENTIALS: 'hidden' },
      /^CREDENTIALS: postgres\(\) takes an address such as/,
    ],
    [
      'a wrong port in settings',
      'postgres',
      { CREDENTIALS__PORT: 'many' },
      /^Destination `postgres`: CREDENTIALS__PORT must be a number; found "many"\.$/,
    ],
  ])('refuses %s, without what may be a secret', (_, text, env, message) => {
    expect(() => made(text, env)).toThrow(
      expect.objectContaining({
        code: 'ERR_SLUICE_CONFIG',
        message: expect.stringMatching(message) as string,
      }),
    );
    expect(() => made(text, env)).not.toThrow(/hidden/);
  });

  it('lists every place searched where settings have nothing', () => {
    expect(() => made('postgres', {}, 'shop')).toThrow(
      /^Destination `postgres` needs `credentials`\. Set the environment variable DESTINATION__POSTGRES__CREDENTIALS, for example to postgres:\/\/.*\(all of them first with the pipeline's name `shop` in front\):\n.*mounted.*\n {2}- environment variables: DESTINATION__POSTGRES__CREDENTIALS, DESTINATION__CREDENTIALS, CREDENTIALS\n.*secrets\.toml.*: destination\.postgres\.credentials, destination\.credentials, credentials$/,
    );
    expect(() => made('duckdb')).toThrow(/^Destination `duckdb` needs `credentials`/);
  });
});
