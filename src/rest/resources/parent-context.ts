import type { Observable } from 'rxjs';
import { printJson } from '../../../operators/json/print-json.js';
import { valueAt } from '../../../operators/json/value-at.js';
import type { Json, JsonObject, PagePlace } from '../../../operators/types.js';
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
  /** Where the lists that are requested with it are in the load. */
  at: ListPlace;
}

/** Where a list is in a load, without its window. */
export type ListPlace = Pick<PagePlace, 'list' | 'under'>;

/** One row of a parent, or one of each of several parents, for the lists of a child. */
export interface ParentRow {
  context: ParentContext;
  /** Says that the child begins with it, so it does not wait any more. */
  release: () => void;
  /** It was read before the load was stopped. */
  isStored: boolean;
}

/** The rows of one page after another; each row is made when it is taken. */
export type ParentRows = Observable<Iterable<ParentRow>>;

/** A row by its number on a page of the load, after the processing steps. */
export interface Origin {
  page: string;
  row: number;
}

/** That of a list without parents. */
export const ROOT: ParentContext = {
  rows: {},
  origins: {},
  keys: [],
  at: { list: '', under: null },
};

/** Where the list of a window is in a load; `null` for no windows. */
export function listPlace({ list, under }: ListPlace, window: number | null): ListPlace {
  return { list: window === null ? list : `${list}@${window}`, under };
}

/** The place of a list without its window. */
export function withoutWindow(list: string): string {
  return list.replace(/@\d+$/, '');
}

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
