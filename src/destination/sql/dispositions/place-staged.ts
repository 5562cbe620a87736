import { strategyOf } from '../../../../operators/schema/table-hints.js';
import type { Compat } from '../../../../operators/types.js';
import {
  childrenOf,
  hasRules,
  type ParentOf,
  type RealColumn,
  type Relations,
  rootsOf,
  STAGING,
} from '../catalog.js';
import { deleteBelow } from '../delete-below.js';
import type { SqlPort } from '../port.js';
import type { RealTables, TableOfLoad } from '../real-tables.js';
import { qualified, type Scope } from '../sql.js';
import { mergeStatements } from './merge-statements.js';
import {
  deletionMark,
  hasRepeats,
  insertStaged,
  ROW,
  rowsByKey,
  type StagedChain,
} from './staged-rows.js';

/** What a load has staged. */
export interface StagedLoad {
  port: SqlPort;
  scope: Scope;
  compat: Compat;
  loadId: string;
  real: RealTables;
  relations: Relations;
  /** The parent of a table; null for a root table. */
  parentOf: ParentOf;
  /** Tables that rows came for, by name. */
  tables: ReadonlyMap<string, TableOfLoad>;
}

/**
 * Puts staged rows in the place of all rows of a root table and of the tables below it; without
 * staged rows the tables are emptied.
 */
export async function placeReplaced(load: StagedLoad, root: string): Promise<void> {
  const { port, scope, real, relations } = load;
  const { catalog } = real;
  const children = childrenOf(root, catalog, scope, load.parentOf);
  const stale = [root, ...children].filter(
    (table) => catalog.has(table) && !catalog.has(`${STAGING}${table}`),
  );
  const shared = stale.filter((table) =>
    rootsOf(table, catalog, scope).some((other) => other !== root),
  );
  if (shared.length > 0 && catalog.has(root))
    await port.execute(
      ...deleteBelow(scope, `SELECT _dlt_id FROM ${qualified(scope, root)}`, children, shared),
    );
  await port.execute(
    ...stale
      .filter((table) => !shared.includes(table))
      .map((table) => `DELETE FROM ${qualified(scope, table)}`),
  );
  const staged = stagedUnder(load, root);
  const stays = staged.includes(root) ? await keptRows(load, root, staged) : null;
  // Rows that others refer to go last and come first.
  const kept = staged.filter((table) => hasRules(scope, table, catalog, relations));
  // A table whose rows were deleted cannot be altered in the same transaction.
  for (const table of kept) await real.fit(table);
  await port.execute(
    ...[...kept].reverse().map((table) => `DELETE FROM ${qualified(scope, table)}`),
  );
  const copied: string[] = [];
  for (const table of staged) {
    if (!kept.includes(table)) {
      if (stays === null) {
        await real.swap(table);
        continue;
      }
      await real.drop(table);
      await real.create(table, real.staged(table));
    }
    const from = { name: table, columns: real.staged(table) };
    await port.execute(...insertStaged(scope, [from], stays === null ? undefined : () => stays));
    copied.push(table);
  }
  await real.drop(...copied.map((table) => `${STAGING}${table}`));
}

/** A condition on the staged rows that stay; null where all do. */
async function keptRows(
  load: StagedLoad,
  root: string,
  staged: readonly string[],
): Promise<string | null> {
  // Pages of a list that moves overlap; dlt keeps all rows.
  if (load.compat === 'dlt') return null;
  const chain = await withDistinct(load, chainOf(load, root, staged));
  return chain.isDistinct ? null : `${ROW} IN (SELECT ${ROW} FROM (${rowsByKey(chain)}) kept)`;
}

