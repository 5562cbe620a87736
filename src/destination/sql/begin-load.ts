import type { Known, LoadSpec } from '../messages.js';
import { createBookkeeping, readStates, requireBooks } from './bookkeeping.js';
import {
  type Catalog,
  holdsRows,
  parentOf,
  readCatalog,
  readRelations,
  readSchema,
  type Relations,
  STAGING,
} from './catalog.js';
import { deleteUnfinished, isResumed } from './delete-unfinished.js';
import type { LoadDocuments } from './load-documents.js';
import { mayBeBelow } from './may-be-below.js';
import { type Names, readNames } from './names.js';
import type { SqlPort } from './port.js';
import { type RefreshPlan, refreshPlan, sharedNotices } from './refresh.js';
import type { SchemaVersions } from './schema-versions.js';
import { type Scope } from './sql.js';
import { dropMade } from './unfinished/drop-made.js';
import { findUnfinished, type ResumedLoad } from './unfinished/find-unfinished.js';

/** What a load begins with. */
export interface Beginning {
  known: Known;
  catalog: Catalog;
  relations: Relations;
  names: Names;
  versions: SchemaVersions;
  /** What the load drops with its first commit; none of it is in `known` and `catalog`. */
  plan: RefreshPlan | null;
  /** The load with its source, and the names of its tables by the dataset's naming convention. */
  spec: LoadSpec;
  /** The unfinished load that goes on; null for a new one. */
  resumed: ResumedLoad | null;
  /** Something was written. */
  isChanged: boolean;
}

/**
 * Makes the schema and the tables of bookkeeping where they are missing, resumes or deletes what an
 * unfinished load of this pipeline left, and reads what is known then. A load of a dataset that is
 * in order only reads.
 */
export async function beginLoad(
  port: SqlPort,
  scope: Scope,
  given: LoadSpec,
  documents: LoadDocuments,
): Promise<Beginning> {
  const { dialect } = scope;
  const relations = await readRelations(port, scope);
  const catalog = await readCatalog(port, scope, relations);
  requireBooks(scope, relations, catalog);
  const { state, spec, ...versions } = await documents.read(catalog);
  const hasSchema = [...relations.values()].some(({ name }) => !name.startsWith(STAGING));
  const lacking = [
    ...(!hasSchema ? [dialect.createSchema(scope.catalog, scope.dataset)] : []),
    ...createBookkeeping(scope, catalog),
  ];
  await port.execute(...lacking);
  const unfinished = await findUnfinished(port, scope, spec, catalog);
  const { resumed, begunAnew } = unfinished;
  let names = await readNames(port, scope, catalog);
  const above = (table: string): string | null => parentOf(table, catalog, names, versions);
  const left = deleteUnfinished(scope, catalog, spec, unfinished, above);
  for (const table of catalog.keys())
    if (table.startsWith(STAGING) && !isResumed(table, unfinished)) catalog.delete(table);
  await port.execute(...left);
  const forgotten = await dropMade(port, scope, unfinished.made, { catalog, relations });
  if (forgotten.length > 0) {
    documents.forget(new Set(forgotten));
    await documents.saveSchema([], catalog);
    names = await readNames(port, scope, catalog);
  }
  const document = documents.document();
  const refresh = refreshPlan(spec, document, catalog, above);
  // Tables were dropped and emptied with the first commit of the load that is resumed.
  const plan = refresh && resumed ? { ...refresh, drop: [], empty: [] } : refresh;
  for (const table of plan?.drop ?? []) {
    catalog.delete(table);
    relations.delete(dialect.fold(table));
  }
  const { resources: dropped = [] } = plan ?? {};
  const notices = [
    ...unfinished.notices,
    ...(plan === null ? [] : sharedNotices(spec, plan, versions.documents, scope.dataset)),
  ];
  const states = await readStates(port, scope, spec, catalog);
  const isOfLoad = (table: string): boolean =>
    spec.tables.some(
      ({ table: root }) => table === root || mayBeBelow(table, root, dialect.identifierBytes),
    );
  const known: Known = {
    schema: await readSchema(port, scope, catalog, relations, names, versions, isOfLoad),
    states: states.filter(({ resource }) => dropped !== 'all' && !dropped.includes(resource)),
    isEmpty: ![...catalog.keys()].some(holdsRows),
    state,
    ...(spec.naming && { naming: spec.naming }),
    ...(spec.source !== given.source && { source: spec.source }),
    ...(document !== null && { document }),
    ...(plan !== null && documents.drop({ ...plan, tables: new Set(plan.drop) })),
    ...(resumed && { unfinished: resumed.unfinished }),
    ...(begunAnew !== null && { begunAnew }),
    ...(notices.length > 0 && { notices }),
  };
  const isChanged = lacking.length > 0 || left.length > 0;
  return { known, catalog, relations, names, versions, plan, spec, resumed, isChanged };
}
