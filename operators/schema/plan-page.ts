import { ownMember } from '../json/own-member.js';
import type { Flat, FlatTable, SchemaChange, SchemaContract, ShapedTable } from '../types.js';
import type { KnownTable, KnownTables } from './known-tables.js';
import { planTable } from './plan-table.js';
import { withRootIds } from './root-ids.js';
import { rootRows } from './root-rows.js';
import { tableContract } from './table-contract.js';
import { checkOwners, inOrderOfClaim, nameTable, tableId } from './table-names.js';
import type { Violation } from './violation.js';

/** What a page needs of the schema, and where its values go. */
export interface PagePlan {
  /** What is known once the plan is accepted; the same object when the page changes nothing. */
  known: KnownTables;
  /** Tables that have rows in the page, fitted to the schemas in `known`. */
  tables: readonly ShapedTable[];
  /**
   * Tables and columns to add, types to widen, names that two keys share, hints that come too late.
   */
  changes: readonly SchemaChange[];
  /** Why the page cannot be accepted; empty when it can. */
  violations: readonly Violation[];
}

const UNKNOWN: Omit<KnownTable, 'schema'> = {
  hinted: new Map(),
  keys: new Map(),
  reported: new Set(),
  declared: [],
  refused: new Set(),
};

/**
 * Plans one page: pure, so a plan that is not accepted leaves no trace.
 *
 * Errors: SchemaError where a list and a resource of its own would fill one table.
 *
 * @param ofRun the schema contract of the run, over those of the tables
 * @param isLeft whether the page is what contracts left of it: then hints of a root table that is
 * there count without rows as well
 */
export function planPage(
  known: KnownTables,
  flat: Flat,
  ofRun?: SchemaContract,
  isLeft = false,
): PagePlan {
  const root = (flat.tables[0] as FlatTable).name;
  const isThere = (ownMember(known.schema, root)?.columns.length ?? 0) > 0;
  const withRows = flat.tables.filter(
    ({ rows, path }) => rows > 0 || (isLeft && isThere && path.length === 0),
  );
  // A copy where names are given: those of parents are needed for their children's.
  let named = known.tables;
  const changes: SchemaChange[] = [];
  for (const table of inOrderOfClaim(root, withRows)) {
    const id = tableId(root, table, known.compat);
    const there = named.get(id);
    if (there !== undefined) {
      checkOwners(there.schema, table);
      continue;
    }
    const { schema, collisions } = nameTable(root, table, { ...known, tables: named });
    changes.push(...collisions);
    named = new Map([...named, [id, { ...UNKNOWN, schema }]]);
  }
  const after = new Map<string, KnownTable>();
  const violations: Violation[] = [];
  const tables = withRows.map((table): ShapedTable => {
    const id = tableId(root, table, known.compat);
    const before = (after.get(id) ?? named.get(id)) as KnownTable;
    const { name } = before.schema;
    const isOld =
      (ownMember(known.schema, name)?.columns.length ?? 0) > 0 && !known.newTables.has(name);
    const contract = tableContract(table.hints, ofRun, isOld);
    const rows = withRootIds(table, before.schema, flat.tables);
    const plan = planTable(before, rows, flat.page, known.compat, contract);
    if (plan.known !== known.tables.get(id)) after.set(id, plan.known);
    changes.push(...plan.changes);
    violations.push(...plan.violations);
    const { hints } = plan;
    const numbers = hints.writeDisposition === 'append' ? null : rootRows(table, flat.tables);
    const { schema } = plan.known;
    // By dlt's rules a table holds all lists of its name, and the rows of this one have this
    // parent.
    const isElsewhere =
      known.compat === 'dlt' && table.parent !== null && table.parent !== schema.parent;
    return {
      schema: isElsewhere ? { ...schema, parent: table.parent } : schema,
      hints,
      rows: table.rows,
      ...(numbers && { rootRows: numbers }),
      columns: plan.columns,
    };
  });
  const next =
    after.size === 0 ? known : { ...known, tables: new Map([...known.tables, ...after]) };
  return { known: next, tables, changes, violations };
}
