import { ownMember } from '../json/own-member.js';
import type { JsonObject } from '../types.js';
import { conventionOf, namingWithin } from './convention.js';
import { type DltSchema, namingIn } from './dlt-schema.js';
import { SYSTEM_TABLES } from './dlt-system-tables.js';
import type { DltColumn, DltTable } from './dlt-table.js';
import { type DeclaredTable, type DltHints, hasContract } from './dlt-tables.js';

/**
 * The contents that dlt hashes before `content`, the one that a load leaves: rows are extracted by
 * then and not normalized, so tables that are new have only what is declared of them; the state of
 * the pipeline comes second, where its table is new. `before` is the document that the load begins
 * with, null for none; names have at most `maxBytes`. Pure.
 */
export function extractedSchemas(
  before: DltSchema | null,
  content: DltSchema,
  roots: readonly DeclaredTable[],
  maxBytes?: number,
): DltSchema[] {
  const known = before?.tables ?? {};
  const { join } = conventionOf(namingWithin(namingIn(content) ?? undefined, maxBytes));
  const declared = new Map(
    roots.flatMap(({ name, declared: hints }): [string, DltHints][] => [
      [name, hints],
      ...Object.entries(hints.nested ?? {}).map(([list, own]): [string, DltHints] => [
        join(name, list),
        own,
      ]),
    ]),
  );
  const tables = Object.entries(content.tables).flatMap(([name, table]): [string, DltTable][] => {
    if (name === STATE) return [];
    if (Object.hasOwn(SYSTEM_TABLES, name)) return [[name, table]];
    const hints = declared.get(name);
    const own = ownMember(known, name);
    if (hints === undefined) return own === undefined ? [] : [[name, own]];
    return [[name, extracted(own, table, hints, hasContract(table, content))]];
  });
  const rows = Object.fromEntries(tables);
  const state = known[STATE] ?? (Object.hasOwn(content.tables, STATE) ? newState() : undefined);
  const withState = (given: DltTable | undefined): DltSchema => ({
    ...content,
    tables: given === undefined ? rows : { ...rows, [STATE]: given },
  });
  return [withState(known[STATE]), withState(state)];
}

const STATE = '_dlt_pipeline_state';

/** The table of states as it is declared: rows have an id only when they are normalized. */
function newState(): DltTable {
  const { 'x-normalizer': _, columns, ...table } = SYSTEM_TABLES[STATE];
  const { _dlt_id: __, ...own } = columns;
  return { ...table, columns: own };
}

function extracted(
  before: DltTable | undefined,
  table: DltTable,
  declared: DltHints,
  isContracted: boolean,
): DltTable {
  const { 'x-normalizer': _, columns, ...hints } = table;
  const known = (before?.['x-normalizer'] ?? {}) as JsonObject;
  const isSeen = known['seen-data'] === true;
  const normalizer =
    isContracted && !isSeen
      ? { 'evolve-columns-once': true }
      : (declared.table['x-normalizer'] ?? known);
  const order = [...new Set([...Object.keys(declared.columns), ...Object.keys(columns)])];
  const bare = order.flatMap((name): [string, DltColumn][] => {
    const column = ownMember(columns, name);
    if (column === undefined || ownMember(before?.columns ?? {}, name) !== undefined) return [];
    const hint = declaredColumn(column, ownMember(declared.columns, name));
    return hint === null ? [] : [[name, hint]];
  });
  const same = Object.keys(before?.columns ?? {}).flatMap((name): [string, DltColumn][] => {
    const column = ownMember(columns, name);
    return column === undefined ? [] : [[name, column]];
  });
  return {
    ...hints,
    columns: Object.fromEntries([...same, ...bare]),
    ...(Object.keys(normalizer as JsonObject).length > 0 && { 'x-normalizer': normalizer }),
  };
}

/** What is declared of a column that rows fill; null for nothing. */
function declaredColumn(column: DltColumn, hint: DltColumn | undefined): DltColumn | null {
  if (column['x-valid-from'] === true || column['x-valid-to'] === true) return column;
  if (hint === undefined && !MARKS.some((mark) => column[mark] !== undefined)) return null;
  const { nullable, ...marks } = Object.fromEntries(
    Object.entries(column).filter(([key]) => !TYPE.has(key) || hint?.[key] !== undefined),
  );
  return {
    ...marks,
    ...((nullable === false || hint?.['nullable'] !== undefined) && { nullable }),
  };
}

const MARKS = ['primary_key', 'merge_key', 'dedup_sort', 'hard_delete', 'x-row-version'];
const TYPE = new Set(['data_type', 'precision', 'scale', 'timezone']);
