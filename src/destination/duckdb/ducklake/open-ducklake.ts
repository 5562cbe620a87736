import { statSync } from 'node:fs';
import { LoadError } from '../../../errors.js';
import type { LoadSpec } from '../../messages.js';
import { identifier } from '../../sql/identifier.js';
import { useBucket } from '../files/use-bucket.js';
import { literal } from '../literal.js';
import { loadExtensions } from '../load-extensions.js';
import { FEW_THREADS, type OpenDatabase, openMemory } from '../open-database.js';
import { openToWrite } from '../open-to-write.js';
import { openingProblem, openTwice } from '../opening-problem.js';
import {
  connectionProblem,
  createServerSecret,
  settingsText,
} from '../postgres/postgres-server.js';
import { postgresTarget } from '../postgres/postgres-target.js';
import { runOnce } from '../run-once.js';
import type { DucklakeDatabase } from './ducklake-database.js';
import { ducklakeTarget } from './ducklake-target.js';
import { holdDataset } from './hold-dataset.js';

/** The name of the DuckLake in DuckDB. */
const LAKE = 'ducklake';
/** The database of its catalog, as DuckLake attaches it. */
const METADATA = `__ducklake_metadata_${LAKE}`;
/** The Postgres database of its catalog, for locks. */
const CATALOG = 'sluice_catalog';
const SECRET = 'sluice_catalog';

/** An instance that has the extension loaded, which takes longer than a small load. */
let idle: { opened: OpenDatabase; extensions: string | null } | undefined;

/**
 * Attaches a DuckLake to a DuckDB in memory, and makes it where there is none. What a file's
 * instance was is kept for the next one.
 *
 * Errors: LoadError where an extension is missing, and where the catalog cannot be opened.
 */
export async function openDucklake(database: DucklakeDatabase): Promise<OpenDatabase> {
  const { catalog, extensions, metadataSchema, bucket } = database;
  const path = typeof catalog === 'string' ? catalog : null;
  if (path !== null && openToWrite(path) > 0) throw openTwice(path);
  const opened = path === null ? await lakeInstance(extensions) : await takeIdle(extensions);
  const { instance } = opened;
  try {
    if (path === null) await loadExtensions(instance, 'ducklake', 'postgres');
    if (typeof catalog !== 'string') await runOnce(instance, createServerSecret(SECRET, catalog));
    if (bucket !== null) await useBucket(instance, bucket);
    await runOnce(instance, ...attachments(database)).catch((error: unknown) => {
      throw openingError(database, error as Error);
    });
  } catch (error) {
    await opened.close({ merges: false, isChanged: false });
    throw error;
  }
  const target = ducklakeTarget(path);
  const schema = metadataSchema ?? (path === null ? 'public' : 'main');
  const loading = ducklakeTarget(path, [METADATA, schema]);
  return {
    ...opened,
    async close(how) {
      if (path === null || how.isChanged || idle !== undefined) return opened.close(how);
      await runOnce(
        instance,
        FEW_THREADS,
        `SET search_path = 'memory.main'; DETACH ${identifier(LAKE)}`,
      );
      idle = { opened, extensions };
    },
    setUp: `${opened.setUp}; USE ${identifier(LAKE)}`,
    tables: {
      read: target,
      loads: (connections) => ({
        ...loading,
        ...(path === null && {
          hold: ({ dataset, pipeline }: LoadSpec) =>
            holdDataset(
              connections,
              { lake: target, catalog: postgresTarget(CATALOG), metadataSchema },
              dataset,
              pipeline,
            ),
        }),
      }),
    },
  };
}

async function lakeInstance(extensions: string | null): Promise<OpenDatabase> {
  const opened = await openMemory(extensions === null ? {} : { extension_directory: extensions });
  try {
    await loadExtensions(opened.instance, 'ducklake');
    return opened;
  } catch (error) {
    await opened.close({ merges: false, isChanged: false });
    throw error;
  }
}

async function takeIdle(extensions: string | null): Promise<OpenDatabase> {
  if (idle?.extensions !== extensions) return lakeInstance(extensions);
  const { opened } = idle;
  idle = undefined;
  return opened;
}

function attachments({ catalog, dataPath, metadataSchema }: DucklakeDatabase): string[] {
  const isFile = typeof catalog === 'string';
  const options = [
    ...(dataPath === null ? [] : [`DATA_PATH ${literal(dataPath)}`]),
    ...(metadataSchema === null ? [] : [`METADATA_SCHEMA ${literal(metadataSchema)}`]),
    ...(isFile ? [] : [`META_SECRET ${literal(SECRET)}`]),
  ];
  const address = isFile ? catalog : `postgres:${settingsText(catalog)}`;
  return [
    ...(isFile
      ? []
      : [
          // A connection that waits for its next use may be dead by then.
          'SET GLOBAL pg_pool_max_connections = 0',
          `ATTACH ${literal(settingsText(catalog))} AS ${identifier(CATALOG)} (TYPE postgres, SECRET ${identifier(SECRET)})`,
        ]),
    `ATTACH ${literal(`ducklake:${address}`)} AS ${identifier(LAKE)}${options.length === 0 ? '' : ` (${options.join(', ')})`}`,
  ];
}

function openingError({ catalog, location }: DucklakeDatabase, cause: Error): LoadError {
  const said = connectionProblem(cause).replace(/^.*?at path \+ "[^"]*"/s, '');
  const [, found] = /does not match existing data path in the catalog "([^"]*)"/.exec(said) ?? [];
  if (found !== undefined)
    return new LoadError(
      `The data of ${location} is in ${found}, as its catalog says; leave \`dataPath\` out, or give that one.`,
      { cause },
    );
  if (said.includes('data_path is not set'))
    return new LoadError(
      `There is no DuckLake in ${location} yet. Give \`dataPath\`, the folder or address where its files are to be, to make one.`,
      { cause },
    );
  if (typeof catalog === 'string' && statSync(catalog, { throwIfNoEntry: false }) !== undefined)
    return new LoadError(openingProblem(catalog, said), { cause });
  return new LoadError(`${location} cannot be opened: ${said}`, { cause });
}
