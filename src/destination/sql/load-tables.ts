import type { Position, SchemaChange, ShapedTable } from '../../../operators/types.js';
import type { Known, LoadSpec, Outcome } from '../messages.js';
import { beginLoad } from './begin-load.js';
import { completeLoad, insertPositions } from './bookkeeping.js';
import {
  type Catalog,
  childrenOf,
  hasRules,
  type RealColumn,
  type Relations,
  rootsOf,
  STAGING,
} from './catalog.js';
import {
  addColumn,
  createTable,
  type Detour,
  detour,
  insertRows,
  missing,
  stagingColumns,
  widenToDouble,
} from './ddl.js';
import { deleteBelow } from './delete-below.js';
import { loadDocuments } from './load-documents.js';
import { mergeStatements, rowsByKey } from './merge.js';
import { insertNames, type Names, readNames } from './names.js';
import type { SqlPort } from './port.js';
import { type RefreshPlan, refreshStatements } from './refresh.js';
import { requireFit, requireOwnKeys, requireTable } from './require-fit.js';
import type { SchemaVersions } from './schema-versions.js';
import { qualified, type Scope } from './sql.js';

/** A table that rows come for: its structure, and what the load does with them. */
export type TableOfLoad = Pick<ShapedTable, 'schema' | 'hints'>;

/** Which load the tables are of, and where they are. */
export interface LoadTablesConfig {
  scope: Scope;
  spec: LoadSpec;
  loadId: string;
}

/** The tables of one load. Every call runs inside the transaction that its caller has open. */
export interface LoadTables {
  /**
   * Makes the schema and the tables of bookkeeping; deletes what an unfinished load of this
   * pipeline left; reads what is known then.
   *
   * Errors: ConfigError for a new dataset whose name is that of a database.
   */
  prepare(): Promise<Known>;
  /**
   * Tables that must change before these rows can be appended; their appenders must be closed
   * first.
   */
  outdated(tables: readonly TableOfLoad[]): string[];
  /** Makes or alters the tables (or their staging tables). */
  ensure(tables: readonly TableOfLoad[]): Promise<SchemaChange[]>;
  /**
   * The table that rows are appended to, and its columns in order; `detour` where it fills some by
   * default. Only after `ensure`.
   */
  target(table: TableOfLoad): {
    table: string;
    columns: readonly RealColumn[];
    detour: Detour | null;
  };
  /** Drops what `refresh` of the load says: the first thing of the first transaction with rows. */
  refresh(): Promise<void>;
  /** Before each commit: keeps positions, and what the schema is now. */
  record(positions: readonly Position[]): Promise<void>;
  /** Swaps, merges and marks the load complete: the last transaction. `loaded`: rows by table. */
  finish(outcome: Outcome, loaded: Readonly<Record<string, number>>): Promise<void>;
}

