import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PermanentFault } from '../http-errors.js';
import type { FetchResponse } from '../transport/own-fetch.js';
import { makeFolder } from './make-folder.js';
import { eachChunk, type ReadLimits } from './read-body.js';

/** Where a body is saved. */
export interface SaveConfig {
  /** The file; its folder is made. One that is there is replaced when the new one is complete. */
  path: string;
  /**
   * The folder that the file must stay in, wherever symbolic links lead. @default that of the file
   */
  folder?: string;
  /** Largest file, in bytes. @default the client's maxBytes */
  maxBytes?: number;
}

/**
 * Streams a body to a file beside the wanted one, which gets its name when it is complete and on
 * the disk; returns the JSON that describes it: `{"path","size","sha256","content_type",
 * "fetched_at"}`. A body that fails or is aborted leaves no file behind. No symbolic link is
 * written through.
 *
 * Errors: those of `eachChunk`; PermanentFault where the file cannot be written.
 */
export async function saveBody(
  response: Pick<FetchResponse, 'headers' | 'body'>,
  { path, folder = dirname(path) }: SaveConfig,
  limits: ReadLimits,
): Promise<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  const { file, part, whole } = await onDisk(path, async () => {
    const real = await makeFolder(dirname(path), folder);
    const made = join(real, `${basename(path)}${PART}`);
    // What an earlier process left, or somebody else put there.
    await rm(made, { force: true });
    return { file: await open(made, 'wx'), part: made, whole: join(real, basename(path)) };
  });
  try {
    await eachChunk(response.body, limits, async (chunk) => {
      hash.update(chunk);
      size += chunk.byteLength;
      await onDisk(path, () => file.writeFile(chunk));
    });
    await onDisk(path, async () => {
      await file.sync();
      await file.close();
      await rename(part, whole);
    });
  } catch (error) {
    await file.close();
    await rm(part, { force: true });
    throw error;
  }
  const description = {
    path,
    size,
    sha256: hash.digest('hex'),
    content_type: response.headers.get('content-type'),
    fetched_at: new Date().toISOString(),
  };
  return Buffer.from(JSON.stringify(description));
}

/** No value of a path ends like this (`savePath`), so that none can be the name of another file. */
const PART = '~part';

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new PermanentFault(`${path} cannot be written: ${(error as Error).message}`);
  }
}
