import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ConfigError, ducklake, LoadError, pipeline, postgres, type PostgresConfig } from 'sluice';
import { tempFolder } from '../../support/temp-folder.js';
import { api, errorOf, shop } from '../attached/shop.js';
import { cuttingProxy } from './cutting-proxy.js';
import { describePostgres, startPostgres } from './server.js';

/** Every way of quoting it leaves its first and last letters as they are. */
const PASSWORD = `hush'\\"%; Zq7`;

/** Whatever can be printed of something. */
function printed(value: unknown): string {
  return `${String(value)} ${JSON.stringify(value)} ${inspect(value, { depth: null, showHidden: true })}`;
}

function expectNoSecret(value: unknown): void {
  expect(printed(value)).not.toMatch(/hush|Zq7/);
  expect(printed(value)).not.toContain(Buffer.from(PASSWORD).toString('base64').slice(0, -4));
}

describe('a password', () => {
  it.each([
    // Where it is not encoded, it reads as a port and a part of something else.
    ['postgres://loader:1/hush@db/shop'],
    ['postgres://loader:12?hush@db/shop'],
    ['postgres://loader:12#hush@db/shop'],
    ['postgres://loader:hu/sh@db/shop'],
    ['mysql://loader:hush@db/shop'],
    ['host=db password=hush dbname=shop'],
    [{ host: 'postgres://loader:hush@db/shop', database: 'shop' }],
    [{ host: 'loader:hush@db', database: 'shop' }],
    [{ database: 'postgres://loader:hush@db/shop' }],
    [{ database: 'shop', options: { password: 'hush' } }],
    [{ database: 'shop', options: { sslpassword: 'hush' } }],
    [{ database: 'shop', options: { "sslmode='x' password": 'hush' } }],
    [{ database: 'shop', port: 'hush' }],
  ])('is not shown by the error of an address that is none: %j', (address) => {
    for (const make of [
      () => postgres(address as string),
      () => ducklake({ catalog: address as string, dataPath: 'lake' }),
    ])
      try {
        // To ducklake() a text without `://` is the path of a file.
        expect(make().location).toBe('ducklake:host=db password=hush dbname=shop');
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        expectNoSecret(error);
      }
  });

  it('is not shown by a destination and its pipeline', () => {
    const destination = postgres({ host: 'db', database: 'shop', password: PASSWORD });
    expectNoSecret(destination);
    expectNoSecret(pipeline({ name: 'shop', destination }));
  });
});

describePostgres(await startPostgres(), ({ config, sql, empty }) => {
  const folder = tempFolder();
  const given = { ...config, user: 'loader', password: PASSWORD, thread: false };
  const kinds = {
    'postgres()': (more: PostgresConfig) => postgres({ ...given, ...more }),
    'ducklake()': ({ thread = false, ...more }: PostgresConfig) => {
      const { thread: _, ...catalog } = { ...given, ...more };
      return ducklake({ catalog, dataPath: folder.path('lake'), metadataSchema: 'lake', thread });
    },
  };

  it.each(Object.entries(kinds))(
    '%s shows no password in whatever a load fails with',
    async (_, make) => {
      await (await empty()).close();
      await sql(`CREATE ROLE loader LOGIN PASSWORD '${PASSWORD.replace("'", "''")}'`);
      const hosts = join(config.host, 'data/pg_hba.conf');
      const before = readFileSync(hosts);
      writeFileSync(hosts, `local all loader scram-sha-256\n${String(before)}`);
      await sql('SELECT pg_reload_conf()');
      const { port } = await cuttingProxy(config.host, 'never sent', true);
      const overTcp = { host: '127.0.0.1', port };
      const url = await api((id) => ({ id }), 1);
      const fails = async (more: PostgresConfig, message: RegExp): Promise<void> => {
        const destination = make(more);
        onTestFinished(() => destination.close());
        const run = pipeline({ name: 'shop', dataset: 'data', destination });
        const error = await errorOf(run.run(shop(url)));
        expect(error).toBeInstanceOf(LoadError);
        expect(error.message).toMatch(message);
        expectNoSecret(error);
        expectNoSecret(await errorOf(destination.query('FROM data.items')));
      };
      await fails({ password: `${PASSWORD}x` }, /password authentication failed/);
      await fails({ password: `${PASSWORD}x`, thread: true }, /password authentication failed/);
      await fails({ password: `${PASSWORD}\0` }, /unterminated/);
      await fails({ database: 'other' }, /"other" does not exist/);
      await fails({ host: folder.path('no-folder') }, /No such file/);
      await fails({ ...overTcp, options: { sslmode: 'require' } }, /does not support SSL/);
      await fails({ ...overTcp, options: { sslmode: 'no"ne' } }, /invalid sslmode/);
      await fails({}, /permission denied for database/);
      await sql('ALTER ROLE loader CONNECTION LIMIT 1');
      await sql('GRANT CREATE ON DATABASE postgres TO loader');
      await fails({}, /too many connections/);
      await sql('DROP OWNED BY loader CASCADE');
      await sql('DROP ROLE loader');
      writeFileSync(hosts, before);
      await sql('SELECT pg_reload_conf()');
    },
    300_000,
  );
});
