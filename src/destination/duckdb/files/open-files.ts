import { manifestTarget } from '../../stage/manifest-target.js';
import { duckdbDialect } from '../dialect.js';
import { type OpenDatabase, openMemory } from '../open-database.js';
import { ownTarget } from '../own-target.js';
import { portOf } from '../port-of.js';
import { runOnce } from '../run-once.js';
import type { DatasetScope } from '../target.js';
import type { FilesDatabase } from './files-database.js';
import { liveViews } from './live-views.js';
import { openPlace } from './open-place.js';
import { beginStage } from './stage.js';

/** The database in memory that loads fill; readers have another one. */
const STAGE = 'sluice_stage';

const DIALECT = { ...duckdbDialect(false), destinationType: 'dlt.destinations.filesystem' };

/** Opens a DuckDB in memory that loads and reads files. */
export async function openFiles({
  place,
  format,
  extensions,
}: FilesDatabase): Promise<OpenDatabase> {
  const opened = await openMemory(extensions === null ? {} : { extension_directory: extensions });
  await runOnce(opened.instance, `ATTACH ':memory:' AS ${STAGE}`);
  const { store, allow } = openPlace(place);
  const read = ownTarget(false);
  const reader = {
    ...DIALECT,
    // Each table of rows is a view over its files.
    relations: `SELECT name, 'table' FROM (${DIALECT.relations}) found (name, kind)`,
  };
  const views = liveViews(store, (dataset) => ({ catalog: 'memory', dataset, dialect: reader }));
  const stages = new Map<string, DatasetScope>();
  const stageScope = (dataset: string): DatasetScope => ({
    catalog: STAGE,
    dataset,
    dialect: DIALECT,
    isThere: true,
    path: null,
    isAmbiguous: false,
  });
  return {
    ...opened,
    tables: {
      read: {
        ...read,
        scopeOf: async (connection, dataset) => ({
          ...(await read.scopeOf(connection, dataset)),
          dialect: reader,
        }),
        async refresh(connection, dataset) {
          await allow(opened.instance);
          await views(connection, dataset);
        },
      },
      loads: (connections) => ({
        portOf,
        scopeOf: (_, dataset) => Promise.resolve(stages.get(dataset) ?? stageScope(dataset)),
        find: ({ catalog, dataset }, table) => [catalog, dataset, table],
        async hold(spec) {
          const scope = stageScope(spec.dataset);
          const target = manifestTarget(store, spec, DIALECT.sqlTypeOf);
          const stage = await beginStage({ connections, scope, target, format }, spec);
          stages.set(spec.dataset, { ...scope, elsewhere: stage.elsewhere });
          return stage;
        },
      }),
    },
  };
}
