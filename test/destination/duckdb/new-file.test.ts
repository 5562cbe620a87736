import { utimesSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { databasePath } from './tools.js';

/** Enough that two meet within microseconds in some of them. */
const TRIALS = 60;
const MODULE = new URL('../../../dist/src/destination/duckdb/new-file.js', import.meta.url).href;
/** Takes over one file after the other, each at the same moment as the other worker. */
const TAKER = `
const { parentPort, workerData: { files, ready } } = require('node:worker_threads');
import('${MODULE}').then(async ({ newFile }) => {
  const taken = [];
  for (const [i, file] of files.entries()) {
    Atomics.add(ready, i, 1);
    while (Atomics.load(ready, i) < 2);
    taken.push(await newFile(file));
  }
  parentPort.postMessage(taken);
});`;

it('takes an empty file over for each of two that come at once', async () => {
  const files = Array.from({ length: TRIALS }, databasePath);
  for (const file of files) {
    writeFileSync(file, '');
    utimesSync(file, 1, 1);
  }
  const ready = new Int32Array(new SharedArrayBuffer(TRIALS * 4));
  const taken = await Promise.all(
    [1, 2].map(
      () =>
        new Promise<unknown[]>((resolve, reject) =>
          new Worker(TAKER, { eval: true, workerData: { files, ready } })
            .on('message', resolve)
            .on('error', reject),
        ),
    ),
  );
  expect(taken.flat()).not.toContain(null);
});
