import type { Position, SchemaChange } from '../../../operators/types.js';
import type { Known, LoadProgress, LoadSpec, Outcome } from '../messages.js';
import { beginLoad } from './begin-load.js';
import { completeLoad, insertPositions, noteLoad } from './bookkeeping.js';
import { hasRules, parentOf, type RealColumn, type Relations, STAGING } from './catalog.js';
import { type Detour, detour, missing, stagingColumns } from './ddl.js';
import { mergeMoved } from './dispositions/merge-moved.js';
import { placeMerged, placeReplaced } from './dispositions/place-staged.js';
import { ROW } from './dispositions/staged-rows.js';
import { laterLoad } from './load-after.js';
import { loadDocuments, type LoadIdentity } from './load-documents.js';
import { insertNames, type Names, newNames, readNames } from './names.js';
import type { SqlPort } from './port.js';
import { realTables, type TableOfLoad } from './real-tables.js';
import { type RefreshPlan, refreshStatements } from './refresh.js';
import { requireFit, requireOwnKeys, requireTable } from './require-fit.js';
import type { SchemaVersions } from './schema-versions.js';
import type { Scope } from './sql.js';
import type { ResumedLoad } from './unfinished/find-unfinished.js';
import { headOf, keepProgress } from './unfinished/keep-progress.js';
import { deleteProgress, forgetLoads } from './unfinished/unfinished-tables.js';

/** Which load the tables are of, and where they are. */
export interface LoadTablesConfig {
  scope: Scope;
  spec: LoadSpec;
  /** Takes the identity of the unfinished load that is resumed. */
  load: LoadIdentity;
}

/** What a commit keeps. */
export interface Kept {
  positions: readonly Position[];
  /** As of the last page of each resource. */
  progress: Readonly<Record<string, LoadProgress>>;
  /** Rows of the load that the commit makes durable, and those that earlier ones did, by table. */
  rows: Readonly<Record<string, number>>;
}

/** The tables of one load. Every call runs inside the transaction that its caller has open. */
export interface LoadTables {
  /**
   * Makes the schema and the tables of bookkeeping; resumes or deletes what an unfinished load of
   * this pipeline left; reads what is known then. `isChanged`: something was written.
   *
   * Errors: LoadError where something else has the name of a table of bookkeeping, and for a
   * document of dlt's that cannot be read.
   */
  prepare(): Promise<{ known: Known; isChanged: boolean; resumed: ResumedLoad | null }>;
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
    /** The table is temporary: its rows are in memory until `persist` moves them. */
    isTemporary: boolean;
    detour: Detour | null;
  };
  /**
   * Moves rows that are staged in memory into the database's file, where all further ones go; their
   * appenders must be closed first.
   */
  persist(): Promise<void>;
  /** Drops what `refresh` of the load says: the first thing of the first transaction with rows. */
  refresh(): Promise<void>;
  /** Before each commit but the last: keeps positions, progress, and what the schema is now. */
  record(kept: Kept): Promise<void>;
  /**
   * Before the last commit: keeps positions, swaps, merges and marks the load complete. `loaded`:
   * rows by table.
   */
  finish(
    outcome: Outcome,
    loaded: Record<string, number>,
    positions: readonly Position[],
  ): Promise<void>;
}

