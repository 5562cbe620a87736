import { accessToken } from '../bucket/access-token.js';
import type { BucketService } from '../bucket/bucket-service.js';
import { encoded } from '../bucket/encoded.js';
import { type GcsCredentials, tokenForm } from './token-form.js';

/** A bucket of Google Cloud Storage and who uses it, as plain data. */
export interface GcsBucket {
  bucket: string;
  credentials: GcsCredentials;
  /** Address of the service. */
  endpoint: string;
}

/** A bucket of Google Cloud Storage, by its JSON API (cloud.google.com/storage/docs/json_api). */
export function gcsBucket({ bucket, credentials, endpoint }: GcsBucket): GcsService {
  const url = new URL(endpoint);
  const base = `${url.pathname.replace(/\/$/, '')}/storage/v1/b/${encoded(bucket)}/o`;
  const upload = base.replace('/storage/v1/', '/upload/storage/v1/');
  const pathOf = (key: string): string => `${base}/${encoded(key)}`;
  const token = accessToken({
    url: credentials.tokenUrl,
    form: () => tokenForm(credentials, new Date()),
  });
  return {
    location: `gs://${bucket}`,
    url,
    token,
    async signed({ query = [], headers }) {
      return { query, headers: { ...headers, authorization: `Bearer ${await token()}` } };
    },
    reason: reasonOf,
    list: (below, isDeep, next) => ({
      method: 'GET',
      path: base,
      query: [
        ['prefix', below],
        ['fields', 'nextPageToken,prefixes,items/name'],
        ...(isDeep ? [] : [['delimiter', '/'] as const]),
        ...(next === undefined ? [] : [['pageToken', next] as const]),
      ],
    }),
    listing(body) {
      const { items = [], prefixes = [], nextPageToken } = JSON.parse(body) as ObjectList;
      return { keys: items.map(({ name }) => name), folders: prefixes, next: nextPageToken };
    },
    read: (key) => ({ method: 'GET', path: pathOf(key), query: [['alt', 'media']] }),
    write: (key, body, isNew) => ({
      method: 'POST',
      path: upload,
      query: [
        ['uploadType', 'media'],
        ['name', key],
        ...(isNew ? [['ifGenerationMatch', '0'] as const] : []),
      ],
      body,
    }),
    remove: (key) => ({ method: 'DELETE', path: pathOf(key) }),
    // DuckDB reads it as a file of the web: of gs:// it knows keys of HMAC alone.
    address: (key) => new URL([bucket, ...key.split('/')].map(encoded).join('/'), url).href,
  };
}

/** A bucket with the token that is sent with requests. */
export interface GcsService extends BucketService {
  token: () => Promise<string>;
}

interface ObjectList {
  items?: { name: string }[];
  prefixes?: string[];
  nextPageToken?: string;
}

function reasonOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: string } };
    return error?.message ?? '';
  } catch {
    return body;
  }
}
