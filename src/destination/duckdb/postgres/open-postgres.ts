import { LoadError } from '../../../errors.js';
import { identifier } from '../../sql/identifier.js';
import { literal } from '../literal.js';
import { loadExtensions } from '../load-extensions.js';
import { type OpenDatabase, openMemory } from '../open-database.js';
import { runOnce } from '../run-once.js';
import { holdDataset } from './hold-dataset.js';
import type { PostgresDatabase } from './postgres-database.js';
import { connectionProblem, createServerSecret, settingsText } from './postgres-server.js';
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
  const { secret, location, extensions, nul } = database;
  const opened = await openMemory(extensions === null ? {} : { extension_directory: extensions });
  const { instance } = opened;
  const name = readName(secret['DATABASE'] as string);
  const attach = (as: string, more: string): string =>
    `ATTACH ${literal(settingsText(database))} AS ${identifier(as)} (TYPE postgres, SECRET sluice${more})`;
  try {
    await loadExtensions(instance, 'postgres');
    await runOnce(instance, createServerSecret('sluice', database));
    await runOnce(
      instance,
      ...(nul === 'strip' ? ["SET GLOBAL pg_null_byte_replacement = ''"] : []),
      // A connection that waits for its next use may be dead by then.
      'SET GLOBAL pg_pool_max_connections = 0',
      attach(name, ''),
      attach(LOADS, ", ISOLATION_LEVEL 'READ COMMITTED'"),
    ).catch((error: unknown) => {
      throw new LoadError(
        `The Postgres database ${location} cannot be opened: ${connectionProblem(error as Error)}`,
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
