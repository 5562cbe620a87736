import type { Observable } from 'rxjs';
import { printJson } from '../../../operators/json/print-json.js';
import { valueAt } from '../../../operators/json/value-at.js';
import type { Json, JsonObject } from '../../../operators/types.js';
import { sentAt } from './placeholders.js';
import type { ResolvedResource } from './resolve-resources.js';

/**
 * The rows of all parents that a list is requested with, by resource, with the fields that anything
 * below needs.
 */
export interface ParentContext {
  rows: Readonly<Record<string, JsonObject>>;
  /**
   * Which row of which response each of them is. Two lists are below the same row where the origins
   * are the same.
   */
  origins: Readonly<Record<string, Origin>>;
  /** Values that tell this list from others of its resource. */
  keys: readonly Json[];
}

/** One row of a parent, or one of each of several parents, for the lists of a child. */
export interface ParentRow {
  context: ParentContext;
  /** Says that the child begins with it, so it does not wait any more. */
  release: () => void;
}

/** The rows of one page after another; each row is made when it is taken. */
export type ParentRows = Observable<Iterable<ParentRow>>;

/** A row by its number in a response, after the processing steps. */
export interface Origin {
  response: symbol;
  row: number;
}

/** That of a list without parents. */
export const ROOT: ParentContext = { rows: {}, origins: {}, keys: [] };

/** Names a list among those of its resource, as compact JSON; null for the only one. */
export function listKey(keys: readonly Json[]): string | null {
  return keys.length === 0 ? null : printJson(keys.length === 1 ? keys[0] : keys);
}

/**
 * The parent fields that are put on the rows of a resource, null where a parent's row lacks the
 * field; null as a whole where none is put there.
 */
export function parentValues(
  parentFields: ResolvedResource['parentFields'],
  rows: ParentContext['rows'],
): JsonObject | null {
  const entries = Object.entries(parentFields);
  if (entries.length === 0) return null;
  return Object.fromEntries(
    entries.map(([name, { parent, field }]) => [name, valueAt(rows, [parent, field]) ?? null]),
  );
}

/** Picks the fields at these paths of a row, by path; those that it lacks are left out. */
export function pickFields(row: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap((field): [string, Json][] => {
      const value = sentAt(row, field);
      return value === undefined ? [] : [[field, value]];
    }),
  );
}
