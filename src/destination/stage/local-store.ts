import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileStore } from './file-store.js';

/** Files in a folder of this computer, which is made where it is not there. */
export function localStore(root: string): FileStore {
  const pathOf = (name: string): string => join(root, ...name.split('/'));
  const listed = async (folder: string, isWanted: 'isFile' | 'isDirectory'): Promise<string[]> => {
    const entries = await readdir(pathOf(folder), { withFileTypes: true }).catch(nothing);
    return (entries ?? [])
      .filter((entry) => entry[isWanted]())
      .map(({ name }) => name)
      .sort();
  };
  return {
    location: root,
    address: pathOf,
    list: (folder) => listed(folder, 'isFile'),
    folders: () => listed('', 'isDirectory'),
    async tree(folder) {
      const below = await Promise.all(
        (await listed(folder, 'isDirectory')).map((name) => this.tree(`${folder}/${name}`)),
      );
      return [...(await this.list(folder)).map((name) => `${folder}/${name}`), ...below.flat()];
    },
    read: (name) => readFile(pathOf(name), 'utf8').catch(nothing),
    async create(name, text) {
      const path = pathOf(name);
      const draft = join(dirname(path), `.${randomBytes(8).toString('hex')}`);
      await makeFolder(dirname(path));
      try {
        const file = await open(draft, 'wx');
        try {
          await file.writeFile(text);
          await file.sync();
        } finally {
          await file.close();
        }
        await link(draft, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        throw error;
      } finally {
        await rm(draft, { force: true });
      }
      await sync(dirname(path));
      return true;
    },
    async put(from, name) {
      const path = pathOf(name);
      await makeFolder(dirname(path));
      await sync(from);
      await rename(from, path);
      await sync(dirname(path));
    },
    get: (name) => Promise.resolve(pathOf(name)),
    async room(folder) {
      for (const left of await listed(folder, 'isDirectory'))
        if (left.startsWith('.')) await rm(join(pathOf(folder), left), { recursive: true });
      const path = join(pathOf(folder), `.${randomBytes(8).toString('hex')}`);
      await mkdir(path, { recursive: true });
      return path;
    },
    async remove(names) {
      for (const name of names) await rm(pathOf(name), { force: true });
    },
  };
}

/** Makes a folder, and those above it, durably. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made))
    await sync(dirname(made));
}

/** Waits until a file, or the list of a folder's files, is on the disk. */
async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function nothing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
