import { isQuarantine, QUARANTINE } from '../../../operators/schema/quarantine-table.js';
import type { LoadSpec } from '../messages.js';
import {
  byDepth,
  type Catalog,
  childrenOf,
  holdsRows,
  isRoot,
  type ParentOf,
  STAGING,
} from './catalog.js';
import { deleteBelow } from './delete-below.js';
import { mayBeBelow } from './may-be-below.js';
import { qualified, type Scope } from './sql.js';
import type { Unfinished } from './unfinished/find-unfinished.js';
import { forgetLoads } from './unfinished/unfinished-tables.js';

/**
 * SQL that removes what unfinished loads left that are not resumed: their rows (children at any
 * depth), staging tables and bookkeeping. Staging tables that the load itself needs are removed,
 * whosever they are; the load that they belonged to is begun anew then.
 */
export function deleteUnfinished(
  scope: Scope,
  catalog: Catalog,
  spec: LoadSpec,
  unfinished: Unfinished,
  parentOf: ParentOf,
): string[] {
  const staging = [...catalog.keys()]
    .filter((table) => table.startsWith(STAGING) && !isKept(scope, table, spec, unfinished))
    .map((table) => `DROP TABLE ${qualified(scope, table)}`);
  if (unfinished.deleted.length === 0) return staging;
  const loads = unfinished.deleted.map((id) => scope.dialect.literal(id)).join(', ');
  const roots = [...catalog]
    .filter(([table, columns]) => (holdsRows(table) || table === QUARANTINE) && isRoot(columns))
    .map(([table]) => table);
  const children = [
    ...new Set(roots.flatMap((root) => childrenOf(root, catalog, scope, parentOf))),
  ].sort(byDepth(parentOf));
  // Ids that are hashes of keys are those of earlier loads' rows as well: only what is below a row
  // goes by its id. Rows that were put aside have nothing below them, and bear the ids of others.
  const ids = roots
    .filter((root) => !isQuarantine((catalog.get(root) ?? []).map(({ name }) => name)))
    .map(
      (root) => `SELECT _dlt_id FROM ${qualified(scope, root)} WHERE _dlt_load_id IN (${loads})`,
    );
  const below =
    children.length === 0 || ids.length === 0
      ? []
      : deleteBelow(scope, ids.join(' UNION ALL '), children, children);
  const deletes = roots.map(
    (root) => `DELETE FROM ${qualified(scope, root)} WHERE _dlt_load_id IN (${loads})`,
  );
  return [...below, ...deletes, ...staging, ...forgetLoads(scope, loads, catalog)];
}

/** Whether a staging table has rows of the load that is resumed. */
export function isResumed(table: string, { resumed }: Unfinished): boolean {
  return (
    resumed?.tables.some(
      ({ schema, hints }) =>
        hints.writeDisposition !== 'append' && table === `${STAGING}${schema.name}`,
    ) === true
  );
}

function isKept(
  { dialect }: Scope,
  table: string,
  { tables }: LoadSpec,
  unfinished: Unfinished,
): boolean {
  if (isResumed(table, unfinished)) return true;
  // Without its root tables nobody knows which ones a load will stage.
  if (!unfinished.areOthersLeft || tables.length === 0) return false;
  const name = table.slice(STAGING.length);
  return !tables.some(
    (root) => name === root.table || mayBeBelow(name, root.table, dialect.identifierBytes),
  );
}
