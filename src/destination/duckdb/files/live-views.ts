import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier } from '../../sql/identifier.js';
import type { Scope } from '../../sql/sql.js';
import type { FileStore } from '../../stage/file-store.js';
import { lastManifest } from '../../stage/manifest-target.js';
import type { Manifest } from '../../stage/manifest.js';
import { portOf } from '../port-of.js';
import { isFiled } from './export-tables.js';
import { filesQuery } from './file-format.js';
import { bookStatements, emptySchema } from './rebuild.js';

/**
 * Lets connections see datasets of files as their last commits left them: tables of rows as views
 * over the files, and those of bookkeeping with their rows. Gives a function that is called before
 * a dataset is read, or all of them (null).
 */
export function liveViews(
  store: FileStore,
  scopeOf: (dataset: string) => Scope,
): (connection: DuckDBConnection, dataset: string | null) => Promise<void> {
  /** Numbers of the manifests that the views are of. */
  const seen = new Map<string, number>();

  async function refresh(connection: DuckDBConnection, dataset: string): Promise<void> {
    const last = await lastManifest(store, dataset, seen.get(dataset));
    if (last === null) return;
    const port = portOf(connection);
    const scope = scopeOf(dataset);
    await port.execute(
      'BEGIN TRANSACTION',
      ...(await emptySchema(port, scope)),
      ...viewStatements(scope, last.manifest, store),
      'COMMIT',
    );
    seen.set(dataset, last.number);
  }

  return async (connection, dataset) => {
    for (const name of dataset === null ? await store.folders() : [dataset])
      await refresh(connection, name);
  };
}

function viewStatements(
  scope: Scope,
  { tables, files, books }: Manifest,
  store: FileStore,
): string[] {
  const { catalog, dataset } = scope;
  const views = Object.entries(tables)
    .filter(([table]) => isFiled(table))
    .map(([table, columns]) => {
      const own = files
        .filter((file) => file.table === table)
        .map(({ name, extension }) => ({ address: store.address(name), extension }));
      return `CREATE VIEW ${identifier(catalog, dataset, table)} AS ${filesQuery(columns, own)}`;
    });
  return [...views, ...bookStatements(scope, books)];
}
