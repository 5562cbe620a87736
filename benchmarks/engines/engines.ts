import { existsSync } from 'node:fs';
import { rowsOf } from '../harness/rows-in.js';
import { missingExtensions } from './extensions.js';
import { hasPostgres, startPostgres } from './start-postgres.js';
import { S3_SERVER, startS3 } from './start-s3.js';

/** What ways load into, where that is no file. */
export type EngineName = 'postgres' | 'ducklake' | 's3';

/** A server that has nothing yet. */
export interface RunningEngine {
  /** Where it is reached. */
  address: string;
  /** Counts the rows that a way has left there; null where only files have them. */
  rows: () => Promise<number | null>;
  stop: () => void;
}

interface Engine {
  /** What `.ci/engines` installs and is not there. */
  missing: () => string[];
  start: () => Promise<RunningEngine>;
}

/** The engines by name. */
export const engines: Readonly<Record<EngineName, Engine>> = {
  postgres: {
    missing: () => missingPostgres(),
    start: () => postgresEngine(true),
  },
  /** Its catalog is in Postgres. */
  ducklake: {
    missing: () => missingPostgres('ducklake'),
    start: () => postgresEngine(false),
  },
  s3: {
    missing: () => [...(existsSync(S3_SERVER) ? [] : [S3_SERVER]), ...missingExtensions('httpfs')],
    async start() {
      const { endpoint, stop } = await startS3();
      const secret = `CREATE SECRET (TYPE s3, KEY_ID 'k', SECRET 's', ENDPOINT '${new URL(endpoint).host}', USE_SSL false, URL_STYLE 'path')`;
      return {
        address: endpoint,
        rows: () => rowsOf({ setUp: ['LOAD httpfs', secret], files: 's3://lake' }),
        stop,
      };
    },
  },
};

function missingPostgres(...extensions: string[]): string[] {
  return [
    ...(hasPostgres() ? [] : ['Postgres']),
    ...missingExtensions('postgres_scanner', ...extensions),
  ];
}

async function postgresEngine(hasRows: boolean): Promise<RunningEngine> {
  const { host, stop } = startPostgres();
  const attach = `ATTACH 'host=${host} user=postgres dbname=postgres' AS bench (TYPE postgres, READ_ONLY)`;
  return {
    address: `postgresql://postgres:x@localhost/postgres?host=${host}`,
    rows: async () => (hasRows ? rowsOf({ setUp: ['LOAD postgres_scanner', attach] }) : null),
    stop,
  };
}
