import type { Query } from './bucket-service.js';

/** A text as services of buckets encode parts of paths and queries. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A query as it is sent. */
export function queryText(query: Query): string {
  return query.map((pair) => pair.map(encoded).join('=')).join('&');
}
