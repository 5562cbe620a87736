import { locate } from '#operators/json/locate.js';
import { printJson } from '#operators/json/print-json.js';
import { NO_SIGNS } from '#src/rest/paginators/detect/page-signs.js';
import type { Json, PageFacts } from 'sluice';

/**
 * Facts of a page of ten rows, behind such pages up to its offset, and what a test says otherwise;
 * `headers` in lower case.
 */
export function pageFacts({
  headers = {},
  ...over
}: Partial<PageFacts> & { headers?: Readonly<Record<string, string>> } = {}): PageFacts {
  const { rows = 10, change = {} } = over;
  const offset = Number(change.params?.['offset'] ?? 0);
  const before = offset - (offset % 10);
  return {
    index: before / 10,
    rows,
    rowsRead: before + rows,
    maxPageRows: Math.max(rows, before === 0 ? 0 : 10),
    rowsAt: null,
    signs: NO_SIGNS,
    values: [],
    change: {},
    url: new URL('http://local/list'),
    body: () => null,
    header: (name) => headers[name.toLowerCase()] ?? null,
    ...over,
  };
}

/** The values at dotted paths of a body, as an endpoint reads them. */
export function valuesAt(body: Json, paths: readonly string[]): (Json | undefined)[] {
  return locate(new TextEncoder().encode(printJson(body)), { selectors: ['@'], paths }).values;
}
