import type { Json } from '../../../operators/types.js';
import type { PaginatorConfig } from '../paginators/paginator-config.js';
import type { CursorValue } from './incremental.js';

/** What is kept of a list for later runs (`Page.state`). JSON-able. */
export interface ListState {
  /** How far its cursor has come. */
  incremental?: { lastValue: CursorValue };
  /** The cursor is that of a window, which later runs may not have. */
  windowed?: true;
  /** What holds for all lists of the resource. */
  resource?: { paging: FoundPaging };
}

/** The state of a list; null where there is nothing to keep. */
export function listState(
  { windowed }: { windowed: boolean },
  paging: FoundPaging | undefined,
  lastValue: CursorValue | null,
): Json {
  if (paging === undefined && lastValue === null) return null;
  return {
    ...(paging && { resource: { paging } }),
    ...(lastValue !== null && { incremental: { lastValue }, ...(windowed && { windowed }) }),
  } satisfies ListState as unknown as Json;
}

/** Paging that was detected on a first page, and the fingerprint of the requests it holds for. */
export interface FoundPaging {
  fingerprint: string;
  paginator: Exclude<PaginatorConfig, { type: 'auto' }>;
}
