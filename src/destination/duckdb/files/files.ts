import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { givenOptions } from '../../../../operators/settings/given-options.js';
import { flag, record, words } from '../../../../operators/settings/shape.js';
import { ConfigError } from '../../../errors.js';
import { type DuckdbDestination, engineDestination } from '../engine-destination.js';
import type { Engine } from '../engine.js';
import { loaderFile, openInThread } from '../thread/thread-engine.js';
import type { FileFormat } from './file-format.js';
import type { FilesDatabase } from './files-database.js';

/** How files are written. Without options each has its default. */
export interface FilesConfig {
  /**
   * How rows are written to files from now on; Parquet is compressed with zstd. @default 'parquet'
   */
  format?: FileFormat;
  /** Load in a thread of its own, so that the caller's event loop stays free. @default true */
  thread?: boolean;
}

const SHAPE = record<FilesConfig>('files()', {
  format: words('parquet', 'jsonl', 'csv'),
  thread: flag,
});

/** How long rows wait for more of them before they become a file, in milliseconds. */
const FILE_MS = 60_000;

/**
 * Files in a folder as a destination, by a path or as `file:///…`. Each dataset is a folder in it,
 * with one for each table, in the layout of dlt's filesystem destination, which reads it. A commit
 * is one manifest in `<dataset>/_sluice`, and `dataset()` sees what the last one names.
 *
 * Tables are appended to and replaced. Errors: ConfigError for an address of another kind.
 *
 * @example files('file:///data/lake', { format: 'parquet' })
 */
export function files(address: string, config?: FilesConfig | null): DuckdbDestination {
  const { thread = true, format = 'parquet' } = givenOptions('files()', config, SHAPE);
  const root = folderOf(address);
  const database: FilesDatabase = { engine: 'files', root, format };
  let opening: Promise<Engine> | undefined;
  const open = (): Promise<Engine> =>
    thread && loaderFile() !== null
      ? openInThread(database)
      : import('../engine.js').then(({ openEngine }) => openEngine(database));
  return engineDestination(
    {
      name: 'files',
      location: `files:${root}`,
      async take() {
        const taken = (opening ??= open());
        try {
          return { engine: await taken, release: () => Promise.resolve() };
        } catch (error) {
          if (opening === taken) opening = undefined;
          throw error;
        }
      },
      async end() {
        const closing = opening;
        opening = undefined;
        await closing?.then((engine) => engine.close());
      },
    },
    {
      dispositions: ['append', 'replace'],
      refresh: [],
      commitMs: FILE_MS,
      instead: 'Destination ducklake keeps tables in files that can be merged and deleted from.',
    },
  );
}

/** Errors: ConfigError for what is no path and no address of a file. */
function folderOf(address: string): string {
  if (typeof address !== 'string' || address.trim() === '')
    throw new ConfigError(
      "files() takes the path of a folder, or its address as 'file:///data/lake'.",
    );
  const [, scheme] = /^([a-z][a-z0-9+.-]+):/i.exec(address) ?? [];
  if (scheme === undefined) return resolve(address);
  if (scheme.toLowerCase() !== 'file')
    throw new ConfigError(
      `files() takes the path of a folder or a file:// address, and this one begins with ${scheme}:.`,
    );
  return fileURLToPath(address);
}
