/** A connection to a database that speaks SQL, with at most one transaction open in it. */
export interface SqlPort {
  /** Rows as lists of JavaScript values. Parameters are `$1`, `$2`, … */
  query(sql: string, parameters?: readonly string[]): Promise<unknown[][]>;
  /** Runs statements one after another, in one call. */
  execute(...statements: readonly string[]): Promise<void>;
}
