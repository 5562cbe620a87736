import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, thisWriter } from './writer.js';

/** Names of rooms: the computer, its process, and since when that runs. */
const NAME = /^sluice-stage-(.+)_(\d+)_(\d*)_\w{6}$/;

/**
 * Makes a folder among those for temporary files, and removes those that processes of this computer
 * have left which were killed.
 */
export async function tempRoom(): Promise<string> {
  const { host, process, since } = thisWriter('');
  for (const name of await readdir(tmpdir())) {
    const [, owner, number, began = ''] = NAME.exec(name) ?? [];
    if (owner !== host) continue;
    if (!isAlive({ host, process: Number(number), since: began === '' ? null : began }))
      await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
  return mkdtemp(join(tmpdir(), `sluice-stage-${host}_${process}_${since ?? ''}_`));
}
