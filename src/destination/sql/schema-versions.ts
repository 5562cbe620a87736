import { createHash } from 'node:crypto';
import { parseJson } from '../../../operators/json/parse-json.js';
import { printJson } from '../../../operators/json/print-json.js';
import {
  type DltSchema,
  ENGINE_VERSION,
  hashedText,
} from '../../../operators/schema/dlt-schema.js';
import { LoadError } from '../../errors.js';
import { storedJson } from '../stored-json.js';
import type { SqlPort } from './port.js';
import { qualified, type Scope } from './sql.js';

/** The latest version of each schema document of a dataset, by the name of the schema. */
export interface SchemaVersions {
  readonly documents: ReadonlyMap<string, DltSchema>;
  /** No column of the table changes its type: others than sluice wrote its latest document. */
  isFixed(table: string): boolean;
  /** The parent of a table by any document; undefined where none has the table. */
  parentOf(table: string): string | null | undefined;
}

/** A row of `_sluice_versions` for each schema: the hash of the document that sluice wrote last. */
const OWN = '_sluice_versions';

/** The table of our own versions, and its columns as SQL. */
export function versionsTable({ dialect }: Scope): [table: string, columns: string] {
  const { text } = dialect.types;
  return [OWN, `schema_name ${text} NOT NULL, version_hash ${text} NOT NULL`];
}

/**
 * Reads the latest documents, where `tables` are those of the dataset.
 *
 * Errors: LoadError for a document that is not JSON, or of a version that sluice does not know.
 */
export async function readVersions(
  port: SqlPort,
  scope: Scope,
  tables: { has(table: string): boolean },
): Promise<SchemaVersions> {
  const all = qualified(scope, '_dlt_version');
  const row = scope.dialect.rowNumber([]);
  // Chosen first, and read then: a dataset keeps the documents of all its versions.
  const rows = tables.has('_dlt_version')
    ? await port.query(
        `SELECT schema_name, version_hash, schema FROM ${all} WHERE ${row} IN (SELECT latest FROM (SELECT ${row} AS latest, row_number() OVER (PARTITION BY schema_name ORDER BY inserted_at DESC, version DESC) AS place FROM ${all}) placed WHERE place = 1) ORDER BY schema_name`,
      )
    : [];
  const own = tables.has(OWN)
    ? await port.query(`SELECT schema_name, version_hash FROM ${qualified(scope, OWN)}`)
    : [];
  const ours = new Map(own as [string, string][]);
  const documents = new Map(
    (rows as [string, string, string][]).map(([name, , text]) => [
      name,
      documentOf(text, `${scope.dataset}._dlt_version of schema ${name}`),
    ]),
  );
  const foreign = (rows as [string, string, string][])
    .filter(([name, hash]) => ours.get(name) !== hash)
    .map(([name]) => documents.get(name) as DltSchema);
  return {
    documents,
    isFixed: (table) => foreign.some(({ tables: known }) => Object.hasOwn(known, table)),
    parentOf(table) {
      const owner = [...documents.values()].find(({ tables: known }) =>
        Object.hasOwn(known, table),
      );
      if (owner === undefined) return undefined;
      const parent = owner.tables[table]?.parent;
      return typeof parent === 'string' ? parent : null;
    },
  };
}

function documentOf(text: string, where: string): DltSchema {
  let document: DltSchema;
  try {
    document = parseJson(storedJson(text)) as DltSchema;
  } catch (error) {
    throw new LoadError(
      `${where} holds no schema document of dlt. Restore the row, or load into another dataset.`,
      { cause: error },
    );
  }
  const { engine_version: version } = document;
  if (version === ENGINE_VERSION) return document;
  if (version === ENGINE_VERSION - 1)
    return {
      ...document,
      engine_version: ENGINE_VERSION,
      normalizers: { ...document.normalizers, use_break_path_on_normalize: false },
    };
  throw new LoadError(
    `${where} has engine_version ${String(version)}, and sluice knows ${ENGINE_VERSION - 1} and ${ENGINE_VERSION}. ${version > ENGINE_VERSION ? 'A later dlt wrote it: upgrade sluice.' : 'An early dlt wrote it: let dlt 1.x run once.'}`,
  );
}

/** The hash of a document's content, as dlt makes it. */
export function contentHash(content: DltSchema): string {
  return createHash('sha3-256').update(hashedText(content)).digest('base64');
}

/**
 * SQL that writes a version, in place of one that this load has written before (`replaced`, its
 * hash). One version a load is enough, however often it commits.
 */
export function writeVersion(scope: Scope, document: DltSchema, replaced: string | null): string[] {
  const { literal } = scope.dialect;
  const versions = qualified(scope, '_dlt_version');
  const own = qualified(scope, OWN);
  const name = literal(document.name);
  const hash = literal(document.version_hash);
  // Not before the version that it follows: a clock may have been set back since.
  const written = `CAST(${literal(new Date().toISOString())} AS ${scope.dialect.types.timestamp})`;
  const insertedAt = `greatest(${written}, coalesce((SELECT max(inserted_at) FROM ${versions} WHERE schema_name = ${name}), ${written}))`;
  return [
    ...(replaced === null
      ? []
      : [
          `DELETE FROM ${versions} WHERE schema_name = ${name} AND version_hash = ${literal(replaced)}`,
        ]),
    `INSERT INTO ${versions} (version, engine_version, inserted_at, schema_name, version_hash, schema) VALUES (${document.version}, ${document.engine_version}, ${insertedAt}, ${name}, ${hash}, ${literal(printJson(document))})`,
    `DELETE FROM ${own} WHERE schema_name = ${name}`,
    `INSERT INTO ${own} VALUES (${name}, ${hash})`,
  ];
}
