import { randomBytes } from 'node:crypto';
import { ownMember } from '../../../operators/json/own-member.js';
import { columnType } from '../../../operators/schema/column-type.js';
import {
  type Convention,
  conventionOf,
  namingWithin,
} from '../../../operators/schema/convention.js';
import { type DltSchema, emptySchema, nextVersion } from '../../../operators/schema/dlt-schema.js';
import { SYSTEM_TABLES } from '../../../operators/schema/dlt-system-tables.js';
import {
  type DeclaredTable,
  type DltHints,
  type DltType,
  type StoredTable,
  withDeclared,
  withoutTables,
  withSettings,
  withTables,
} from '../../../operators/schema/dlt-tables.js';
import { extractedSchemas } from '../../../operators/schema/extracted-schemas.js';
import { isVariantName } from '../../../operators/schema/variant-name.js';
import type { ColumnType, ShapedTable } from '../../../operators/types.js';
import type { CursorState, LoadSpec, PipelineState } from '../messages.js';
import {
  nextState,
  NO_STATE,
  readState,
  STATE_ENGINE_VERSION,
  stateText,
  withoutResources,
} from '../pipeline-state.js';
import { type Catalog, holdsRows } from './catalog.js';
import type { Dialect } from './dialect.js';
import { loadAfter } from './load-after.js';
import type { SqlPort } from './port.js';
import { contentHash, readVersions, type SchemaVersions, writeVersion } from './schema-versions.js';
import { qualified, type Scope } from './sql.js';
import { namedDocument, withNaming } from './with-naming.js';

/** What a load drops of earlier ones. */
export interface Dropped {
  /** Tables that are removed, with what the document says of them. */
  tables: ReadonlySet<string>;
  /** Resources whose state is removed. */
  resources: readonly string[] | 'all';
}

/** dlt's documents about one load: the schema of its source, and the state of its pipeline. */
export interface LoadDocuments {
  /** Reads both as earlier loads left them, without what `refresh` drops (see `drop`). */
  read(catalog: Catalog): Promise<SchemaVersions & { state: PipelineState; spec: LoadSpec }>;
  /** The document of the schema without what the load drops; null where there is none. */
  document(): DltSchema | null;
  /** Leaves out of it tables that an unfinished load has made, and that are gone with it. */
  forget(tables: ReadonlySet<string>): void;
  /** Leaves out of both what the load drops; the documents are written when they are saved. */
  drop(dropped: Dropped): { state: PipelineState; document: DltSchema };
  /**
   * Writes a version of the schema where these tables change it, as the database has them by now
   * (`catalog`). One load leaves one version at most.
   */
  saveSchema(tables: TablesOfLoad, catalog: Catalog): Promise<void>;
  /**
   * The same where the load is complete: tables without rows are in the schema too. Writes the
   * state where the cursors, or the pipeline itself, change it. Gives the hash of the schema, and
   * whether any document of the load was written.
   */
  complete(
    tables: TablesOfLoad,
    catalog: Catalog,
    cursors: readonly CursorState[],
  ): Promise<{ versionHash: string; isWritten: boolean }>;
}

type TablesOfLoad = Iterable<Pick<ShapedTable, 'schema' | 'hints'>>;

/** A load by its id, which it has from an earlier one where it resumes that. */
export interface LoadIdentity {
  id: string;
  isResumed: boolean;
}

