import { sortedJson } from '../json/sorted-json.js';
import type { JsonObject, NamingConvention } from '../types.js';
import { SYSTEM_TABLES } from './dlt-system-tables.js';
import type { DltTable } from './dlt-table.js';
import { SYSTEM_COLUMNS } from './system-columns.js';

/**
 * dlt's schema document as JSON (engine version 11). Members that are not listed are dlt's too, and
 * are kept as they are.
 */
export interface DltSchema extends JsonObject {
  /** Number of the version; 1 for the first. Rises with each change of the content. */
  version: number;
  /** SHA3-256 of the content in base64, by dlt's recipe. */
  version_hash: string;
  /** Version of the document's form. */
  engine_version: number;
  /** Name of the source whose tables these are. */
  name: string;
  /** Tables by their names, those of dlt's bookkeeping included. */
  tables: { [table: string]: DltTable };
  /** What holds for all tables: contract, default hints, detections. */
  settings: JsonObject;
  /** How keys become names (`names`) and rows become tables (`json`). */
  normalizers: JsonObject;
  /** Hashes of earlier versions, the latest first; ten at most. */
  previous_hashes: string[];
}

/** The version of dlt's schema documents that sluice writes. */
export const ENGINE_VERSION = 11;

/** The naming convention of a document's tables; null for one that is not known here. */
export function namingIn({
  normalizers,
}: Readonly<Record<string, unknown>>): NamingConvention | null {
  const { names } = Object(normalizers) as { names?: unknown };
  if (names === undefined || names === 'snake_case') return 'snake_case';
  return names === 'direct' ? names : null;
}

/** Versions before the latest whose hashes a document keeps. */
const KEPT_HASHES = 10;

/** A schema without tables of rows, as dlt begins one, with no version yet. */
export function emptySchema(name: string, naming: NamingConvention = 'snake_case'): DltSchema {
  return {
    version: 0,
    version_hash: '',
    engine_version: ENGINE_VERSION,
    name,
    tables: { ...SYSTEM_TABLES },
    settings: {
      detections: ['iso_timestamp'],
      default_hints: {
        not_null: [...SYSTEM_COLUMNS],
        parent_key: ['_dlt_parent_id'],
        root_key: ['_dlt_root_id'],
        unique: ['_dlt_id'],
        row_key: ['_dlt_id'],
      },
    },
    normalizers: {
      names: naming,
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

/** The hashes of a document's content on its way through a load. */
export interface Hashes {
  /**
   * Makes those after rows were extracted, step by step (`extractedSchemas`). Called where `last`
   * is not the hash of the document before.
   */
  extracted: () => readonly string[];
  /** After they were normalized: of the content that the load leaves. */
  last: string;
}

/**
 * The document as the version that a load leaves, as dlt counts: what is extracted is a version,
 * and what it has become when it is normalized is one more, each where its hash is another. The
 * document before, where the load changed nothing. `dropped`: what the load dropped of the one
 * before; of `all` it keeps the hash alone.
 */
export function nextVersion(
  before: DltSchema | null,
  content: DltSchema,
  { extracted, last }: Hashes,
  dropped: 'nothing' | 'tables' | 'all' = 'nothing',
): DltSchema {
  if (before !== null && before.version_hash === last && dropped === 'nothing') return before;
  const base = dropped === 'all' ? null : before;
  let earlier: readonly string[] = base?.previous_hashes ?? [];
  const keep = (hash: string): void => {
    if (!earlier.includes(hash)) earlier = [hash, ...earlier].slice(0, KEPT_HASHES);
  };
  let hash = before?.version_hash;
  for (const next of extracted()) {
    if (hash !== undefined && next !== hash) keep(hash);
    hash = next;
  }
  let version = base === null ? 1 : base.version + (hash === base.version_hash ? 0 : 1);
  if (hash !== undefined && hash !== last) {
    keep(hash);
    version += 1;
  }
  return { ...content, version, version_hash: last, previous_hashes: [...earlier] };
}
