import { sortedJson } from '../json/sorted-json.js';
import type { JsonObject } from '../types.js';
import { SYSTEM_TABLES } from './dlt-system-tables.js';
import type { DltTable } from './dlt-table.js';

/**
 * dlt's schema document as JSON (engine version 11). Members that are not listed are dlt's too, and
 * are kept as they are.
 */
export interface DltSchema extends JsonObject {
  version: number;
  version_hash: string;
  engine_version: number;
  name: string;
  tables: { [table: string]: DltTable };
  settings: JsonObject;
  normalizers: JsonObject;
  previous_hashes: string[];
}

/** The version of dlt's schema documents that sluice writes. */
export const ENGINE_VERSION = 11;

/** Versions before the latest whose hashes a document keeps. */
const KEPT_HASHES = 10;

/** A schema without tables of rows, as dlt begins one, with no version yet. */
export function emptySchema(name: string): DltSchema {
  const required = ['_dlt_id', '_dlt_root_id', '_dlt_parent_id', '_dlt_list_idx', '_dlt_load_id'];
  return {
    version: 0,
    version_hash: '',
    engine_version: ENGINE_VERSION,
    name,
    tables: { ...SYSTEM_TABLES },
    settings: {
      detections: ['iso_timestamp'],
      default_hints: {
        not_null: required,
        parent_key: ['_dlt_parent_id'],
        root_key: ['_dlt_root_id'],
        unique: ['_dlt_id'],
        row_key: ['_dlt_id'],
      },
    },
    normalizers: {
      names: 'snake_case',
      json: { module: 'dlt.common.normalizers.json.relational' },
    },
    previous_hashes: [],
  };
}

/**
 * The text whose SHA3-256 in base64 is a document's `version_hash`: the document with sorted keys,
 * without what differs between versions of one content, then the names of its tables, each followed
 * by those of its columns in their order (dlt's `generate_version_hash`).
 */
export function hashedText(schema: DltSchema): string {
  const content = Object.fromEntries(Object.entries(schema).filter(([key]) => !UNHASHED.has(key)));
  const names = Object.keys(schema.tables)
    .sort()
    .map((name) => [name, ...Object.keys(schema.tables[name]?.columns ?? {})].join(''));
  return sortedJson(content) + names.join('');
}

const UNHASHED = new Set(['version', 'version_hash', 'imported_version_hash', 'previous_hashes']);

/**
 * The document as the version after `before`, where its content has another hash; `before` itself
 * where it has the same.
 */
export function nextVersion(before: DltSchema, content: DltSchema, hash: string): DltSchema {
  if (hash === before.version_hash) return before;
  const { version, version_hash: last, previous_hashes: earlier } = before;
  return {
    ...content,
    version: version + 1,
    version_hash: hash,
    previous_hashes: (last === '' || earlier.includes(last) ? earlier : [last, ...earlier]).slice(
      0,
      KEPT_HASHES,
    ),
  };
}
