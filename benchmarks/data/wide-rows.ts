import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from './seeded.js';

const COLUMNS = 800;
const FILLED = 20;
const TYPES = ['BIGINT', 'VARCHAR', 'DOUBLE', 'BOOLEAN', 'TIMESTAMPTZ'] as const;

/** Names of the columns and their types. */
export const WIDE_COLUMNS: readonly (readonly [name: string, type: string])[] = [
  ['id', 'BIGINT'],
  ...Array.from({ length: COLUMNS - 1 }, (_, i): [string, string] => [
    `field_${i}`,
    TYPES[i % TYPES.length] as string,
  ]),
];

/** Makes a row with an id and about 20 others of 800 keys. */
export function wideRow(id: number, random: () => number): object {
  const whole = (below: number): number => Math.floor(random() * below);
  const values = [
    () => whole(1e6),
    () => `text ${whole(1e4)}`,
    () => whole(1e6) + 0.5,
    () => random() < 0.5,
    () => new Date(1.7e12 + whole(1e9) * 10).toISOString(),
  ];
  const row: Record<string, unknown> = { id };
  for (let i = 0; i < FILLED; i += 1) {
    // Half of them in turn, so that few rows have all columns too.
    const field = i % 2 === 0 ? ((id * FILLED + i) / 2) % (COLUMNS - 1) : whole(COLUMNS - 1);
    row[`field_${field}`] = values[field % values.length]?.();
  }
  return row;
}

/** Returns a file of JSON lines of such rows, written once to the folder for temporary files. */
export function wideFile(rows: number): string {
  const file = join(tmpdir(), `sluice-bench-wide-${rows}.ndjson`);
  if (existsSync(file)) return file;
  const random = seeded(54_321);
  const lines = Array.from({ length: rows }, (_, id) => `${JSON.stringify(wideRow(id, random))}\n`);
  writeFileSync(`${file}.part`, lines.join(''));
  renameSync(`${file}.part`, file);
  return file;
}
