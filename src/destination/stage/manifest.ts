import { LoadError } from '../../errors.js';
import type { Books, KeptDataset, KeptFile, NextDataset } from './staged-target.js';
import type { Writer } from './writer.js';

/** What a commit says of a dataset in files: all of it that counts. */
export interface Manifest extends KeptDataset {
  version: typeof VERSION;
  /** Whether a commit whose answer was lost is the one that is there. */
  token: string;
  /** When it was written, in milliseconds since 1970. */
  at: number;
  /** Who wrote it. */
  writer: Writer;
  /** Its load goes on. */
  isUnderWay: boolean;
}

const VERSION = 1;

/** A dataset that was never loaded. */
export const NO_DATASET: KeptDataset = { tables: {}, files: [], waiting: [], books: {} };

/** The manifest of a dataset. */
export function manifestOf(
  { tables, files, waiting, books }: KeptDataset,
  about: Pick<Manifest, 'token' | 'at' | 'writer' | 'isUnderWay'>,
): Manifest {
  return { version: VERSION, ...about, tables, files, waiting, books };
}

/** Errors: LoadError for a text that is no manifest, or that of a later version. */
export function readManifest(text: string, where: string): Manifest {
  let found: Partial<Manifest> | null;
  try {
    found = JSON.parse(text) as Partial<Manifest> | null;
  } catch {
    found = null;
  }
  if (typeof found?.version !== 'number' || typeof found.tables !== 'object')
    throw new LoadError(
      `${where} is no manifest of sluice. Restore it, or load into another dataset.`,
    );
  if (found.version > VERSION)
    throw new LoadError(
      `${where} has version ${found.version}, and this sluice knows ${VERSION}: upgrade sluice.`,
    );
  return found as Manifest;
}

/** The dataset after a commit, as it is kept. */
export function keptOf({ tables, books, files, waiting, added }: NextDataset): KeptDataset {
  return {
    tables,
    books,
    files: [...files, ...added.files],
    waiting: [...waiting, ...added.waiting],
  };
}

/** Names of files that one state of a dataset has and a later one has not. */
export function removedFiles(before: KeptDataset, after: KeptDataset): string[] {
  const stay = new Set(namesOf(after));
  return namesOf(before).filter((name) => !stay.has(name));
}

/** Names of all files of a dataset. */
export function namesOf({ files, waiting }: KeptDataset): string[] {
  return [...files, ...waiting].map(({ name }: KeptFile) => name);
}

/** A column of all rows of a book; none where it is not there. */
export function cellsOf(books: Books, book: string, column: string): (string | null)[] {
  const { columns = [], rows = [] } = books[book] ?? {};
  const at = columns.findIndex(({ name }) => name === column);
  return at === -1 ? [] : rows.map((row) => row[at] ?? null);
}
