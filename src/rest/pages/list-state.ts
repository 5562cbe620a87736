import type { Json } from '../../../operators/types.js';
import type { ListCursor } from '../../run/kept-cursor.js';
import type { PaginatorConfig } from '../paginators/paginator-config.js';

/** What is kept of a list for later runs (`Page.state`). JSON-able. */
export interface ListState {
  /** How far its cursor has come. */
  incremental?: ListCursor;
  /** The cursor is that of a window, which later runs may not have. */
  windowed?: true;
  /** What holds for all lists of the resource. */
  resource?: { paging: FoundPaging };
}

/** The state of a list; null where there is nothing to keep. */
export function listState(
  { windowed }: { windowed: boolean },
  paging: FoundPaging | undefined,
  cursor: ListCursor | null,
): Json {
  if (paging === undefined && cursor === null) return null;
  return {
    ...(paging && { resource: { paging } }),
    ...(cursor !== null && { incremental: cursor, ...(windowed && { windowed }) }),
  } satisfies ListState as unknown as Json;
}

/** Paging that was detected on a first page, and the fingerprint of the requests it holds for. */
export interface FoundPaging {
  fingerprint: string;
  paginator: Exclude<PaginatorConfig, { type: 'auto' }>;
}
