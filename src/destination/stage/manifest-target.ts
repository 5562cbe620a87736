import { randomBytes } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { ConfigError, LoadError } from '../../errors.js';
import { adoptDlt, type SqlTypeOf } from './adopt-dlt.js';
import { DLT_FOLDERS, DLT_INIT, dltFiles, dltName } from './dlt-files.js';
import type { FileStore } from './file-store.js';
import {
  keptOf,
  type Manifest,
  manifestOf,
  namesOf,
  NO_DATASET,
  readManifest,
  removedFiles,
} from './manifest.js';
import type { KeptDataset, NextDataset, StagedLoad, StagedTarget } from './staged-target.js';
import { isAlive, thisWriter, type Writer, writerName } from './writer.js';

/** The folder of manifests, below that of the dataset. */
const FOLDER = '_sluice';

/** Manifests that are kept for readers that are about to read them. */
const KEPT = 10;

/**
 * Files that loads have made: none of dlt's ids begins with an `s`. Behind a dot are those that a
 * folder was about to have under another name.
 */
const OURS = /\/(?:\d+\.\d+\.s[0-9a-f]{9}\.[a-z]+|\.[0-9a-f]{16})$/;

/** A manifest and its number. */
interface Found {
  number: number;
  manifest: Manifest;
}

/**
 * The last manifest of a dataset; null where it was never loaded, and where it is the one of number
 * `seen`.
 */
export async function lastManifest(
  store: FileStore,
  dataset: string,
  seen = 0,
): Promise<Found | null> {
  for (;;) {
    const number = await lastNumber(store, dataset);
    if (number === 0 || number === seen) return null;
    const name = nameOf(dataset, number);
    const text = await store.read(name);
    // Whoever is that far behind looks again.
    if (text !== null) return { number, manifest: readManifest(text, name) };
  }
}

async function lastNumber(store: FileStore, dataset: string): Promise<number> {
  const names = await store.list(`${dataset}/${FOLDER}`);
  const numbers = names.flatMap((name) => /^(\d{10})\.json$/.exec(name)?.[1] ?? []);
  return Number(numbers.at(-1) ?? 0);
}

function nameOf(dataset: string, number: number): string {
  return `${dataset}/${FOLDER}/${String(number).padStart(10, '0')}.json`;
}

/**
 * A dataset of files: tables are folders, and a commit is a manifest that is created where none of
 * its number is there. What dlt has loaded meanwhile is taken in when a load begins.
 */
