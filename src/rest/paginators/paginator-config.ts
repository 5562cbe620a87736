import type { CursorConfig } from './cursor.js';
import type { HeaderCursorConfig } from './header-cursor.js';
import type { HeaderLinkConfig } from './header-link.js';
import type { JsonLinkConfig } from './json-link.js';
import type { OffsetConfig } from './offset.js';
import type { PageNumberConfig } from './page-number.js';

/**
 * A paginator as data (JSON-able): dlt's words in camelCase. `auto` is found out on the first page.
 */
export type PaginatorConfig =
  | { type: 'single' }
  | { type: 'auto' }
  | ({ type: 'jsonLink' } & JsonLinkConfig)
  | ({ type: 'headerLink' } & HeaderLinkConfig)
  | ({ type: 'headerCursor' } & HeaderCursorConfig)
  | ({ type: 'cursor' } & CursorConfig)
  | ({ type: 'offset' } & OffsetConfig)
  | ({ type: 'pageNumber' } & PageNumberConfig);
