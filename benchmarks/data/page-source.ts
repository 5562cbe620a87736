import { readFileSync } from 'node:fs';
import type { Resource, Source } from 'sluice';
import { arrivingPages } from './arriving-pages.js';

const PAGE_ROWS = 1_000;

/**
 * Reads a file of JSON lines as the pages that an API would send: `{"data": [row, …], "next": n}`,
 * 1,000 rows each, in memory.
 */
export function pagesOf(file: string): Uint8Array[] {
  const text = readFileSync(file);
  const pages: Uint8Array[] = [];
  for (let at = 0; at < text.length;) {
    const start = at;
    for (let row = 0; row < PAGE_ROWS && at < text.length; row += 1) {
      const end = text.indexOf(10, at);
      at = end < 0 ? text.length : end + 1;
    }
    const rows = text.subarray(start, at);
    const end = rows.at(-1) === 10 ? rows.length - 1 : rows.length;
    const head = Buffer.from('{"data":[');
    const page = Buffer.concat([
      head,
      rows.subarray(0, end),
      Buffer.from(`],"next":${pages.length + 1}}`),
    ]);
    // Only between rows is a line feed: within texts JSON escapes it.
    for (let feed = page.indexOf(10); feed >= 0; feed = page.indexOf(10, feed + 1)) page[feed] = 44;
    pages.push(page);
  }
  return pages;
}

/**
 * Makes a source of one resource whose pages are in memory. They are emitted one after another, as
 * a server's responses come: each in a turn of its own of the event loop.
 */
export function pageSource(resource: Resource, pages: readonly Uint8Array[]): Source {
  const source: Source = {
    name: 'bench',
    resources: [resource],
    pages: () => arrivingPages(resource.name, pages),
    withResources: () => source,
  };
  return source;
}
