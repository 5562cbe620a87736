import type { Kill } from './crash-trial.js';

/** What is killed before and after, in the order in which a load comes to it. */
const AROUND: Record<string, readonly Around[]> = {
  request: [{ at: 'request', count: 20 }],
  append: [
    { at: 'append', count: 2 },
    { at: 'append', count: 9 },
  ],
  DDL: [
    statement('ALTER TABLE "t"."data"."parcels" ADD COLUMN'),
    statement('CREATE TABLE "t"."data"."_sluice_new__'),
  ],
  commit: [statement('COMMIT', 3), statement('COMMIT'), statement("checkpoint_threshold = '0KB'")],
  state: [
    statement('INSERT INTO "t"."data"."_sluice_loads"'),
    statement('INSERT INTO "t"."data"."_sluice_positions"', 2),
    statement('_sluice_progress', 2),
    statement('INSERT INTO "t"."data"."_dlt_version"'),
    statement('INSERT INTO "t"."data"."_dlt_pipeline_state"'),
    statement('INSERT INTO "t"."data"."_dlt_loads"'),
  ],
  swap: [statement('RENAME TO "shops"'), statement('RENAME TO "breaks"')],
  merge: [
    statement('CREATE TEMP TABLE _sluice_deleted'),
    statement('DELETE FROM "t"."data"."visits"'),
    statement('DELETE FROM "t"."data"."shifts"'),
    statement('UPDATE "t"."data"."prices"'),
  ],
};

type Around =
  | { at: 'request' | 'append'; count: number }
  | { at: 'statement'; pattern: string; count: number }
  | { at: 'file'; name: string; pattern: string; count: number }
  | { at: 'store'; method: string; pattern: string; count: number };

function statement(pattern: string, count = 1): Around {
  return { at: 'statement', pattern, count };
}

/** The points that Postgres has in another form. */
const OF_POSTGRES: typeof AROUND = {
  DDL: [
    statement('ALTER TABLE "data"."parcels" ADD COLUMN'),
    statement('CREATE TABLE "data_sluice_staging"."'),
  ],
  commit: [statement('COMMIT', 3), statement('COMMIT')],
  swap: [
    statement('ALTER TABLE "data_sluice_staging"."shops" SET SCHEMA'),
    statement('ALTER TABLE "data_sluice_staging"."breaks" SET SCHEMA'),
  ],
};

/** The points of a load into files, whose commits are in manifests. */
const OF_FILES: typeof AROUND = {
  files: [
    statement('COPY (SELECT', 3),
    statement('DELETE FROM "sluice_stage"."data"."orders"'),
    statement('COMMIT', 4),
  ],
  folder: [
    file('rename', '/data/orders/', 2),
    file('rename', '/data/_sluice/waiting/'),
    file('link', '/data/_sluice/0', 3),
    file('link', '/data/_dlt_loads/'),
    // Files of rows that were replaced.
    file('rm', '/data/shops/'),
  ],
  bucket: [
    store('PUT', '/data/orders/', 2),
    store('PUT', '/data/_sluice/waiting/'),
    store('PUT', '/data/_sluice/0', 3),
    store('PUT', '/data/_dlt_loads/'),
    store('DELETE', '/data/shops/'),
  ],
};

function file(name: string, pattern: string, count = 1): Around {
  return { at: 'file', name, pattern, count };
}

function store(method: string, pattern: string, count = 1): Around {
  return { at: 'store', method, pattern, count };
}

/** Kills before and after the points of these names in a load into files. */
export function filesPoints(names: readonly string[]): Kill[] {
  return crashPoints(names, true, { ...AROUND, ...OF_FILES });
}

/** The points that a DuckLake has in another form. */
const OF_LAKES: typeof AROUND = {
  commit: [statement('COMMIT', 3), statement('COMMIT')],
  fence: [statement('UPDATE "t"."data"."_sluice_fence"', 3)],
  swap: [
    statement('DROP TABLE IF EXISTS "t"."data"."shops"'),
    statement('DROP TABLE IF EXISTS "t"."data"."breaks"'),
  ],
};

/**
 * Kills before and after the points of these names in a load into a DuckLake; without `isWhole`,
 * only the first of each.
 */
export function lakePoints(names: readonly string[], isWhole: boolean): Kill[] {
  return crashPoints(names, isWhole, renamed({ ...AROUND, ...OF_LAKES }, '"ducklake".'));
}

/** Kills before and after the points of these names in a load into Postgres. */
export function postgresPoints(names: readonly string[]): Kill[] {
  return crashPoints(names, true, renamed({ ...AROUND, ...OF_POSTGRES }, ''));
}

/** Points whose statements name the database in this way. */
function renamed(around: typeof AROUND, database: string): typeof AROUND {
  return Object.fromEntries(
    Object.entries(around).map(([name, points]) => [
      name,
      points.map((point) =>
        point.at === 'statement'
          ? { ...point, pattern: point.pattern.replace('"t".', database) }
          : point,
      ),
    ]),
  );
}

/** Kills before and after the points of these names; without `isWhole`, only the first of each. */
export function crashPoints(
  names: readonly string[],
  isWhole: boolean,
  around: typeof AROUND = AROUND,
): Kill[] {
  return names
    .flatMap((name) => (around[name] ?? []).slice(0, isWhole ? undefined : 1))
    .flatMap((point): Kill[] => [
      { ...point, when: 'before' },
      { ...point, when: 'after' },
    ]);
}
