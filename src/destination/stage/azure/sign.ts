import { createHmac } from 'node:crypto';
import type { Query } from '../bucket/bucket-service.js';

/** A request as it is signed. */
export interface SignedRequest {
  method: string;
  /** As it is sent: each part percent-encoded. */
  path: string;
  query: Query;
  /** With lower-case names. */
  headers: Readonly<Record<string, string>>;
  /** Bytes of the body. */
  size: number;
}

/**
 * The header by which Azure knows who sends a request: Shared Key
 * (learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key). Pure.
 *
 * @param key in base64, as Azure gives it
 */
export function sharedKeyHeader(
  { method, path, query, headers, size }: SignedRequest,
  account: string,
  key: string,
): string {
  const standard = [
    'content-encoding',
    'content-language',
    'content-length',
    'content-md5',
    'content-type',
    'date',
    'if-modified-since',
    'if-match',
    'if-none-match',
    'if-unmodified-since',
    'range',
  ].map((name) => (name === 'content-length' && size > 0 ? String(size) : (headers[name] ?? '')));
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-ms-'));
  const text = [
    method,
    ...standard,
    ...sorted(own).map(([name, value]) => `${name}:${value}`),
    `/${account}${path}`,
    ...sorted(query).map(([name, value]) => `${name}:${value}`),
  ].join('\n');
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text).digest('base64');
  return `SharedKey ${account}:${signature}`;
}

function sorted(pairs: Query): Query {
  return pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
}
