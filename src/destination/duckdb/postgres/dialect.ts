import { STAGING } from '../../sql/catalog.js';
import type { Dialect } from '../../sql/dialect.js';
import { identifier } from '../../sql/identifier.js';
import { literal } from '../literal.js';
import {
  columnTypeOf,
  domainOf,
  dltTypeOf,
  rowTypeOf,
  SQL_TYPE,
  sqlTypeOf,
} from './column-type.js';
import { MOST_BYTES, stagingSchema } from './staging-schema.js';

/**
 * The transaction that a row came with, the statement of it, and the place in the table. That alone
 * says nothing: rows that were deleted make room for later ones.
 */
const ARRIVAL =
  'ARRAY[-age(xmin)::bigint, cmin::text::bigint, tableoid::bigint, (ctid::text::point)[0]::bigint, (ctid::text::point)[1]::bigint]';

/** Tables of bookkeeping have it as their last column. */
const INSERTED = '_sluice_inserted';

/** Postgres' SQL about one dataset, as the server itself takes it (14 and later). */
export function postgresDialect(dataset: string): Dialect {
  const staging = literal(stagingSchema(dataset));
  const name = `CASE n.nspname WHEN ${staging} THEN ${literal(STAGING)} ELSE '' END || c.relname`;
  const isFilled = "(a.attgenerated <> '' OR a.attidentity <> '')";
  const tables = `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace`;
  const here = `n.nspname IN ($2, ${staging}) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;
  const columns = `pg_attribute a JOIN ${tables} ON c.oid = a.attrelid`;
  const isColumn = `${here} AND a.attnum > 0 AND NOT a.attisdropped`;
  return {
    types: SQL_TYPE,
    keptJson: 'json',
    sqlTypeOf,
    columnTypeOf,
    domainOf,
    dltTypeOf,
    rowTypeOf,
    destinationType: 'dlt.destinations.postgres',
    temporary: ['pg_temp'],
    stagesInMemory: false,
    place: (_, schema, table) => placeOf(schema, table),
    createSchema: (_, schema) =>
      // Who may not make schemas may load into one that is there.
      `DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = ${literal(schema)}) THEN CREATE SCHEMA ${identifier(schema)}; END IF; END $$`,
    identifier,
    literal,
    identifierBytes: MOST_BYTES,
    fold: (text) => text,
    skipsGenerated: false,
    columns: `SELECT ${name} AS table_name, a.attname::text AS column_name, format_type(a.atttypid, a.atttypmod) AS data_type, NOT a.attnotnull AS is_nullable,
        CASE WHEN ${isFilled} THEN 'generated' ELSE pg_get_expr(d.adbin, d.adrelid) END AS expression
      FROM ${columns} LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE ${isColumn} ORDER BY c.oid, a.attnum`,
    generated: `SELECT ${name} AS table_name, a.attname::text AS column_name FROM ${columns} WHERE ${isColumn} AND ${isFilled}`,
    relations: `SELECT ${name} AS name, CASE
        WHEN c.relkind IN ('v', 'm', 'f') THEN 'view'
        WHEN c.relkind = 'p' OR c.relispartition OR c.relrowsecurity
          OR EXISTS (SELECT 1 FROM pg_index WHERE indrelid = c.oid)
          OR EXISTS (SELECT 1 FROM pg_constraint WHERE contype <> 'n' AND (conrelid = c.oid OR confrelid = c.oid))
          OR EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = c.oid)
          OR EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = c.oid OR inhrelid = c.oid)
          OR EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = c.oid)
          THEN 'rules'
        WHEN c.relacl IS NOT NULL
          OR EXISTS (SELECT 1 FROM pg_description WHERE objoid = c.oid AND classoid = 'pg_class'::regclass)
          OR EXISTS (SELECT 1 FROM pg_publication_rel WHERE prrelid = c.oid)
          THEN 'kept' ELSE 'table' END AS kind
      FROM ${tables} WHERE ${here}`,
    rowNumber: () => ARRIVAL,
    inserted: INSERTED,
    insertedColumn: `, ${INSERTED} bigint GENERATED ALWAYS AS IDENTITY`,
    insertedValue: () => '',
    widensInPlace: true,
    renamesAltered: true,
    idStorage: '',
    hasKey: (json, key) => `(${json} -> ${literal(key)}) IS NOT NULL`,
    hasMoreThan: (json, key) =>
      `(CASE WHEN ${json} IS NULL THEN FALSE WHEN json_typeof(${json}) <> 'object' THEN TRUE ELSE ARRAY(SELECT json_object_keys(${json})) <> ARRAY[${literal(key)}] END)`,
  };
}

/** The schema and name of a table; staging tables have a schema of their own. */
function placeOf(schema: string, table?: string): string[] {
  if (table === undefined) return [schema];
  return table.startsWith(STAGING)
    ? [stagingSchema(schema), table.slice(STAGING.length)]
    : [schema, table];
}
