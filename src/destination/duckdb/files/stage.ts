import type { DuckDBConnection } from '@duckdb/node-api';
import { SluiceError } from '../../../../operators/errors.js';
import { LoadError } from '../../../errors.js';
import type { LoadSpec } from '../../messages.js';
import { type Catalog, readCatalog, readRelations } from '../../sql/catalog.js';
import { createTable } from '../../sql/ddl.js';
import { qualified, type Elsewhere, type Scope } from '../../sql/sql.js';
import { cellsOf } from '../../stage/manifest.js';
import { filesOfLoads, replacedTables } from '../../stage/replaced-tables.js';
import type {
  KeptDataset,
  KeptFile,
  NextDataset,
  StagedTarget,
} from '../../stage/staged-target.js';
import { workPool } from '../../stage/work-pool.js';
import { portOf } from '../port-of.js';
import type { Connections, Hold } from '../target.js';
import { exportTable, isFiled, isStaging, readBooks } from './export-tables.js';
import { filesQuery, type FileFormat } from './file-format.js';
import { bookStatements, emptySchema } from './rebuild.js';

/** Files that are put at once, while the next ones are made. */
const AT_ONCE = 4;

/** What a load's stage is made of. */
export interface StageConfig {
  connections: Connections;
  /** The dataset in the stage. */
  scope: Scope;
  target: StagedTarget;
  format: FileFormat;
}

/** A dataset that is loaded through the stage. */
export interface Stage extends Hold {
  elsewhere: Elsewhere;
}

/**
 * Begins a load of files: the dataset is there in the stage, a database in memory, with its tables,
 * the rows of its bookkeeping, and rows that wait for the end of an unfinished load. Other rows
 * stay in their files. A commit writes what is in the stage to files, lets the target commit these,
 * and commits in the stage then.
 */
export async function beginStage(
  { connections, scope, target, format }: StageConfig,
  spec: LoadSpec,
): Promise<Stage> {
  let kept: KeptDataset;
  /** Rows of staging tables that are in files. */
  const waiting = new Map<string, number>();
  /** Tables whose files the next commit leaves out. */
  const dropped = new Set<string>();
  let exports = 0;

  async function using<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await connections.take();
    try {
      return await work(connection);
    } finally {
      connections.giveBack(connection);
    }
  }

  async function rebuild(connection: DuckDBConnection): Promise<void> {
    const port = portOf(connection);
    await port.execute(
      ...(await emptySchema(port, scope)),
      ...Object.entries(kept.tables).map(([table, columns]) => createTable(scope, table, columns)),
      ...bookStatements(scope, kept.books),
    );
    for (const file of kept.waiting) {
      const address = await target.get(file);
      const rows = filesQuery(kept.tables[file.table] ?? [], [{ ...file, address }]);
      await port.execute(`INSERT INTO ${qualified(scope, file.table)} ${rows}`);
      waiting.set(file.table, (waiting.get(file.table) ?? 0) + file.rows);
    }
  }

  /** Writes rows of the stage to files that the target takes. */
  async function put(
    connection: DuckDBConnection,
    catalog: Catalog,
    loadId: string,
  ): Promise<NextDataset['added']> {
    const port = portOf(connection);
    const folder = await target.room();
    const puts = workPool<[KeptFile, isWaiting: boolean]>(AT_ONCE);
    try {
      for (const [table, columns] of catalog) {
        if (!isFiled(table) && !isStaging(table)) continue;
        exports += 1;
        const made = exportTable(connection, port, scope, {
          table,
          columns,
          load: loadId,
          format,
          skip: waiting.get(table) ?? 0,
          folder,
          name: String(exports),
        });
        const isWaiting = isStaging(table);
        let rows = 0;
        for await (const file of made) {
          rows += file.rows;
          await puts.begin(async () => [await target.put(file, isWaiting), isWaiting]);
        }
        if (isWaiting) waiting.set(table, (waiting.get(table) ?? 0) + rows);
        else if (rows > 0) await port.execute(`DELETE FROM ${qualified(scope, table)}`);
      }
    } finally {
      // None may be put any more where the load is aborted.
      await puts.end().catch(() => undefined);
    }
    const all = await puts.end();
    const which = (wanted: boolean): KeptFile[] =>
      all.flatMap(([file, isWaiting]) => (isWaiting === wanted ? [file] : []));
    return { files: which(false), waiting: which(true) };
  }

  try {
    kept = await target.begin();
    await using(rebuild);
  } catch (error) {
    await target.abort();
    if (error instanceof SluiceError) throw error;
    throw new LoadError(
      `Dataset ${spec.dataset} cannot be loaded into files: ${(error as Error).message}`,
      { cause: error },
    );
  }

  const liveFiles = (): KeptFile[] => kept.files.filter(({ table }) => !dropped.has(table));
  const isKnown = ({ books }: Pick<KeptDataset, 'books'>, loadId: string): boolean =>
    ['_sluice_loads', '_dlt_loads'].some((book) =>
      cellsOf(books, book, 'load_id').includes(loadId),
    );

  return {
    elsewhere: {
      rows: (table, load) =>
        liveFiles()
          .filter((file) => file.table === table && file.load === load)
          .reduce((sum, { rows }) => sum + rows, 0),
      inexact: (table) =>
        new Set(liveFiles().flatMap((file) => (file.table === table ? file.inexact : []))),
      drop(tables) {
        for (const table of tables) dropped.add(table);
      },
    },
    async commit(connection, sql, loadId) {
      const port = portOf(connection);
      const catalog = await readCatalog(port, scope, await readRelations(port, scope));
      const books = await readBooks(port, scope, catalog);
      const now = { books };
      // Tables of bookkeeping are made before the load has anything to keep.
      if (isKnown(now, loadId) || isKnown(kept, loadId)) {
        const isComplete = cellsOf(books, '_dlt_loads', 'load_id').includes(loadId);
        const added = await put(connection, catalog, loadId);
        const loaded = new Set(
          [...liveFiles(), ...added.files]
            .filter(({ load }) => load === loadId)
            .map(({ table }) => table),
        );
        const tables = [...catalog].filter(([table]) => isFiled(table) || isStaging(table));
        const replaced = isComplete
          ? replacedTables(
              spec,
              tables.map(([table]) => table),
              loaded,
              books,
            )
          : new Set<string>();
        const next: NextDataset = {
          tables: Object.fromEntries(tables),
          books,
          files: filesOfLoads(liveFiles(), books).filter(
            ({ table, load }) => load === loadId || !replaced.has(table),
          ),
          waiting: kept.waiting.filter(({ table }) => catalog.has(table)),
          added,
        };
        kept = await (isComplete ? target.finish(next) : target.commit(next));
        dropped.clear();
      }
      await connection.run(sql);
    },
    async free() {
      await target.abort();
      await using(async (connection) => {
        const port = portOf(connection);
        await port.execute(...(await emptySchema(port, scope)));
      });
    },
  };
}
