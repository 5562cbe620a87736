import { printJson } from '../../../operators/json/print-json.js';
import type { JsonObject, Page } from '../../../operators/types.js';
import type { SourceEvent } from '../../run/source.js';
import type { RestResource } from '../config/rest-config.js';

/** Rows on one page. */
const PAGE = 1_000;

/**
 * Rows that are given as pages of a resource. No rows: no page. They are all there is, which is
 * told.
 */
export async function* givenPages(
  resource: string,
  data: NonNullable<RestResource['data']>,
  observe: (event: SourceEvent) => void,
): AsyncGenerator<Page> {
  let rows: JsonObject[] = [];
  let index = 0;
  let total = 0;
  const page = (): Page => {
    const body = new TextEncoder().encode(printJson(rows));
    const whole: Page = {
      resource,
      parent: null,
      index,
      body,
      rows: { kind: 'array', start: 0, end: body.length, count: rows.length },
      next: null,
      stamp: null,
      state: null,
    };
    observe({ kind: 'page', resource, parent: null, index, rows: rows.length, bytes: 0 });
    total += rows.length;
    rows = [];
    index += 1;
    return whole;
  };
  for await (const row of typeof data === 'function' ? data() : data) {
    rows.push(row);
    if (rows.length === PAGE) yield page();
  }
  if (rows.length > 0) yield page();
  observe({
    kind: 'done',
    resource,
    parent: null,
    end: 'no-next',
    pages: index,
    rows: total,
    declared: { rows: total },
    pageSize: null,
    maxPageRows: Math.min(total, PAGE),
    lastPageRows: total % PAGE || Math.min(total, PAGE),
    autoDetected: false,
    nextMissing: false,
  });
}
