/** A case of `cases/*.json`: what is loaded, run by run. */
export interface GoldenCase {
  name: string;
  /** What sluice stores instead on purpose, where it is not `compat: 'dlt'`. */
  own?: string;
  /** Keyword arguments of dlt's `rest_api_source`. */
  source?: Record<string, unknown>;
  /** Environment variables of dlt. */
  settings?: Record<string, string>;
  /** dlt's resources, in its words. @default one named `items` */
  resources?: readonly ({ name: string } & Record<string, unknown>)[];
  /** dlt's `resource_defaults`. */
  defaults?: Record<string, unknown>;
  runs: readonly GoldenRun[];
}

export interface GoldenRun {
  /** Pages by path, or those of `items`. */
  pages: readonly unknown[] | Record<string, readonly unknown[]>;
  /** Options of resources that this run has otherwise. */
  resources?: Record<string, Record<string, unknown>>;
  source?: Record<string, unknown>;
  settings?: Record<string, string>;
  /** Resources that are loaded. @default all */
  select?: readonly string[];
  /** Keyword arguments of `pipeline.run`. */
  options?: Record<string, unknown>;
  /** The run has no local state: it finds everything in the database. @default false */
  fresh?: boolean;
}

/** Ids are hashes of rows where a strategy makes them so, or the rows bring them. */
export function hasExactIds(given: GoldenCase): boolean {
  const text = JSON.stringify(given);
  return (
    /\b(upsert|insert-only|scd2)\b|_dlt_id/.test(text) && !text.includes('row_version_column_name')
  );
}
