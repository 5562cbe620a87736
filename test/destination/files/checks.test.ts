import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import { type DuckdbDestination, files, type FilesConfig } from 'sluice';
import { destinationChecks } from 'sluice/testing';
import { MANY } from '../many-rows.js';

const folder = mkdtempSync(join(tmpdir(), 'sluice-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
let roots = 0;
const make = (options: FilesConfig): DuckdbDestination =>
  files(join(folder, String((roots += 1))), { thread: false, ...options });

// `npm test` runs those of types alone, and load.test.ts.
const isWhole = process.env['ENGINES'] === 'all';

describe.concurrent('files(folder)', () => {
  for (const { name, run } of destinationChecks(() => make({}), MANY))
    it.runIf(isWhole || /type/.test(name))(name, run);
});

describe.concurrent.each(['jsonl', 'csv'] as const)('files(folder, { format: %o })', (format) => {
  const types = destinationChecks(() => make({ format })).filter(({ name }) => /type/.test(name));
  for (const { name, run } of types) it(name, run);
});