/** Merges staged rows of a root table and of the tables below it, as the hints say. */
export async function placeMerged(load: StagedLoad, root: string): Promise<void> {
  const { port, real, tables } = load;
  const staged = stagedUnder(load, root);
  if (!staged.includes(root)) return;
  const { isDistinct } = await withDistinct(load, chainOf(load, root, staged));
  // The first rows of new tables need not be copied where each of them stays.
  const isNew = staged.every((table) => !real.catalog.has(table));
  if (isNew && isDistinct && staysWhole(chainOf(load, root, staged))) {
    for (const table of staged) await real.swap(table);
    return;
  }
  for (const table of staged) {
    const validity = validityColumns(load, table);
    if (!real.catalog.has(table)) {
      const columns = real.staged(table).filter(({ name }) => !names(validity).includes(name));
      const declared = tables.get(table)?.hints.merge?.scd2?.declared ?? [];
      const isBefore = ({ name }: RealColumn): boolean => declared.includes(name);
      await real.create(table, [
        ...columns.filter(isBefore),
        ...validity,
        ...columns.filter((column) => !isBefore(column)),
      ]);
      continue;
    }
    await real.fit(table);
    const there = names(real.catalog.get(table) ?? []);
    await real.alter(
      table,
      validity.filter(({ name }) => !there.includes(name)),
      [],
    );
  }
  for (const table of staged) await fillRootIds(load, table);
  await port.execute(...mergeStatements({ ...chainOf(load, root, staged), isDistinct }));
  await real.drop(...staged.map((table) => `${STAGING}${table}`));
}

/** The columns in which `scd2` keeps when versions of a root table are valid. */
function validityColumns({ scope, tables }: StagedLoad, table: string): RealColumn[] {
  const { scd2 } = tables.get(table)?.hints.merge ?? {};
  return [scd2?.validFrom, scd2?.validTo].flatMap((name) =>
    name === undefined ? [] : [{ name, sqlType: scope.dialect.types.timestamp, nullable: true }],
  );
}

function names(columns: readonly RealColumn[]): string[] {
  return columns.map(({ name }) => name);
}

/** Returns whether the rows of a load without repeated keys are all inserted, as they are. */
function staysWhole(chain: StagedChain): boolean {
  return strategyOf(chain.hints) !== 'scd2' && deletionMark(chain, false) === null;
}

function chainOf(
  { scope, compat, loadId, real, tables, parentOf: above }: StagedLoad,
  root: string,
  staged: readonly string[],
): StagedChain {
  const hints: StagedChain['hints'] = tables.get(root)?.hints ?? { primaryKey: [] };
  const table = (name: string): StagedChain['tables'][number] => ({
    name,
    columns: real.staged(name),
  });
  return {
    scope,
    compat,
    tables: [table(root), ...staged.filter((name) => name !== root).map(table)],
    below: childrenOf(root, real.catalog, scope, above),
    hints,
    isDistinct: hints.primaryKey.length === 0 || hints.merge?.deduplicated === true,
    began: loadId.replace('.', ''),
  };
}

/** Looks whether the keys of a chain are distinct where it does not say so. */
async function withDistinct({ port }: StagedLoad, chain: StagedChain): Promise<StagedChain> {
  if (chain.isDistinct) return chain;
  const [[isRepeated] = []] = await port.query(hasRepeats(chain));
  return { ...chain, isDistinct: isRepeated !== true };
}

/**
 * A child table that appends filled before its first merge has no root ids yet: they are found
 * through its parents.
 */
async function fillRootIds(
  { port, scope, real, tables }: StagedLoad,
  table: string,
): Promise<void> {
  const parent = parentOf(tables, table);
  if (parent === null || !names(real.catalog.get(table) ?? []).includes('_dlt_root_id')) return;
  const above = parentOf(tables, parent) === null ? '_dlt_id' : '_dlt_root_id';
  await port.execute(
    `UPDATE ${qualified(scope, table)} AS c SET _dlt_root_id = p.${above} FROM ${qualified(scope, parent)} AS p WHERE c._dlt_root_id IS NULL AND c._dlt_parent_id = p._dlt_id`,
  );
}

/** Tables of a root's chain that have a staging table, parents before children. */
function stagedUnder({ real: { catalog }, tables }: StagedLoad, root: string): string[] {
  const above = (table: string): string[] => {
    const parent = parentOf(tables, table);
    return parent === null ? [] : [parent, ...above(parent)];
  };
  return [...tables.keys()]
    .filter((table) => table === root || above(table).includes(root))
    .filter((table) => catalog.has(`${STAGING}${table}`))
    .sort((a, b) => above(a).length - above(b).length);
}

function parentOf(tables: StagedLoad['tables'], table: string): string | null {
  return tables.get(table)?.schema.parent ?? null;
}
