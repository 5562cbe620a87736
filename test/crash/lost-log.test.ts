import { closeSync, openSync, readSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/seeded-random.js';
import type { CrashDatabase } from './crash-database.js';
import { expectAsUnstopped } from './expect-as-unstopped.js';

// What a disk has of a database when its power fails: the file as of its last checkpoint or later,
// and the write-ahead log, a part of it, or none of it.

const CRASHES = Number(process.env['CRASHES'] ?? 0);
const TRIALS = Math.ceil(CRASHES / 50);

type Lose = (path: string, random: () => number) => void;

/** The trials are of files. */
const pathOf = (database: CrashDatabase): string => database as string;

/** What is done to a database whose process was killed. */
const LOSSES: Record<string, Lose> = {
  'all of its write-ahead log': (path) => cutLog(path, 0),
  'the end of its write-ahead log': (path, random) => cutLog(path, random()),
  'the last 4 KB of its write-ahead log, which are zeros': (path) => {
    const { size } = logOf(path);
    if (size > 0) zero(`${path}.wal`, Math.max(0, size - 4_096), size);
  },
  'all that came after its last checkpoint': (path) => {
    cutLog(path, 0);
    truncateSync(path, checkpointedBytes(path));
  },
  'what its write-ahead log refers to': (path) => truncateSync(path, checkpointedBytes(path)),
};

describe('a load whose database lost', () => {
  it('a part after each stop has the tables and the verdicts of one that is not stopped', async () => {
    await expectRecovered(0, Object.values(LOSSES));
  }, 300_000);

  for (const [what, lose] of TRIALS === 0 ? [] : Object.entries(LOSSES))
    it.each(Array.from({ length: TRIALS }, (_, seed) => [seed]))(
      `${what} after each stop has the tables and the verdicts of one that is not (seed %i)`,
      (seed) => expectRecovered(seed, [lose, lose, lose, lose, lose]),
      300_000,
    );
});

/** Expects that loads go on after each of the losses. */
async function expectRecovered(seed: number, losses: readonly Lose[]): Promise<void> {
  const random = seededRandom(seed + 1_000);
  const left = [...losses];
  await expectAsUnstopped({
    kills: losses.length,
    nextKill: () => ({ at: 'request', when: 'after', count: 20 + Math.floor(random() * 60) }),
    isFirst: seed % 2 === 0,
    damage: (database) => left.shift()?.(pathOf(database), random),
    // It is refused, or it is read.
    mend(database, error) {
      expect(error).toMatch(/cannot be opened: [^]*move the \.wal file away/);
      cutLog(pathOf(database), 0);
    },
  });
}

function logOf(path: string): { size: number } {
  return statSync(`${path}.wal`, { throwIfNoEntry: false }) ?? { size: 0 };
}

/** Keeps a part of the write-ahead log, from 0 to 1, and nothing of what came after it. */
function cutLog(path: string, part: number): void {
  rmSync(`${path}.wal.checkpoint`, { force: true });
  const { size } = logOf(path);
  if (part === 0 || size === 0) rmSync(`${path}.wal`, { force: true });
  else truncateSync(`${path}.wal`, Math.floor(part * size));
}

function zero(path: string, from: number, to: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(to - from), 0, to - from, from);
  closeSync(file);
}

const HEADER = 4_096;

/**
 * Bytes of a file as of its last checkpoint, by the newer of its two headers: each is a checksum,
 * its number, two pointers, the number of blocks and the size of a block.
 */
function checkpointedBytes(path: string): number {
  const file = openSync(path, 'r');
  const header = Buffer.alloc(3 * HEADER);
  readSync(file, header, 0, header.length, 0);
  closeSync(file);
  const word = (at: number): number => Number(header.readBigUInt64LE(at));
  const newer = word(HEADER + 8) > word(2 * HEADER + 8) ? HEADER : 2 * HEADER;
  return 3 * HEADER + word(newer + 32) * word(newer + 40);
}
