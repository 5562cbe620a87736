/** Files under one root: a folder, or a bucket. Names are paths below it, with `/`. */
export interface FileStore {
  /** Where it is, for people; no secrets. */
  readonly location: string;
  /** How SQL that reads files names one. */
  address(name: string): string;
  /** What the files right below a folder are called there, sorted; empty where there is none. */
  list(folder: string): Promise<string[]>;
  /** What the folders right below the root are called. */
  folders(): Promise<string[]>;
  /** Names of all files below a folder, however deep. */
  tree(folder: string): Promise<string[]>;
  /** A file's text; null where there is none. */
  read(name: string): Promise<string | null>;
  /**
   * Makes a file with this text, durably and as one thing. False: there is one of this name, which
   * stays as it is.
   */
  create(name: string, text: string): Promise<boolean>;
  /** Takes a file of this computer, durably; one of the same name is replaced. */
  put(path: string, name: string): Promise<void>;
  /** A file as one of this computer, in a folder that the caller may use. */
  get(name: string, room: string): Promise<string>;
  /**
   * A new folder of this computer for files that are put: below `folder` where that is local, and
   * those that are left there are removed.
   */
  room(folder: string): Promise<string>;
  /** Removes files; those that are not there are no error. */
  remove(names: readonly string[]): Promise<void>;
}
