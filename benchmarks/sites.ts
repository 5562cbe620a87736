import { gzipFiles, pageBodies, pageFiles, type ShapeName, shapes } from './data/pages.js';
import { smallBodies } from './data/small.js';

/** What a server of the benchmarks sends. */
export interface Site {
  /** Returns the body at a path; null for 404. */
  respond: (path: string, query: URLSearchParams) => Uint8Array | null;
  /** How bodies are compressed; not at all by default. */
  encoding?: 'gzip';
  /** How long each response takes; not at all by default. */
  delayMs?: number;
}

const COMMA = Buffer.from(',');
const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** The sites by name, each for a size: rows, pages or requests, as its comparison says. */
export const sites: Readonly<Record<string, (size: number) => Site>> = {
  /** Pages of each shape at `/pages?page=n`, from 0. */
  ...Object.fromEntries(
    (Object.keys(shapes) as ShapeName[]).map((name) => [
      name,
      (rows: number) => pagesSite(pageFiles(name, rows)),
    ]),
  ),
  /** Issues, compressed. */
  'issues-gzip': (rows) => ({ ...pagesSite(gzipFiles('issues', rows)), encoding: 'gzip' }),
  /** Three endpoints of ten rows: `/users`, `/orders`, `/products`. */
  small: () => {
    const bodies = smallBodies();
    return { respond: (path) => bodies.get(path) ?? null };
  },
  /** A list of so many pages of 100 rows at `/pages?page=n`, from 1, that each take 150 ms. */
  slow: (pages) => ({
    delayMs: 150,
    respond: (_, query) => {
      const page = Number(query.get('page'));
      const data = Array.from({ length: page > pages ? 0 : 100 }, (_, i) => ({
        id: page * 100 + i,
        name: `row ${i} of page ${page}`,
      }));
      return encode({ data, total: pages * 100 });
    },
  }),
  /** All issues in one response. */
  'one-body': (rows) => {
    const lists = pageBodies(pageFiles('issues', rows)).map((page) =>
      page.subarray(page.indexOf(0x5b) + 1, page.lastIndexOf(0x5d)),
    );
    const body = Buffer.concat([
      Buffer.from('{"data":['),
      ...lists.flatMap((list, i) => (i === 0 ? [list] : [COMMA, list])),
      Buffer.from(']}'),
    ]);
    return { respond: () => body };
  },
  /** One row with so many children. */
  'one-row': (children) => {
    const items = Array.from({ length: children }, (_, id) => ({
      id,
      name: `child ${id}`,
      price: id / 8,
      tags: ['a', `t${id}`],
    }));
    const body = encode({ data: [{ id: 1, items }] });
    return { respond: () => body };
  },
  /**
   * One list of so many orders at `/orders`, and for each of them `/orders/<id>/state`: 9 bytes.
   */
  children: (orders) => {
    const ids = encode(Array.from({ length: orders }, (_, id) => ({ id })));
    const child = Buffer.from('{"n":123}');
    return { respond: (path) => (path === '/orders' ? ids : child) };
  },
  /** So many lists of 50 pages of one row: `/list_0?page=1` and so on. */
  lists: () => ({
    respond: (_, query) => {
      const page = Number(query.get('page'));
      return encode({ data: page > 50 ? [] : [{ id: page }], pages: 50 });
    },
  }),
};

function pagesSite(files: readonly string[]): Site {
  const bodies = pageBodies(files);
  return { respond: (_, query) => bodies[Number(query.get('page'))] ?? null };
}
