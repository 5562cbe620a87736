import { statSync, utimesSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { BodyFile } from '#src/rest/http/body/body-file.js';
import { receiveBody } from '#src/rest/http/body/receive-body.js';
import { restSource } from 'sluice';
import { heldBodies } from '../../../support/held-bodies.js';
import { readSource, runContext } from '../../../support/read-pages.js';
import { tempFolder } from '../../../support/temp-folder.js';

/** What all open files of this process have their methods from. */
async function fileHandles(): Promise<FileHandle> {
  const handle = await open(tmpdir());
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

async function textOf(file: BodyFile): Promise<string> {
  return Buffer.from(await file.read(0, file.size)).toString();
}

const body = JSON.stringify(Array.from({ length: 30_000 }, (_, id) => ({ id, name: `row ${id}` })));
const source = restSource({
  client: {
    baseUrl: 'http://api.test/',
    retry: { attempts: 1 },
    fetch: () => Promise.resolve(new Response(body)),
  },
  resources: ['orders'],
});

describe.skipIf(process.platform !== 'linux')('a body in a temporary file', () => {
  const own = tempFolder();

  it('has no name at any time, so that nothing is left of it where the process is killed', async () => {
    const folder = own.path('');
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('TMPDIR', folder);
    utimesSync(folder, 0, 0);
    const file = await BodyFile.make();
    await file.add(Buffer.from('rows'));
    await file.flush();
    expect(Buffer.from(await file.read(0, 4)).toString()).toBe('rows');
    await file.close();
    // A name that comes or goes changes the folder.
    expect(statSync(folder).mtimeMs).toBe(0);
  });

  it('is an error that names the folder and `TMPDIR` where the disk is full', async () => {
    const full = new Error('ENOSPC: no space left on device, write');
    const write = vi.spyOn(await fileHandles(), 'writev').mockRejectedValue(full);
    const { error, pages } = await readSource(source, { ...runContext(), bodyBytes: 1_000 });
    write.mockRestore();

    expect(pages).toEqual([]);
    expect(String(error)).toMatch(
      /orders.*the body is too large for memory and is kept in a file, and .*a file in .*, which has 0 bytes so far, cannot be used: ENOSPC: no space left on device, write\. Set TMPDIR to a folder with room for it/s,
    );
    expect(heldBodies()).toEqual([]);
  });

  it('takes one write for many small pieces', async () => {
    const writes = vi.spyOn(await fileHandles(), 'writev');
    onTestFinished(() => writes.mockRestore());
    const pieces = Array.from({ length: 5_000 }, (_, id) => Buffer.from(`${id}\n`));
    const file = await BodyFile.make();
    for (const piece of pieces) await file.add(piece);
    await file.flush();
    expect(writes).toHaveBeenCalledTimes(1);
    expect(await textOf(file)).toBe(String(Buffer.concat(pieces)));
    await file.close();
  });

  it('has every byte where the system writes only a part at a time', async () => {
    const writes = vi.spyOn(await fileHandles(), 'writev').mockImplementation(async function (
      this: FileHandle,
      [first, second],
      at,
    ) {
      const some = Buffer.concat([first as Buffer, (second ?? Buffer.of()) as Buffer]);
      const { bytesWritten } = await this.write(some, 0, Math.min(some.length, 7), at);
      return { bytesWritten, buffers: [] };
    });
    onTestFinished(() => writes.mockRestore());
    const pieces = ['abc', 'defghi', '', 'jklmnopqrst', 'u'].map((text) => Buffer.from(text));
    const file = await BodyFile.make();
    for (const piece of pieces) await file.add(piece);
    await file.flush();
    expect(await textOf(file)).toBe(String(Buffer.concat(pieces)));
    await file.close();
  });

  it('is left at once by a run that is stopped, however much is in memory', async () => {
    const stop = new Error('stopped');
    let pieces = 0;
    const limits = { maxBytes: 1e9, whenLarger: '', stallMs: null, expected: null };
    const received = receiveBody(
      {
        status: 200,
        headers: new Headers(),
        codings: null,
        body: Readable.from(Array.from({ length: 200 }, () => Buffer.alloc(1_000))),
      },
      { ...limits, silence: { in: () => undefined, end: () => undefined } },
      100_000,
      () => {
        pieces += 1;
        if (pieces === 3) throw stop;
      },
    );
    await expect(received).rejects.toBe(stop);
    expect(heldBodies()).toEqual([]);
  });

  it('is closed when a run is aborted between its slices', async () => {
    const stop = new AbortController();
    let held = 0;
    const { error } = await readSource(source, {
      ...runContext(),
      bodyBytes: 1_000,
      signal: stop.signal,
      observe: (event) => {
        if (event.kind !== 'page') return;
        held = heldBodies().length;
        stop.abort();
      },
    });

    expect([held, String(error)]).toEqual([1, expect.stringContaining('abort')]);
    expect(heldBodies()).toEqual([]);
  });
});
