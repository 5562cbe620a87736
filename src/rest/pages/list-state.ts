import type { PaginatorConfig } from '../paginators/paginator-config.js';
import type { CursorValue } from './incremental.js';

/** What is kept of a list for later runs (`Page.state`). JSON-able. */
export interface ListState {
  /** How far its cursor has come. */
  incremental?: { lastValue: CursorValue };
  /**
   * Paging that was found on its first page, and the mark of the requests that it was found with.
   */
  paging?: { mark: string; paginator: Exclude<PaginatorConfig, { type: 'auto' }> };
}
