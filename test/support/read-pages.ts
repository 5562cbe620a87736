import type { Observable } from 'rxjs';
import { rowObjects } from '#operators/json/row-objects.js';
import {
  Gate,
  type JsonObject,
  type Page,
  type RunContext,
  type Source,
  type SourceEvent,
} from 'sluice';

/** What came of a stream of pages until it ended. */
export interface Read {
  pages: Page[];
  error: unknown;
}

/** All pages, and the error that ended them (null when they completed). */
export function readAll(pages: Observable<Page>): Promise<Read> {
  const read: Page[] = [];
  return new Promise((resolve) => {
    pages.subscribe({
      next: (page) => read.push(page),
      error: (error: unknown) => resolve({ pages: read, error }),
      complete: () => resolve({ pages: read, error: null }),
    });
  });
}

/** The rows of a page as objects, its stamp on them. */
export function rowsOf(page: Page): JsonObject[] {
  return rowObjects({ body: page.body, span: page.rows }).map((row) => ({
    ...row,
    ...page.stamp,
  }));
}

export interface TestRun extends RunContext {
  /** What the source told. */
  events: SourceEvent[];
  stop: AbortController;
}

/** What a run lends to a source. */
export function runContext(): TestRun {
  const events: SourceEvent[] = [];
  const stop = new AbortController();
  return {
    signal: stop.signal,
    gate: new Gate(),
    observe: (event) => events.push(event),
    state: () => null,
    events,
    stop,
  };
}

/** Rows by resource, and all else that a source gave. */
export async function readSource(
  source: Source,
  context: TestRun = runContext(),
): Promise<Read & { rows: Record<string, JsonObject[]>; events: SourceEvent[] }> {
  const read = await readAll(source.pages(context));
  const rows: Record<string, JsonObject[]> = {};
  for (const page of read.pages) (rows[page.resource] ??= []).push(...rowsOf(page));
  return { ...read, rows, events: context.events };
}
