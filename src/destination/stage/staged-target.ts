import type { RealColumn } from '../sql/catalog.js';

/** A file with rows of one table, made by a load. */
export interface StagedFile {
  table: string;
  /** The load that its rows came with. */
  load: string;
  rows: number;
  /** Integer columns with a value that no double holds. */
  inexact: readonly string[];
  /** What its name ends with: the format of its rows. */
  extension: string;
}

/** A file as a target keeps it, under a name that the target chose. */
export interface KeptFile extends StagedFile {
  name: string;
  bytes: number;
}

/** A file on the computer of the loader, which the target may move away. */
export interface LocalFile extends StagedFile {
  path: string;
}

/** A table of bookkeeping: its columns, and its rows as texts in their order. */
export interface Book {
  columns: readonly RealColumn[];
  rows: readonly (readonly (string | null)[])[];
}

/** Tables of bookkeeping by name. */
export type Books = Readonly<Record<string, Book>>;

/** What a target holds of a dataset. */
export interface KeptDataset {
  /** Columns of its tables, by table. */
  tables: Readonly<Record<string, readonly RealColumn[]>>;
  /** Files of rows that readers see. */
  files: readonly KeptFile[];
  /** Files of rows that wait for the end of an unfinished load; `table` is a staging table. */
  waiting: readonly KeptFile[];
  books: Books;
}

/** A dataset as it is after a commit. */
export interface NextDataset extends Pick<KeptDataset, 'tables' | 'books'> {
  /** What earlier commits kept and this one keeps too. */
  files: readonly KeptFile[];
  waiting: readonly KeptFile[];
  /** What was put since the last commit. */
  added: { files: readonly KeptFile[]; waiting: readonly KeptFile[] };
}

/** Whose load it is. */
export interface StagedLoad {
  dataset: string;
  pipeline: string;
}

/**
 * Where a load's files go, and what makes a commit of them: a folder with manifests, or a warehouse
 * that takes files into its tables. It knows nothing of what is in the files.
 */
export interface StagedTarget {
  /**
   * Begins a load: keeps others from committing, removes what a load that was killed left, and
   * gives what is there. Errors: LoadError that says who loads the dataset; ConfigError for a
   * dataset that can be no folder.
   */
  begin(): Promise<KeptDataset>;
  /**
   * A folder of this computer in which files are made before they are put. Errors: LoadError where
   * others have loaded the dataset meanwhile.
   */
  room(): Promise<string>;
  /** Takes a file; readers see it after the next commit. Gives it with its name. */
  put(file: LocalFile, isWaiting: boolean): Promise<KeptFile>;
  /** A file that waits, as one of this computer. */
  get(file: KeptFile): Promise<string>;
  /**
   * Makes a dataset what it is after a commit, as one thing. Errors: LoadError where others have
   * loaded it meanwhile; nothing of the commit is kept then.
   */
  commit(next: NextDataset): Promise<KeptDataset>;
  /** The same where the load is complete: the dataset is free for others then. */
  finish(next: NextDataset): Promise<KeptDataset>;
  /** Gives the dataset free without a further commit, and removes what none has. */
  abort(): Promise<void>;
}
