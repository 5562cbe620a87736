import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileStore } from '../file-store.js';
import { elementsOf, type S3Bucket, s3Client } from './s3-client.js';

/** Objects that are removed at once. */
const AT_ONCE = 8;

/** Files in a bucket of S3, or of a service that speaks its protocol, below a prefix. */
export function s3Store(bucket: S3Bucket, prefix: string): FileStore {
  const ask = s3Client(bucket);
  const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);

  /** What the listing of a folder has in elements of one name. */
  async function listed(folder: string, isDeep: boolean, element: string): Promise<string[]> {
    const below = [prefix, folder]
      .filter((part) => part !== '')
      .map((part) => `${part}/`)
      .join('');
    const found: string[] = [];
    for (let token: string | undefined; ;) {
      const { text } = await ask({
        method: 'GET',
        key: '',
        query: [
          ...(token === undefined ? [] : [['continuation-token', token] as const]),
          ...(isDeep ? [] : [['delimiter', '/'] as const]),
          ['list-type', '2'],
          ['prefix', below],
        ],
      });
      found.push(...elementsOf(text, element).filter((key) => key.startsWith(below)));
      [token] = elementsOf(text, 'NextContinuationToken');
      if (token === undefined) return found.map((key) => key.slice(below.length)).sort();
    }
  }

  return {
    location: `s3://${bucket.bucket}${prefix === '' ? '' : `/${prefix}`}`,
    address: (name) => `s3://${bucket.bucket}/${keyOf(name)}`,
    async list(folder) {
      return (await listed(folder, false, 'Key')).filter((name) => name !== '');
    },
    async folders() {
      const names = await listed('', false, 'Prefix');
      return names.filter((name) => name.length > 1).map((name) => name.slice(0, -1));
    },
    async tree(folder) {
      return (await listed(folder, true, 'Key')).map((name) => `${folder}/${name}`);
    },
    async read(name) {
      const { status, text } = await ask({ method: 'GET', key: keyOf(name), expected: [404] });
      return status === 404 ? null : text;
    },
    async create(name, text) {
      const { status } = await ask({
        method: 'PUT',
        key: keyOf(name),
        headers: { 'if-none-match': '*' },
        body: { text },
        expected: [409, 412],
      });
      return status < 300;
    },
    async put(path, name) {
      await ask({ method: 'PUT', key: keyOf(name), body: { path } });
      await rm(path);
    },
    async get(name, room) {
      const path = join(room, name.replaceAll('/', '_'));
      await ask({ method: 'GET', key: keyOf(name), into: path });
      return path;
    },
    room: () => mkdtemp(join(tmpdir(), 'sluice-')),
    async remove(names) {
      for (let from = 0; from < names.length; from += AT_ONCE)
        await Promise.all(
          names
            .slice(from, from + AT_ONCE)
            .map((name) => ask({ method: 'DELETE', key: keyOf(name), expected: [404] })),
        );
    },
  };
}
