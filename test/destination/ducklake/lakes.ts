import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ducklake, type DucklakeConfig, type DuckdbDestination } from 'sluice';
import type { PostgresServer } from '../postgres/server.js';

/** A kind of DuckLake that the tests of one file make. */
export interface Lakes {
  /** Where its catalog is. */
  name: string;
  /** How a new and empty one is reached. */
  config: () => DucklakeConfig;
  make: () => DuckdbDestination;
}

/**
 * DuckLakes with local data, whose folders end with the tests, and with data in S3 where there is
 * such a server.
 */
export function lakesOf(
  { config: { host, database, user } }: PostgresServer,
  endpoint: string | null,
): Lakes[] {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lake-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  let made = 0;
  const kinds: [string, (number: string) => DucklakeConfig][] = [
    ['a DuckDB file', (number) => ({ catalog: join(folder, `${number}.ducklake`) })],
    [
      'Postgres',
      (number) => ({
        catalog: { host, database, ...(user && { user }) },
        metadataSchema: number,
        dataPath: join(folder, number),
      }),
    ],
  ];
  if (endpoint !== null)
    kinds.push([
      'Postgres, and data in S3',
      (number) => ({
        catalog: { host, database, ...(user && { user }) },
        metadataSchema: number,
        dataPath: `s3://lake/${number}`,
        s3: { endpoint, accessKeyId: 'key', secretAccessKey: 'secret' },
      }),
    ]);
  return kinds.map(([name, configOf]) => {
    const config = (): DucklakeConfig => configOf(`lake${(made += 1)}`);
    return { name, config, make: () => ducklake(config()) };
  });
}
