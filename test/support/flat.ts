import type { FlattenConfig } from '#operators/columns/flatten-config.js';
import { flattener } from '#operators/columns/flattener.js';
import type { Flat, Page, Rows } from '#operators/types.js';

const encoder = new TextEncoder();

/** A page of these rows, each one written as JSON so that `1` and `1.0` differ. */
export function pageOf(rows: readonly string[], about: Partial<Page> = {}): Page {
  const body = encoder.encode(`[${rows.join(',')}]`);
  const span: Page['rows'] =
    rows.length === 0
      ? { kind: 'none', start: 0, end: 0, count: 0 }
      : { kind: 'array', start: 0, end: body.length, count: rows.length };
  return {
    resource: 'things',
    parent: null,
    index: 0,
    body,
    rows: span,
    next: null,
    stamp: null,
    state: null,
    ...about,
  };
}

/** The rows of a page. */
export function rowsOf(page: Page): Rows {
  return { page, body: page.body, span: page.rows };
}

/** Pages of rows as columns, through the real kernel; pages are numbered in their order. */
export function flats(
  pages: readonly (readonly string[])[],
  config: Partial<FlattenConfig> = {},
): Flat[] {
  const own = flattener({ table: 'things', ...config });
  try {
    return pages.map((rows, index) =>
      own.flatten(rowsOf(pageOf(rows, { index, next: { after: index } }))),
    );
  } finally {
    own.close();
  }
}

/** Pages of rows, cut after these numbers of rows. */
export function cut(all: readonly string[], sizes: readonly number[]): string[][] {
  const pages: string[][] = [];
  let at = 0;
  for (const size of sizes) pages.push(all.slice(at, (at += size)));
  return [...pages, all.slice(at)];
}
