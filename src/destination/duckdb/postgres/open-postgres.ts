import type { DuckDBInstance } from '@duckdb/node-api';
import { LoadError } from '../../../errors.js';
import { identifier } from '../../sql/identifier.js';
import { literal } from '../literal.js';
import { type OpenDatabase, openMemory } from '../open-database.js';
import { runOnce } from '../run-once.js';
import { holdDataset } from './hold-dataset.js';
import type { PostgresDatabase } from './postgres-database.js';
import { postgresTarget } from './postgres-target.js';
import { stripNul } from './strip-nul.js';

/** What is attached for loads: their transactions see what others commit meanwhile. */
const LOADS = 'sluice_load';

/**
 * Attaches a Postgres database to a DuckDB in memory.
 *
 * Errors: LoadError where DuckDB's extension is missing, and where the server cannot be reached.
 */
export async function openPostgres(database: PostgresDatabase): Promise<OpenDatabase> {
  const { secret, options, location, extensions, nul } = database;
  const opened = await openMemory(extensions === null ? {} : { extension_directory: extensions });
  const { instance } = opened;
  const name = readName(secret['DATABASE'] as string);
  const settings = Object.entries(options)
    .map(([key, value]) => `${key}='${value.replaceAll(/['\\]/g, '\\$&')}'`)
    .join(' ');
  const attach = (as: string, more: string): string =>
    `ATTACH ${literal(settings)} AS ${identifier(as)} (TYPE postgres, SECRET sluice${more})`;
  try {
    await loadExtension(instance, 'postgres_scanner', 'postgres');
    await runOnce(
      instance,
      `CREATE SECRET sluice (TYPE postgres, ${Object.entries(secret)
        .map(([key, value]) => `${key} ${literal(value)}`)
        .join(', ')})`,
    );
    await runOnce(
      instance,
      ...(nul === 'strip' ? ["SET GLOBAL pg_null_byte_replacement = ''"] : []),
      // A connection that waits for its next use may be dead by then.
      'SET GLOBAL pg_pool_max_connections = 0',
      attach(name, ''),
      attach(LOADS, ", ISOLATION_LEVEL 'READ COMMITTED'"),
    ).catch((error: unknown) => {
      throw new LoadError(
        `The Postgres database ${location} cannot be opened: ${(error as Error).message.replace(/^.*?Unable to connect to Postgres at "[^"]*": /s, '').trim()}`,
        { cause: error },
      );
    });
  } catch (error) {
    await opened.close({ merges: false, isChanged: false });
    throw error;
  }
  const loads = postgresTarget(LOADS);
  return {
    ...opened,
    setUp: `${opened.setUp}; USE ${identifier(name)}`,
    tables: {
      read: postgresTarget(name),
      loads: (connections) => ({
        ...loads,
        ...(nul === 'strip' && { prepare: stripNul }),
        hold: ({ dataset, pipeline }) => holdDataset(connections, loads, dataset, pipeline),
      }),
    },
  };
}

/** The name of a database in DuckDB, which has databases of its own. */
function readName(database: string): string {
  return /^(?:memory|system|temp|sluice_load)$/i.test(database) ? `${database}_db` : database;
}

/** Errors: LoadError with the command that installs the extension. */
async function loadExtension(instance: DuckDBInstance, name: string, word: string): Promise<void> {
  await runOnce(instance, `LOAD ${name}`).catch((error: unknown) => {
    throw new LoadError(
      `DuckDB's extension ${word} cannot be loaded. Install it once: npx sluice extensions install ${word}. ${(error as Error).message.split('\n')[0]}`,
      { cause: error },
    );
  });
}
