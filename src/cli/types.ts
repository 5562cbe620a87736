import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readFirstSeen } from '../dataset/first-seen.js';
import { comparableTypes, typesFile } from '../dataset/types-file.js';
import { holdsRows } from '../destination/sql/catalog.js';
import { ConfigError } from '../errors.js';
import type { TypesCommand } from './arguments.js';
import { lineDiff } from './line-diff.js';
import { withDataset } from './with-dataset.js';

/**
 * `sluice types`: writes the types of a dataset's rows; false where it only checks, and the file
 * differs. The difference (or with `--out -` the types) on stdout, else nothing.
 *
 * Errors: ConfigError for a file that cannot be written, and as `withDataset`.
 */
export async function types({ destination, dataset, out, check }: TypesCommand): Promise<boolean> {
  const { name, from, text } = await withDataset(destination, dataset, async (reader, from) => {
    const tables = (await reader.structure()).filter((table) => holdsRows(table.name));
    const firstSeen = await readFirstSeen(reader);
    return { name: reader.name, from, text: typesFile(reader.name, tables, firstSeen) };
  });
  const path = out ?? `${name}.d.ts`;
  if (check) return checked(path, text, from);
  if (path === '-') process.stdout.write(text);
  else write(path, text);
  return true;
}

function checked(path: string, text: string, from: string): boolean {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const difference = lineDiff(comparableTypes(before), comparableTypes(text));
  if (difference === '') return true;
  process.stdout.write(`--- ${path}\n+++ ${from}\n${difference}\n`);
  process.stderr.write(
    `sluice: ${path} ${before === '' ? 'does not exist or is empty' : `does not fit the tables of ${from}`}. Write it with the same command without --check.\n`,
  );
  return false;
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new ConfigError(`${path} cannot be written: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}
