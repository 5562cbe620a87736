import { locate } from '#operators/json/locate.js';
import { printJson } from '#operators/json/print-json.js';
import type { Json, PageFacts } from 'sluice';

/** Facts of a page of ten rows, and what a test says otherwise; `headers` in lower case. */
export function pageFacts({
  headers = {},
  ...over
}: Partial<PageFacts> & { headers?: Readonly<Record<string, string>> } = {}): PageFacts {
  return {
    index: 0,
    rows: 10,
    values: [],
    asked: {},
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
