import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { DuckDBInstance, postgres, type DuckdbDestination, type PostgresConfig } from 'sluice';

const DEBIAN = '/usr/lib/postgresql';
const EXTENSIONS = join(homedir(), '.duckdb/extensions/v1.5.5/linux_amd64');

/** A Postgres server of the tests of one file, which ends with them. */
export interface PostgresServer {
  /** How it is reached. */
  config: PostgresConfig & { host: string; database: string };
  /** Rows of an SQL query that the server runs; statements without rows give none. */
  sql: (text: string) => Promise<unknown[][]>;
  /** Makes a destination whose database has no schemas of earlier tests. */
  empty: (config?: PostgresConfig) => Promise<DuckdbDestination>;
}

/**
 * Starts a server for `npm run test:engines`, where Postgres and DuckDB's extensions are installed
 * (`.ci/engines`); else says what is missing, and the tests are skipped.
 */
export async function startPostgres(...extensions: string[]): Promise<PostgresServer | null> {
  if (process.env['ENGINES'] !== 'all') {
    console.warn('Tests on Postgres are skipped: `npm run test:engines` runs them.');
    return null;
  }
  const bin = binaries();
  const missing = [
    ...(bin === null ? ['Postgres'] : []),
    ...['postgres_scanner', ...extensions]
      .map((name) => join(EXTENSIONS, `${name}.duckdb_extension`))
      .filter((file) => !existsSync(file)),
  ];
  if (bin === null || missing.length > 0) {
    console.warn(
      `Tests on Postgres are skipped: ${missing.join(' and ')} is missing (.ci/engines).`,
    );
    return null;
  }
  const folder = mkdtempSync(join(tmpdir(), 'sluice-pg-'));
  // Postgres does not run as root.
  const id = (which: string): number => Number(execFileSync('id', [which, 'postgres']));
  const user = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : {};
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const run = (program: string, ...parameters: string[]): void => {
    // A server that inherits a pipe keeps it open.
    const { status } = spawnSync(join(bin, program), parameters, {
      ...user,
      cwd: folder,
      stdio: 'ignore',
    });
    if (status !== 0) throw new Error(`${program} failed`);
  };
  const data = join(folder, 'data');
  run('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--no-sync');
  const settings = `-k ${folder} -c listen_addresses= -c fsync=off -c unix_socket_permissions=0777`;
  run('pg_ctl', '-D', data, '-o', settings, '-l', join(folder, 'log'), '-w', 'start');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `LOAD postgres_scanner; ATTACH 'host=${folder} user=postgres dbname=postgres' AS admin (TYPE postgres)`,
  );
  afterAll(() => {
    connection.closeSync();
    instance.closeSync();
    run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
    rmSync(folder, { recursive: true });
  });
  const config = { host: folder, database: 'postgres', user: 'postgres' };
  const call = (name: string, text: string): string =>
    `${name}('admin', '${text.split("'").join("''")}')`;
  const sql = async (text: string): Promise<unknown[][]> => {
    if (!/^(?:select|show)/i.test(text)) {
      const alone = /^(?:VACUUM|CREATE DATABASE)/.test(text) ? ', use_transaction=false)' : ')';
      await connection.run(`CALL ${call('postgres_execute', text).slice(0, -1)}${alone}`);
      return [];
    }
    const found = await connection.runAndReadAll(`FROM ${call('postgres_query', text)}`);
    return found.getRowsJson();
  };
  return {
    config,
    sql,
    async empty(more = {}) {
      const schemas = await sql(
        "SELECT nspname::text FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' AND nspname NOT IN ('public', 'information_schema')",
      );
      for (const [schema] of schemas) await sql(`DROP SCHEMA "${String(schema)}" CASCADE`);
      return postgres({ ...config, ...more });
    },
  };
}

/** Describes what needs a server, where there is one; else its tests are skipped. */
export function describePostgres(
  server: PostgresServer | null,
  tests: (server: PostgresServer) => void,
  what = 'postgres()',
): void {
  describe.runIf(server !== null)(what, () => {
    if (server === null) it('needs a server', () => undefined);
    else tests(server);
  });
}

/** The newest server that Debian's packages, or the path, have. */
function binaries(): string | null {
  const found = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : [];
  const path = (process.env['PATH'] ?? '').split(':');
  return [...found, ...path].find((bin) => existsSync(join(bin, 'initdb'))) ?? null;
}
