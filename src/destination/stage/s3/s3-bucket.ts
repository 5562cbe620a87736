import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { BucketRequest, BucketService } from '../bucket/bucket-service.js';
import { encoded } from '../bucket/encoded.js';
import { elementsOf, errorText } from '../bucket/xml.js';
import { type S3Credentials, sha256, signatureHeaders } from './sign.js';

/** A bucket and who uses it, as plain data. */
export interface S3Bucket {
  bucket: string;
  region: string;
  credentials: S3Credentials;
  /** Address of the service; null for AWS. */
  endpoint: string | null;
}

/** A bucket of S3, or of a service that speaks its protocol. */
export function s3Bucket({ bucket, region, credentials, endpoint }: S3Bucket): BucketService {
  const url = new URL(endpoint ?? `https://s3.${region}.amazonaws.com`);
  const pathOf = (key: string): string => `/${[bucket, ...key.split('/')].map(encoded).join('/')}`;
  const location = `s3://${bucket}`;
  return {
    location,
    url,
    async signed({ method, path, query = [], headers, body }) {
      const bodyHash = await hashOf(body);
      const request = { method, host: url.host, path, query, bodyHash };
      const own = signatureHeaders(request, credentials, region, new Date());
      return { query, headers: { ...headers, ...own } };
    },
    reason: errorText,
    list: (below, isDeep, next) => ({
      method: 'GET',
      path: pathOf(''),
      query: [
        ...(next === undefined ? [] : [['continuation-token', next] as const]),
        ...(isDeep ? [] : [['delimiter', '/'] as const]),
        ['list-type', '2'],
        ['prefix', below],
      ],
    }),
    listing: (body) => ({
      keys: elementsOf(body, 'Key'),
      folders: elementsOf(body, 'Prefix'),
      next: elementsOf(body, 'NextContinuationToken')[0],
    }),
    read: (key) => ({ method: 'GET', path: pathOf(key) }),
    write: (key, body, isNew) => ({
      method: 'PUT',
      path: pathOf(key),
      ...(isNew && { headers: { 'if-none-match': '*' } }),
      body,
    }),
    remove: (key) => ({ method: 'DELETE', path: pathOf(key) }),
    address: (key) => `${location}/${key}`,
  };
}

async function hashOf(body: BucketRequest['body']): Promise<string> {
  if (body === undefined) return sha256('');
  if ('text' in body) return sha256(body.text);
  const hash = createHash('sha256');
  await pipeline(createReadStream(body.path), hash);
  return hash.digest('hex');
}
