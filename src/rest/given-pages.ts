import { printJson } from '../../operators/columns/parse-json.js';
import type { JsonObject, Page } from '../../operators/types.js';
import type { RestResource } from './rest-config.js';

/** Rows on one page. */
const PAGE = 1_000;

/** Rows that are given as pages of a resource. No rows: no page. */
export async function* givenPages(resource: string, data: NonNullable<RestResource['data']>): AsyncGenerator<Page> {
  let rows: JsonObject[] = [];
  let index = 0;
  const page = (): Page => {
    const body = new TextEncoder().encode(printJson(rows));
    const whole: Page = { resource, parent: null, index, body, rows: { kind: 'array', start: 0, end: body.length, count: rows.length }, next: null, stamp: null, state: null };
    rows = [];
    index += 1;
    return whole;
  };
  for await (const row of typeof data === 'function' ? data() : data) {
    rows.push(row);
    if (rows.length === PAGE) yield page();
  }
  if (rows.length > 0) yield page();
}