export function manifestTarget(
  store: FileStore,
  { dataset, pipeline }: StagedLoad,
  sqlTypeOf: SqlTypeOf,
): StagedTarget {
  const self = thisWriter(pipeline);
  let last: Found | null = null;
  let room: string | undefined;
  /** The last manifest says that this load is under way. */
  let isHeld = false;
  /** Files that no commit has yet. */
  let put: string[] = [];

  /** Writes the next manifest. Errors: LoadError where another has taken its number. */
  async function write(kept: KeptDataset, isUnderWay: boolean): Promise<void> {
    const number = (last?.number ?? 0) + 1;
    const token = randomBytes(12).toString('hex');
    const manifest = manifestOf(kept, { token, at: Date.now(), writer: self, isUnderWay });
    const name = nameOf(dataset, number);
    const isMade = await store
      .create(name, JSON.stringify(manifest))
      .catch(async (error: unknown) => {
        // It may be there all the same: an answer can be lost.
        const text = await store.read(name).catch(() => null);
        if (text === null) throw error;
        return false;
      });
    const found = isMade ? null : await store.read(name);
    const isOwn = isMade || (found !== null && readManifest(found, name).token === token);
    // One that lags far behind takes a number that was removed since.
    const isLast = (await lastNumber(store, dataset)) === number;
    if (!isOwn || !isLast) {
      if (isOwn) await store.remove([name]);
      throw overtaken(await lastManifest(store, dataset));
    }
    last = { number, manifest };
    isHeld = isUnderWay;
    if (number > KEPT) await store.remove([nameOf(dataset, number - KEPT)]);
  }

  function overtaken(other: Found | null): LoadError {
    return new LoadError(
      `Dataset ${dataset} in ${store.location} was loaded by ${other === null ? 'another process' : writerName(other.manifest.writer)} meanwhile, so that this load cannot commit. Two loads of one dataset cannot run at once. Run again when the other has ended: the load goes on where it was.`,
    );
  }

  function underWay(writer: Writer): LoadError {
    return new LoadError(
      `Dataset ${dataset} in ${store.location} is being loaded right now by ${writerName(writer)}; two loads of one dataset cannot run at once. Wait for it, or use another dataset.`,
    );
  }

  /** Removes what loads that were killed have put, and nobody committed. */
  async function removeLeftovers(kept: KeptDataset): Promise<void> {
    const known = new Set(namesOf(kept));
    await store.remove(
      (await store.tree(dataset)).filter((name) => OURS.test(name) && !known.has(name)),
    );
  }

  /** Writes the files of dlt that the books have and dlt's folders lack. */
  async function writeDltFiles({ books }: KeptDataset): Promise<void> {
    const there = new Set<string>();
    for (const folder of DLT_FOLDERS)
      for (const name of await store.list(`${dataset}/${folder}`))
        there.add(dltName(`${folder}/${name}`));
    for (const [name, text] of dltFiles(books))
      if (!there.has(dltName(name))) await store.create(`${dataset}/${name}`, text);
  }

  async function commit(next: NextDataset, isUnderWay: boolean): Promise<KeptDataset> {
    const kept = keptOf(next);
    const before = last?.manifest ?? NO_DATASET;
    await write(kept, isUnderWay);
    put = [];
    // Whatever stays is removed by the next load.
    await store.remove(removedFiles(before, kept)).catch(() => undefined);
    return kept;
  }

  async function end(): Promise<void> {
    if (room !== undefined) await rm(room, { recursive: true, force: true });
    room = undefined;
  }

  return {
    async begin() {
      requireFolder(dataset, 'Dataset');
      last = await lastManifest(store, dataset);
      if (last?.manifest.isUnderWay === true && isAlive(last.manifest.writer))
        throw underWay(last.manifest.writer);
      const kept = await adoptDlt(store, dataset, last?.manifest ?? NO_DATASET, sqlTypeOf);
      await write(kept, true);
      await removeLeftovers(kept);
      await store.create(`${dataset}/${DLT_INIT.name}`, DLT_INIT.text);
      await writeDltFiles(kept);
      return kept;
    },
    async room() {
      if ((await lastNumber(store, dataset)) !== last?.number)
        throw overtaken(await lastManifest(store, dataset));
      return (room ??= await store.room(`${dataset}/${FOLDER}`));
    },
    async put({ path, ...file }, isWaiting) {
      requireFolder(file.table, 'Table');
      const folder = isWaiting ? WAITING : file.table;
      const id = `s${randomBytes(5).toString('hex').slice(1)}`;
      const name = `${dataset}/${folder}/${file.load}.${id}.${file.extension}`;
      const { size } = await stat(path);
      put.push(name);
      await store.put(path, name);
      return { ...file, bytes: size, name };
    },
    async get({ name }) {
      return store.get(name, (room ??= await store.room(`${dataset}/${FOLDER}`)));
    },
    commit: (next) => commit(next, true),
    async finish(next) {
      const kept = await commit(next, false);
      // What is missing of them is written when the next load begins.
      await writeDltFiles(kept).catch(() => undefined);
      await end();
      return kept;
    },
    async abort() {
      if (isHeld && last !== null) {
        const { manifest } = last;
        await write(manifest, false)
          .then(() => store.remove(put))
          .catch(() => undefined);
      }
      await end();
    },
  };
}

/** Names by the convention `direct` may be no names of folders. */
function requireFolder(name: string, what: string): void {
  if (/^\.|[/\\\0]/.test(name) || Buffer.byteLength(name) > LONGEST)
    throw new ConfigError(
      `${what} ${JSON.stringify(name)} would be a folder of files, whose names begin with no dot, hold no slash and have ${LONGEST} bytes at most. Give it another name.`,
    );
}

/** Bytes of the longest name of a folder. */
const LONGEST = 255;

/** Where files wait for the end of their load. */
const WAITING = `${FOLDER}/waiting`;
