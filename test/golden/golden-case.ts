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
  resources?: readonly (string | ({ name: string } & Record<string, unknown>))[];
  /**
   * dlt's `client`; its `base_url` is behind the server's address. With it, resources are given as
   * they are; else they have the paginator `header_link` and the data selector `$`.
   */
  client?: Record<string, unknown>;
  /** Headers of requests that are listed. @default none */
  watched?: readonly string[];
  /** dlt's `resource_defaults`. */
  defaults?: Record<string, unknown>;
  runs: readonly GoldenRun[];
}

export interface GoldenRun {
  /** Pages by path, or those of `items`. @default none */
  pages?: readonly unknown[] | Record<string, readonly unknown[]>;
  /** Responses by request, one after the other; the last one repeats. They count before pages. */
  responses?: Record<string, readonly GoldenResponse[]>;
  /** Options of resources that this run has otherwise. */
  resources?: Record<string, Record<string, unknown>>;
  source?: Record<string, unknown>;
  settings?: Record<string, string>;
  /** Resources that are loaded. @default all */
  select?: readonly string[];
  /** Keyword arguments of `pipeline.run`. */
  options?: Record<string, unknown>;
  /** SQL that a person runs before the run. @default none */
  before?: readonly string[];
  /** The pipeline's name. @default 'golden' */
  pipeline?: string;
  /** Instead of a load: resources that are dropped; all of the schema where the list is empty. */
  drop?: readonly string[];
  /** The run has no local state: it finds everything in the database. @default false */
  fresh?: boolean;
}

/** `{url}` in it is the server's address. */
export interface GoldenResponse {
  /** @default 200 */
  status?: number;
  headers?: Record<string, string>;
  /** @default '' */
  body?: unknown;
}

/**
 * Ids are hashes of rows where a strategy makes them so in every run, or the rows bring them.
 */
export function hasExactIds(given: GoldenCase): boolean {
  const text = JSON.stringify(given);
  const changes = given.runs.flatMap(({ resources = {} }) => Object.values(resources));
  return (
    (BY_HASH.test(text) || text.includes('_dlt_id')) &&
    !text.includes('row_version_column_name') &&
    changes.every(
      ({ write_disposition: other }) => other === undefined || BY_HASH.test(JSON.stringify(other)),
    )
  );
}

/** Strategies under which the id of a row is a hash of it. */
const BY_HASH = /\b(upsert|insert-only|scd2)\b/;