/** `load`: the load that the documents belong to. */
export function loadDocuments(
  port: SqlPort,
  scope: Scope,
  given: LoadSpec,
  load: LoadIdentity,
): LoadDocuments {
  const { pipeline, compat, schemaSettings } = given;
  const { dialect, dataset } = scope;
  let spec = given;
  /** The latest document; what of it the load keeps; and what it is now. */
  let before: DltSchema | null = null;
  let kept: DltSchema | null = null;
  let dropped: 'nothing' | 'tables' | 'all' = 'nothing';
  let content: DltSchema = newDocument(given);
  let state = NO_STATE;
  /** Hash of the version that this load has written. */
  let written: string | null = null;
  /** Hash of the latest version in the database. */
  let stored: string | null = null;
  let documents: SchemaVersions['documents'] = new Map();

  let declared = declaredTables(given.tables);

  function contentWith(tables: TablesOfLoad, catalog: Catalog): DltSchema {
    const set = schemaSettings === undefined ? content : withSettings(content, schemaSettings);
    return withTables(set, storedTables(scope, tables, catalog, spec));
  }

  async function save(next: DltSchema): Promise<string> {
    content = next;
    const hashes = {
      extracted: () =>
        extractedSchemas(kept, next, declared, dialect.identifierBytes).map(contentHash),
      last: contentHash(content),
    };
    const version = nextVersion(before, content, hashes, dropped);
    const hash = version.version_hash;
    if (hash !== stored) {
      await port.execute(...writeVersion(scope, version, written));
      written = hash;
      stored = hash;
    }
    return hash;
  }

  /**
   * The load that the state belongs to: with dlt's rules one of its own, of the pipeline's first
   * schema, where this load fills another. One of its own, too, where another source was loaded
   * since this load began: of a pipeline's states, that of the latest load counts.
   */
  async function stateLoad(schema: string): Promise<string> {
    const first = schema === spec.source || compat !== 'dlt' ? undefined : documents.get(schema);
    const latest = load.isResumed ? await latestState() : '';
    if (first === undefined && latest <= load.id) return load.id;
    const own = loadAfter(latest > load.id ? latest : load.id);
    const [owner, hash] =
      first === undefined ? [spec.source, stored ?? ''] : [schema, first.version_hash];
    const row = [own, owner, new Date().toISOString(), hash].map(dialect.literal);
    await port.execute(
      `INSERT INTO ${qualified(scope, '_dlt_loads')} (status, load_id, schema_name, inserted_at, schema_version_hash) VALUES (0, ${row.join(', ')})`,
    );
    return own;
  }

  /** The id of the latest load that the pipeline's state was written with; empty for none. */
  async function latestState(): Promise<string> {
    const [[id] = []] = await port.query(
      `SELECT max(_dlt_load_id) FROM ${qualified(scope, '_dlt_pipeline_state')} WHERE pipeline_name = $1`,
      [pipeline],
    );
    return (id ?? '') as string;
  }

  /** With dlt's rules a pipeline's state is in the loads of its first schema. */
  function isOfSource({ default_schema_name: first = spec.source }: PipelineState): boolean {
    return first === spec.source || compat !== 'dlt' || !documents.has(first);
  }

  async function writeState(next: PipelineState): Promise<void> {
    const row = [
      String(next._state_version),
      String(STATE_ENGINE_VERSION),
      dialect.literal(pipeline),
      dialect.literal(stateText(next)),
      dialect.literal(new Date().toISOString()),
      dialect.literal(String(next._version_hash)),
      dialect.literal(await stateLoad(next.default_schema_name ?? spec.source)),
      dialect.literal(randomBytes(10).toString('base64').replaceAll('=', '')),
    ];
    await port.execute(
      `INSERT INTO ${qualified(scope, '_dlt_pipeline_state')} (version, engine_version, pipeline_name, state, created_at, version_hash, _dlt_load_id, _dlt_id) VALUES (${row.join(', ')})`,
    );
  }

  return {
    async read(catalog) {
      const versions = await readVersions(port, scope, catalog);
      const own = await readStoredState(port, scope, pipeline, catalog);
      const { default_schema_name: first = given.source } = own;
      const source = given.inDefaultSchema === true ? first : given.source;
      documents = versions.documents;
      before = documents.get(source) ?? null;
      kept = before;
      stored = before?.version_hash ?? null;
      spec = withNaming({ ...given, source }, before, dataset);
      declared = declaredTables(spec.tables);
      content = before === null ? newDocument(spec) : namedDocument(before, spec);
      state = withReset(own, source, spec.tables);
      return { ...versions, state, spec };
    },
    document: () => kept,
    forget(tables) {
      if (kept === null) return;
      kept = withoutTables(kept, tables);
      content = kept;
    },
    drop({ tables, resources }) {
      if (tables.size > 0 && before !== null) {
        // The versions go with the tables, also one whose content comes again.
        stored = null;
        dropped = resources === 'all' ? 'all' : 'tables';
        content = dropped === 'all' ? newDocument(spec) : withoutTables(content, tables);
        kept = dropped === 'all' ? null : content;
      }
      state = withoutResources(state, spec.source, resources);
      return { state, document: content };
    },
    async saveSchema(tables, catalog) {
      await save(contentWith(tables, catalog));
    },
    async complete(tables, catalog, cursors) {
      const owner = {
        pipeline,
        dataset,
        schema: spec.source,
        destinationType: dialect.destinationType,
      };
      const next = nextState(state, owner, cursors);
      const held = contentWith(tables, catalog);
      const versionHash = await save(
        withDeclared(next !== null && isOfSource(next) ? withStates(held) : held, declared),
      );
      if (next !== null) await writeState(next);
      return { versionHash, isWritten: next !== null || written !== null };
    },
  };
}

