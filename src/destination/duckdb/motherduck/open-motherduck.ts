import { LoadError } from '../../../errors.js';
import { identifier } from '../../sql/identifier.js';
import { fenceDataset } from '../fence-dataset.js';
import { literal } from '../literal.js';
import { loadExtensions } from '../load-extensions.js';
import { type OpenDatabase, openMemory } from '../open-database.js';
import { ownTarget } from '../own-target.js';
import { runOnce } from '../run-once.js';
import type { Target } from '../target.js';
import { motherduckDialect } from './dialect.js';
import type { MotherduckDatabase } from './motherduck-database.js';

const OWN = ownTarget(false);

const TARGET: Target = {
  ...OWN,
  async scopeOf(connection, dataset) {
    const scope = await OWN.scopeOf(connection, dataset);
    return { ...scope, dialect: motherduckDialect, path: null };
  },
};

/**
 * Attaches a MotherDuck database to a DuckDB in memory.
 *
 * Errors: LoadError where DuckDB's extension is missing, and where the database cannot be reached.
 */
export async function openMotherduck(database: MotherduckDatabase): Promise<OpenDatabase> {
  const { address, name, token, extension, extensions } = database;
  const opened = await openMemory(extensions === null ? {} : { extension_directory: extensions });
  const { instance } = opened;
  try {
    if (extension !== null) await loadExtensions(instance, extension);
    await runOnce(
      instance,
      ...(token === null ? [] : [`SET motherduck_token = ${literal(token)}`]),
      `ATTACH ${literal(address)}`,
    ).catch((error: unknown) => {
      throw openingError(database, error as Error);
    });
  } catch (error) {
    await opened.close({ merges: false, isChanged: false });
    throw error;
  }
  return {
    ...opened,
    setUp: `${opened.setUp}; USE ${identifier(name)}`,
    tables: {
      read: TARGET,
      loads: (connections) => ({
        ...TARGET,
        async hold({ dataset, pipeline }) {
          const { commit } = await fenceDataset(connections, TARGET, dataset, pipeline);
          return { commit, free: () => Promise.resolve() };
        },
      }),
    },
  };
}

/** DuckDB may show the statement that failed, in which the token is. */
function openingError({ name, token }: MotherduckDatabase, { message }: Error): LoadError {
  const said = token === null ? message : message.replaceAll(token, '***');
  return new LoadError(`The MotherDuck database ${name} cannot be opened: ${said}`);
}