export function loadTables(port: SqlPort, { scope, spec, loadId }: LoadTablesConfig): LoadTables {
  const { dataset, dialect } = scope;
  const { fold, types } = dialect;
  const { pipeline, source } = spec;
  let catalog: Catalog = new Map();
  let relations: Relations = new Map();
  let names: Names;
  let versions: SchemaVersions;
  let plan: RefreshPlan | null = null;
  const documents = loadDocuments(port, scope, spec, loadId);
  /** Tables were changed: since the last commit, and since the load began. */
  let changed = { now: false, ever: false };
  const tablesByName = new Map<string, TableOfLoad>();
  const parentOf = (table: string): string | null => tablesByName.get(table)?.schema.parent ?? null;
  const run = async (statements: Iterable<string>): Promise<void> => {
    for (const statement of statements) await port.execute(statement);
  };
  const name = ({ schema, hints }: TableOfLoad): string =>
    hints.writeDisposition === 'append' ? schema.name : `${STAGING}${schema.name}`;

  /** What the table (or staging table) for these rows lacks. */
  function lacks(own: TableOfLoad): {
    create: RealColumn[] | null;
    add: RealColumn[];
    widen: string[];
  } {
    const { schema: table, hints } = own;
    const target = catalog.get(table.name) ?? [];
    if (hints.writeDisposition === 'append' && target.length > 0)
      return { create: null, ...missing(dialect, target, table.columns) };
    const { begin, wanted } = stagingColumns(dialect, target, table.columns);
    const has = catalog.get(name(own));
    if (has !== undefined) return { create: null, ...missing(dialect, has, wanted) };
    return { create: begin, add: [], widen: missing(dialect, target, wanted).widen };
  }

  /** Gives an existing table the columns and types that rows for it have. */
  async function alter(
    table: string,
    add: readonly RealColumn[],
    widen: readonly string[],
  ): Promise<void> {
    await run([
      ...add.map((column) => addColumn(scope, table, column)),
      ...widen.map((column) => widenToDouble(scope, table, column)),
    ]);
    const widened = new Set(widen.map(fold));
    const columns = (catalog.get(table) ?? []).map((column) =>
      widened.has(fold(column.name)) ? { ...column, sqlType: types.double } : column,
    );
    catalog.set(table, [...columns, ...add]);
  }

  async function create(table: string, columns: readonly RealColumn[]): Promise<void> {
    await port.execute(createTable(scope, table, columns));
    catalog.set(table, [...columns]);
  }

  /** Writes down which keys are behind the columns that have come. */
  async function writeNames({ schema }: TableOfLoad): Promise<void> {
    const statements = insertNames(scope, schema, names);
    await run(statements);
    if (statements.length > 0) names = await readNames(port, scope);
  }

  async function replace(root: string): Promise<void> {
    const children = childrenOf(root, catalog);
    const stale = [root, ...children].filter(
      (table) => catalog.has(table) && !catalog.has(`${STAGING}${table}`),
    );
    const shared = stale.filter((table) => rootsOf(table, catalog).some((other) => other !== root));
    if (shared.length > 0 && catalog.has(root))
      await run(
        deleteBelow(scope, `SELECT _dlt_id FROM ${qualified(scope, root)}`, children, shared),
      );
    await run(
      stale
        .filter((table) => !shared.includes(table))
        .map((table) => `DELETE FROM ${qualified(scope, table)}`),
    );
    const staged = stagedUnder(root);
    if (staged.includes(root)) await keepKeysOnce(staged);
    // Rows that others refer to go last and come first.
    const kept = staged.filter((table) => hasRules(scope, table, catalog, relations));
    await run([...kept].reverse().map((table) => `DELETE FROM ${qualified(scope, table)}`));
    for (const table of staged)
      if (kept.includes(table)) {
        await fitTarget(table);
        await run([
          insertRows(scope, qualified(scope, `${STAGING}${table}`), table, movedColumns(table)),
          `DROP TABLE ${qualified(scope, `${STAGING}${table}`)}`,
        ]);
      } else
        await run([
          `DROP TABLE IF EXISTS ${qualified(scope, table)}`,
          `ALTER TABLE ${qualified(scope, `${STAGING}${table}`)} RENAME TO ${dialect.identifier(table)}`,
        ]);
  }

  /** Pages of a list that moves overlap: of rows with one key the later counts. */
  async function keepKeysOnce([root, ...below]: readonly string[]): Promise<void> {
    const { primaryKey = [] } = tablesByName.get(String(root))?.hints ?? {};
    if (primaryKey.length === 0) return;
    const own = `${STAGING}${root}`;
    const table = { name: own, columns: catalog.get(own) ?? [] };
    const repeats = rowsByKey(scope, table, primaryKey, '> 1');
    const [[isRepeated] = []] = await port.query(`SELECT EXISTS (${repeats})`);
    const tables = below.map((child) => `${STAGING}${child}`);
    if (isRepeated === true) await run(deleteBelow(scope, repeats, tables, [...tables, own]));
  }

  /** Columns of a table that its staging table has, in the order of that. */
  function movedColumns(table: string): RealColumn[] {
    const has = new Map((catalog.get(table) ?? []).map((own) => [fold(own.name), own]));
    return (catalog.get(`${STAGING}${table}`) ?? []).map((own) => has.get(fold(own.name)) ?? own);
  }

  /** Gives a table the columns and types of its staging table. */
  async function fitTarget(table: string): Promise<void> {
    const columns = catalog.get(`${STAGING}${table}`) ?? [];
    const has = new Map((catalog.get(table) ?? []).map((old) => [fold(old.name), old]));
    await alter(
      table,
      columns.filter((column) => !has.has(fold(column.name))),
      columns
        .filter(
          (column) =>
            column.sqlType === types.double && has.get(fold(column.name))?.sqlType === types.bigint,
        )
        .map((column) => column.name),
    );
  }

  async function merge(root: string): Promise<void> {
    const staged = stagedUnder(root);
    if (!staged.includes(root)) return;
    for (const table of staged)
      if (catalog.has(table)) await fitTarget(table);
      else await create(table, catalog.get(`${STAGING}${table}`) as RealColumn[]);
    for (const table of staged) await rootIds(table);
    await run(
      mergeStatements(
        scope,
        staged.map((table) => ({ name: table, columns: movedColumns(table) })),
        childrenOf(root, catalog),
        tablesByName.get(root)?.hints.primaryKey ?? [],
      ),
    );
    await run(staged.map((table) => `DROP TABLE ${qualified(scope, `${STAGING}${table}`)}`));
  }

  /**
   * A child table that appends filled before its first merge has no root ids yet: they are found
   * through its parents.
   */
  async function rootIds(table: string): Promise<void> {
    const parent = parentOf(table);
    if (parent === null) return;
    const above = parentOf(parent) === null ? '_dlt_id' : '_dlt_root_id';
    await port.execute(
      `UPDATE ${qualified(scope, table)} AS c SET _dlt_root_id = p.${above} FROM ${qualified(scope, parent)} AS p WHERE c._dlt_root_id IS NULL AND c._dlt_parent_id = p._dlt_id`,
    );
  }

  /** Tables of a root's chain that have a staging table, parents before children. */
  function stagedUnder(root: string): string[] {
    const belongs = (table: string): boolean => {
      for (let at: string | null = table; at !== null; at = parentOf(at))
        if (at === root) return true;
      return false;
    };
    return [...tablesByName.keys()]
      .filter((table) => belongs(table) && catalog.has(`${STAGING}${table}`))
      .sort((a, b) => depth(a) - depth(b));
  }
  function depth(table: string): number {
    let levels = 0;
    for (let at = parentOf(table); at !== null; at = parentOf(at)) levels += 1;
    return levels;
  }

  return {
    async prepare() {
      const { known, ...begun } = await beginLoad(port, scope, spec, loadId, documents);
      ({ catalog, relations, names, versions, plan } = begun);
      return known;
    },
    async refresh() {
      if (plan === null) return;
      await run(refreshStatements(scope, spec, plan));
      names = await readNames(port, scope);
    },
    outdated: (tables) =>
      tables
        .filter((table) => {
          const { create, add, widen } = lacks(table);
          return create === null && (add.length > 0 || widen.length > 0);
        })
        .map(name),
    async ensure(tables) {
      const changes: SchemaChange[] = [];
      for (const own of tables) {
        const { schema: table, hints } = own;
        tablesByName.set(table.name, { schema: table, hints });
        requireTable(scope, table.name, relations);
        requireFit(scope, table, catalog.get(table.name) ?? [], versions.isFixed(table.name));
        requireOwnKeys(table, catalog.get(table.name) ?? [], names, dataset);
        const wasThere = catalog.has(table.name);
        const { create: columns, add, widen } = lacks(own);
        if (columns !== null || add.length > 0 || widen.length > 0)
          changed = { now: true, ever: true };
        if (columns !== null) {
          await create(name(own), columns);
          if (!wasThere)
            changes.push({
              kind: 'new-table',
              table: table.name,
              column: null,
              dataType: null,
              message: `Table ${dataset}.${table.name} was created.`,
            });
        }
        await alter(name(own), add, widen);
        await writeNames(own);
        for (const column of add)
          changes.push({
            kind: 'new-column',
            table: table.name,
            column: column.name,
            dataType: dialect.dataTypeOf(column.sqlType),
            message: `Column ${dataset}.${table.name}.${column.name} (${column.sqlType}) was added.`,
          });
        for (const column of widen)
          changes.push({
            kind: 'widened',
            table: table.name,
            column,
            dataType: 'double',
            message: `Column ${dataset}.${table.name}.${column} was widened to ${types.double}.`,
          });
      }
      return changes;
    },
    target(own) {
      const table = name(own);
      const columns = (catalog.get(table) ?? []).filter(({ isGenerated }) => isGenerated !== true);
      const hasDefaults = columns.some(({ byDefault }) => byDefault !== undefined);
      return { table, columns, detour: hasDefaults ? detour(scope, table, columns) : null };
    },
    async record(positions) {
      await run(insertPositions(scope, { loadId, pipeline, source }, positions));
      if (changed.now) await documents.saveSchema(tablesByName.values());
      changed.now = false;
    },
    async finish(outcome, loaded) {
      const known = new Map(spec.tables.map((root) => [root.table, root.writeDisposition]));
      for (const { schema, hints } of tablesByName.values())
        if (schema.parent === null) known.set(schema.name, hints.writeDisposition);
      for (const [table, disposition] of known) {
        if (disposition === 'replace') await replace(table);
        if (disposition === 'merge') await merge(table);
      }
      const { cursors = [] } = outcome;
      const versionHash = await documents.saveSchema(tablesByName.values(), {
        catalog: changed.ever ? undefined : catalog,
        cursors,
      });
      await documents.saveState(cursors);
      await run(completeLoad(scope, { ...outcome, loadId, pipeline, source, loaded, versionHash }));
    },
  };
}
