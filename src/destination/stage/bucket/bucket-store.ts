import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileStore } from '../file-store.js';
import { tempRoom } from '../temp-room.js';
import { workPool } from '../work-pool.js';
import { bucketClient } from './bucket-client.js';
import type { BucketService } from './bucket-service.js';

/** Objects that are removed at once. */
const AT_ONCE = 8;

/** Files in a bucket, below a prefix. */
export function bucketStore(service: BucketService, prefix: string): FileStore {
  const ask = bucketClient(service);
  const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);

  /** What the listing of a folder has. */
  async function listed(
    folder: string,
    isDeep: boolean,
    what: 'keys' | 'folders',
  ): Promise<string[]> {
    const below = [prefix, folder]
      .filter((part) => part !== '')
      .map((part) => `${part}/`)
      .join('');
    const found: string[] = [];
    for (let next: string | undefined; ;) {
      const { text } = await ask(service.list(below, isDeep, next), { key: '' });
      const listing = service.listing(text);
      found.push(...listing[what].filter((key) => key.startsWith(below)));
      ({ next } = listing);
      if (next === undefined) return found.map((key) => key.slice(below.length)).sort();
    }
  }

  return {
    location: `${service.location}${prefix === '' ? '' : `/${prefix}`}`,
    address: (name) => service.address(keyOf(name)),
    async list(folder) {
      return (await listed(folder, false, 'keys')).filter((name) => name !== '');
    },
    async folders() {
      const names = await listed('', false, 'folders');
      return names.filter((name) => name.length > 1).map((name) => name.slice(0, -1));
    },
    async tree(folder) {
      return (await listed(folder, true, 'keys')).map((name) => `${folder}/${name}`);
    },
    async read(name) {
      const key = keyOf(name);
      const { status, text } = await ask(service.read(key), { key, expected: [404] });
      return status === 404 ? null : text;
    },
    async create(name, text) {
      const key = keyOf(name);
      const request = service.write(key, { text }, true);
      const { status } = await ask(request, { key, expected: [409, 412] });
      return status < 300;
    },
    async put(path, name) {
      const key = keyOf(name);
      await ask(service.write(key, { path }, false), { key });
      await rm(path);
    },
    async get(name, room) {
      const path = join(room, name.replaceAll('/', '_'));
      const key = keyOf(name);
      await ask(service.read(key), { key, into: path });
      return path;
    },
    room: tempRoom,
    async remove(names) {
      const removals = workPool(AT_ONCE);
      for (const key of names.map(keyOf))
        await removals.begin(() => ask(service.remove(key), { key, expected: [404] }));
      await removals.end();
    },
  };
}
