import {
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  map,
  merge,
  type OperatorFunction,
  Subject,
} from 'rxjs';
import type { Rows } from '../types.js';

/** Pages that wait at most: so many of all resources, or of each, and never more than the last. */
const MOST_PAGES = { ofAll: 1_024, ofEach: 16, ever: 8_192 };
/** Bytes of rows that wait at most. */
const MOST_BYTES = 256 * 1024;
/** Few rows may come in a large document. */
const MOST_BODIES = 8 * 1024 * 1024;
/** A page with more bytes of rows is passed on at once. */
const SMALL_BYTES = 16 * 1024;

/**
 * Lets the small pages of a load wait for others of their resource: they take longer one by one
 * than together. Those of all resources are released at once, so that no page is committed before
 * one that came ahead of it.
 */
export interface SmallPages {
  /**
   * Gathers the pages of one resource.
   *
   * - In: the rows of pages, in order.
   * - Out: lists of them, in the same order. The first page is passed on at once, and so is one
   *   that is large, or belongs together with pages of other resources; what waits goes before it.
   * - Errors: those of the source drop what waits.
   *
   * @param isAtOnce no page of the resource waits. @default false
   */
  gather(isAtOnce?: boolean): OperatorFunction<Rows, PagesTogether>;
}

/** Pages to be flattened together. */
export interface PagesTogether {
  pages: readonly Rows[];
  /** Pages of other resources that came among them follow at once. */
  continues: boolean;
}

/** Pages of one resource that wait. */
interface Line {
  held: Rows[];
  released: Subject<PagesTogether>;
}

/**
 * @param ms how long a page waits, in milliseconds
 * @param mostBodies bytes of the documents whose pages wait. @default 8 MiB
 */
export function smallPages(ms: number, mostBodies: number = MOST_BODIES): SmallPages {
  const lines = new Set<Line>();
  let held = 0;
  let bytes = 0;
  let bodies = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  /** The page before belongs together with the next one. */
  let continues = false;

  function release(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    held = 0;
    bytes = 0;
    bodies = 0;
    const waiting = [...lines].filter((line) => line.held.length > 0);
    const all = waiting.map((line) => {
      const pages = line.held;
      line.held = [];
      return pages;
    });
    for (const [i, line] of waiting.entries())
      line.released.next({
        pages: all[i] as readonly Rows[],
        continues: i < waiting.length - 1,
      });
  }

  function mostPages(): number {
    const { ofAll, ofEach, ever } = MOST_PAGES;
    return Math.min(ever, Math.max(ofAll, ofEach * lines.size));
  }

  function waits({ page, span }: Rows, isFirst: boolean): boolean {
    const isJoined = continues || page.continues === true;
    continues = page.continues === true;
    return !isFirst && !isJoined && span.kind !== 'map' && span.end - span.start < SMALL_BYTES;
  }

  return {
    gather:
      (isAtOnce = false) =>
      (source) =>
        defer(() => {
          const line: Line = { held: [], released: new Subject() };
          lines.add(line);
          let isFirst = true;
          const passed = source.pipe(
            // A stream of none for each page that waits takes longer than the page.
            map((rows): PagesTogether | null => {
              const isWaiting = waits(rows, isFirst || isAtOnce);
              isFirst = false;
              if (!isWaiting) {
                release();
                return { pages: [rows], continues: rows.page.continues === true };
              }
              line.held.push(rows);
              held += 1;
              bytes += rows.span.end - rows.span.start;
              bodies += rows.body.byteLength;
              if (held >= mostPages() || bytes >= MOST_BYTES || bodies >= mostBodies) release();
              else timer ??= setTimeout(release, ms);
              return null;
            }),
            filter((pages) => pages !== null),
          );
          const end = defer(() => {
            release();
            line.released.complete();
            return EMPTY;
          });
          return merge(line.released, concat(passed, end)).pipe(
            finalize(() => {
              lines.delete(line);
              if (lines.size === 0 && timer !== null) clearTimeout(timer);
            }),
          );
        }),
  };
}