export function loadTables(
  port: SqlPort,
  { scope, spec: given, load }: LoadTablesConfig,
): LoadTables {
  const { dataset, dialect } = scope;
  const { types } = dialect;
  const { pipeline, compat } = given;
  let spec = given;
  /** Statements that wait to be sent together; null where each is sent at once. */
  let waiting: string[] | null = null;
  const gathering: SqlPort = {
    query: (sql, parameters) => port.query(sql, parameters),
    async execute(...statements) {
      if (waiting === null) await port.execute(...statements);
      else waiting.push(...statements);
    },
  };
  let real = realTables(gathering, scope, new Map());
  let relations: Relations = new Map();
  let names: Names;
  let versions: SchemaVersions;
  let plan: RefreshPlan | null = null;
  const documents = loadDocuments(port, scope, spec, load);
  /** In milliseconds since 1970; before a stop, too. */
  let startedAt = 0;
  /** Tables were changed since the last commit. */
  let changed = false;
  /** Rows are staged in the database's file. */
  let isPersisted = false;
  /** A part of the load is committed. */
  let isNoted = false;
  /** Positions of earlier loads or of this one keep something. */
  let keeps = false;
  const tablesByName = new Map<string, TableOfLoad>();
  /** Tables that the load has made, and those that changed since the last commit. */
  const made = new Set<string>();
  const touched = new Set<string>();
  const name = ({ schema, hints }: TableOfLoad): string =>
    hints.writeDisposition === 'append' ? schema.name : `${STAGING}${schema.name}`;

  /** What the table (or staging table) for these rows lacks. */
  function lacks(own: TableOfLoad): {
    create: RealColumn[] | null;
    add: RealColumn[];
    widen: RealColumn[];
  } {
    const { schema: table, hints } = own;
    const { catalog } = real;
    const target = catalog.get(table.name) ?? [];
    if (hints.writeDisposition === 'append' && target.length > 0)
      return { create: null, ...missing(dialect, target, table.columns) };
    const { begin, wanted } = stagingColumns(dialect, target, table.columns);
    const has = catalog.get(name(own));
    if (has !== undefined) return { create: null, ...missing(dialect, has, wanted) };
    return {
      create: isNumbered(own) ? [...begin, numberColumn] : begin,
      add: [],
      widen: missing(dialect, target, wanted).widen,
    };
  }

  const numberColumn = { name: ROW, sqlType: types.bigint, nullable: true };
  /** Whether the order of staged rows counts. */
  function isNumbered({ schema, hints }: TableOfLoad): boolean {
    if (hints.writeDisposition !== 'replace') return hints.writeDisposition === 'merge';
    const root = rootOf(schema.name);
    return compat !== 'dlt' && (tablesByName.get(root)?.hints.primaryKey.length ?? 0) > 0;
  }
  /**
   * Whether staged rows are copied to a table that is there, and not put in its place with their
   * table: then they can wait in memory, which costs less than writing them twice.
   */
  function isCopied({ schema, hints }: TableOfLoad): boolean {
    const isThere = real.catalog.has(rootOf(schema.name));
    return dialect.stagesInMemory && hints.writeDisposition === 'merge' && isThere && !isPersisted;
  }
  function rootOf(table: string): string {
    const parent = tablesByName.get(table)?.schema.parent ?? null;
    return parent === null ? table : rootOf(parent);
  }

  /** Writes down which keys are behind the columns that have come. */
  async function writeNames({ schema }: TableOfLoad): Promise<void> {
    const isListed = compat === 'dlt' && names.list(schema.name) !== undefined;
    const rows = newNames(isListed ? { ...schema, parent: null } : schema, names);
    await gathering.execute(...insertNames(scope, rows));
    names.add(rows);
  }

  function owner(): { loadId: string; pipeline: string; source: string } {
    return { loadId: load.id, pipeline, source: spec.source };
  }
  function noteKeeps(positions: readonly Position[]): void {
    keeps ||= positions.some(({ state }) => state !== null);
  }
  async function insert(positions: readonly Position[]): Promise<void> {
    for (const rows of insertPositions(scope, owner(), positions)) await port.execute(rows);
  }

  return {
    async prepare() {
      const { known, isChanged, resumed, ...begun } = await beginLoad(port, scope, spec, documents);
      ({ relations, names, versions, plan, spec } = begun);
      const { catalog } = begun;
      real = realTables(gathering, scope, catalog, (table) =>
        hasRules(scope, table, catalog, relations),
      );
      keeps = known.states.length > 0;
      if (resumed !== null) {
        load.id = resumed.loadId;
        load.isResumed = true;
        isNoted = true;
        isPersisted = true;
        // Whether positions of its first part keep something is for the database to say.
        keeps = true;
        for (const { isNew, ...table } of resumed.tables) {
          tablesByName.set(table.schema.name, table);
          if (isNew) made.add(table.schema.name);
        }
      }
      startedAt = resumed?.startedAt ?? Math.floor(Number(load.id) * 1000);
      if (resumed === null) load.id = await laterLoad(port, scope, load.id, catalog);
      return { known: { ...known, startedAt }, isChanged, resumed };
    },
    async refresh() {
      if (plan === null) return;
      const { catalog } = real;
      const columnsOf = (table: string): readonly RealColumn[] | null =>
        hasRules(scope, table, catalog, relations) ? null : (catalog.get(table) ?? []);
      await port.execute(...refreshStatements(scope, spec, plan, columnsOf));
      scope.elsewhere?.drop([...plan.drop, ...plan.empty]);
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
      const statements = (waiting = []);
      for (const own of tables) {
        const { schema: table, hints } = own;
        const { catalog } = real;
        const before = tablesByName.get(table.name)?.schema.columns.length;
        tablesByName.set(table.name, { schema: table, hints });
        requireTable(scope, table.name, relations);
        requireFit(scope, table, catalog.get(table.name) ?? [], versions.isFixed(table.name));
        // To dlt lists and keys of one name are the same.
        if (compat !== 'dlt') requireOwnKeys(table, catalog.get(table.name) ?? [], names, dataset);
        const wasThere = catalog.has(table.name) || made.has(table.name);
        if (!wasThere) made.add(table.name);
        const { create: columns, add, widen } = lacks(own);
        if (columns !== null || add.length > 0 || widen.length > 0) changed = true;
        if (changed || before !== table.columns.length) touched.add(table.name);
        if (columns !== null) {
          await real.create(name(own), columns, isCopied(own));
          if (!wasThere)
            changes.push({
              kind: 'new-table',
              table: table.name,
              column: null,
              dataType: null,
              message: `Table ${dataset}.${table.name} was created.`,
            });
        }
        await real.alter(name(own), add, widen);
        await writeNames(own);
        for (const column of add)
          changes.push({
            kind: 'new-column',
            table: table.name,
            column: column.name,
            dataType: dialect.columnTypeOf(column.sqlType).dataType,
            message: `Column ${dataset}.${table.name}.${column.name} (${column.sqlType}) was added.`,
          });
        for (const column of widen)
          changes.push({
            kind: 'widened',
            table: table.name,
            column: column.name,
            dataType: dialect.columnTypeOf(column.sqlType).dataType,
            message: `Column ${dataset}.${table.name}.${column.name} was widened to ${column.sqlType}.`,
          });
      }
      waiting = null;
      await port.execute(...statements);
      return changes;
    },
    target(own) {
      const table = name(own);
      const all = real.catalog.get(table) ?? [];
      const columns = all.filter(({ isGenerated }) => isGenerated !== true);
      const hasDefaults =
        columns.some(({ byDefault }) => byDefault !== undefined) ||
        (!dialect.skipsGenerated && columns.length < all.length);
      return {
        table,
        columns,
        isTemporary: real.isTemporary(table),
        detour: hasDefaults ? detour(scope, table, columns) : null,
      };
    },
    async persist() {
      isPersisted = true;
      await real.persist();
    },
    async record({ positions, progress, rows }) {
      noteKeeps(positions);
      const { resume } = spec;
      const head = isNoted || resume === undefined ? null : headOf(spec, resume, startedAt);
      if (!isNoted) await port.execute(noteLoad(scope, owner()));
      isNoted = true;
      await insert(positions);
      // Of a load that is never resumed the tables are kept that go with it.
      if (resume !== undefined || made.size > 0) {
        const tables = [...touched].map((table) => ({
          ...(tablesByName.get(table) as TableOfLoad),
          isNew: made.has(table),
        }));
        touched.clear();
        const kept = { rows, tables, resources: progress, positions };
        await port.execute(...keepProgress(scope, load.id, head, kept, real.catalog));
      }
      if (changed) await documents.saveSchema(tablesByName.values(), real.catalog);
      changed = false;
    },
    async finish(outcome, loaded, positions) {
      noteKeeps(positions);
      // What no later run begins with is not there when the load is complete.
      if (keeps) await insert(positions);
      const known = new Map(spec.tables.map((root) => [root.table, root.writeDisposition]));
      for (const { schema, hints } of tablesByName.values())
        if (schema.parent === null) known.set(schema.name, hints.writeDisposition);
      const staged = {
        port,
        scope: real.scope,
        compat,
        loadId: load.id,
        real,
        relations,
        parentOf: (table: string) => parentOf(table, real.catalog, names, versions),
        tables: tablesByName,
      };
      for (const [table, disposition] of known) {
        if (disposition === 'replace') await placeReplaced(staged, table);
        if (disposition === 'merge') await placeMerged(staged, table);
      }
      await mergeMoved(staged, outcome.completeness, loaded);
      const { cursors = [] } = outcome;
      const { versionHash, isWritten } = await documents.complete(
        tablesByName.values(),
        real.catalog,
        cursors,
      );
      // dlt makes no load of a run that brings nothing, so that such runs leave no trace.
      const isEmpty = !isWritten && Object.values(loaded).every((rows) => rows === 0);
      if (compat === 'dlt' && isEmpty && ![...known.values()].includes('replace')) {
        if (isNoted)
          await port.execute(...forgetLoads(scope, dialect.literal(load.id), real.catalog));
        return;
      }
      const completed = { ...outcome, ...owner(), loaded, versionHash, keeps, isNoted };
      await port.execute(
        ...completeLoad(scope, completed),
        ...(isNoted ? deleteProgress(scope, dialect.literal(load.id), real.catalog) : []),
      );
    },
  };
}