const STATE = '_dlt_pipeline_state';

/** A document as a load begins one. */
function newDocument({ source, naming }: Pick<LoadSpec, 'source' | 'naming'>): DltSchema {
  return withoutTables(emptySchema(source, naming), new Set([STATE]));
}

/** The document of a schema whose loads keep the pipeline's state. */
function withStates(content: DltSchema): DltSchema {
  const { tables } = content;
  return Object.hasOwn(tables, STATE)
    ? content
    : { ...content, tables: { ...tables, [STATE]: SYSTEM_TABLES[STATE] } };
}

/**
 * Reads the state of a pipeline's latest complete load, as dlt finds it, where `tables` are those
 * of the dataset. Errors: those of `readState`.
 */
export async function readStoredState(
  port: SqlPort,
  scope: Scope,
  pipeline: string,
  tables: { has(table: string): boolean },
): Promise<PipelineState> {
  if (!tables.has('_dlt_pipeline_state') || !tables.has('_dlt_loads')) return NO_STATE;
  const states = qualified(scope, '_dlt_pipeline_state');
  const number = scope.dialect.rowNumber([]);
  // Chosen first, and read then: a dataset keeps the states of all runs that changed them.
  const [row] = await port.query(
    `SELECT state FROM ${states} WHERE ${number} = (SELECT ${number} FROM ${states} WHERE pipeline_name = $1 AND _dlt_load_id IN (SELECT load_id FROM ${qualified(scope, '_dlt_loads')} WHERE status = 0) ORDER BY _dlt_load_id DESC LIMIT 1)`,
    [pipeline],
  );
  return row === undefined ? NO_STATE : readState(row[0] as string);
}

/** Tables of the load as they are in the database; those that are not there yet are left out. */
function storedTables(
  { dialect }: Scope,
  tables: Iterable<Pick<ShapedTable, 'schema' | 'hints'>>,
  catalog: Catalog,
  { tables: roots, naming }: LoadSpec,
): StoredTable[] {
  const { join } = conventionOf(namingWithin(naming, dialect.identifierBytes));
  return [...tables].flatMap(({ schema, hints }) => {
    const { name, parent } = schema;
    const own = new Map(schema.columns.map((column) => [column.name, columnType(column)]));
    const real = catalog.get(name);
    if (real === undefined || !holdsRows(name)) return [];
    // Of resources that share a table, dlt names the first.
    const { resource = hints.resource, declared = nestedHints(name, roots, join) } =
      roots.find((root) => root.table === name) ?? {};
    return {
      name,
      parent,
      hints: parent === null ? { ...hints, resource } : hints,
      ...(declared && { declared }),
      columns: real
        .filter(({ isGenerated }) => isGenerated !== true)
        .map((column) => ({
          name: column.name,
          type: dltTypeOf(dialect, own.get(column.name), column.sqlType),
          nullable: column.nullable,
          variant: isVariantName(column.name),
        })),
    };
  });
}

/** What is declared of a child table, or of one that has keys of its own. */
function nestedHints(
  table: string,
  roots: LoadSpec['tables'],
  join: Convention['join'],
): DltHints | undefined {
  const all = roots.flatMap(({ table: root, declared }) =>
    Object.entries(declared?.nested ?? {}).map(([list, own]) => [join(root, list), own] as const),
  );
  return all.find(([name]) => name === table)?.[1];
}

function declaredTables(roots: LoadSpec['tables']): DeclaredTable[] {
  return roots.flatMap(({ table, declared, ...root }) =>
    declared === undefined ? [] : { ...root, name: table, declared },
  );
}

/** A resource that replaces its rows begins anew: dlt drops what it keeps of it. */
function withReset(state: PipelineState, source: string, roots: LoadSpec['tables']): PipelineState {
  const replaced = roots
    .filter(({ writeDisposition }) => writeDisposition === 'replace')
    .map(({ resource }) => resource);
  if (replaced.length === 0) return state;
  const { sources } = state;
  const begun = { ...state, sources: { ...sources, [source]: ownMember(sources, source) ?? {} } };
  return withoutResources(begun, source, replaced);
}

/** A column has the type that it was declared with, where the database made this one for it. */
function dltTypeOf(dialect: Dialect, type: ColumnType | undefined, sqlType: string): DltType {
  if (type === undefined || dialect.sqlTypeOf(type) !== sqlType) return dialect.dltTypeOf(sqlType);
  const { dataType, ...more } = type;
  return { data_type: dataType, ...more };
}
