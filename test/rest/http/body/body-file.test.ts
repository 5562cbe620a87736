import { statSync, utimesSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { BodyFile } from '#src/rest/http/body/body-file.js';
import { restSource } from 'sluice';
import { heldBodies } from '../../../support/held-bodies.js';
import { readSource, runContext } from '../../../support/read-pages.js';
import { tempFolder } from '../../../support/temp-folder.js';

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
    const path = join(tmpdir(), `full-${process.pid}`);
    const handle = await open(path, 'w');
    onTestFinished(() => rm(path));
    const prototype = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const full = new Error('ENOSPC: no space left on device, write');
    const write = vi.spyOn(prototype, 'write').mockRejectedValue(full);
    const { error, pages } = await readSource(source, { ...runContext(), bodyBytes: 1_000 });
    write.mockRestore();

    expect(pages).toEqual([]);
    expect(String(error)).toMatch(
      /orders.*the body is too large for memory and is kept in a file, and .*a file in .*, which has 0 bytes so far, cannot be used: ENOSPC: no space left on device, write\. Set TMPDIR to a folder with room for it/s,
    );
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
