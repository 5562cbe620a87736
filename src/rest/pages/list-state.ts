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

/** Paging that was found on a first page, and the fingerprint of the requests it was found with. */
export interface FoundPaging {
  mark: string;
  paginator: Exclude<PaginatorConfig, { type: 'auto' }>;
}
