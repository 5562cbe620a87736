import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { destinationChecks } from 'sluice/testing';
import { MANY } from '../many-rows.js';
import { standIn } from './stand-in.js';

describe.runIf(process.env['ENGINES'] === 'all')(
  'motherduck(…), on a stand-in of the service',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-motherduck-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    let made = 0;
    const make = (): ReturnType<typeof standIn> => standIn(join(folder, `${(made += 1)}.duckdb`));
    for (const { name, run } of destinationChecks(make, MANY)) it(name, run);
  },
);
