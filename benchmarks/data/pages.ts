import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { seeded } from './seeded.js';
import type { Shape } from './shape.js';
import { deep } from './shapes/deep.js';
import { issues } from './shapes/issues.js';
import { numbers } from './shapes/numbers.js';
import { recorded } from './shapes/recorded.js';
import { text } from './shapes/text.js';
import { tiny } from './shapes/tiny.js';
import { wide } from './shapes/wide.js';
import { type SqlType, sqlTypeOf } from './sql-type.js';

/** The name of a shape. */
export type ShapeName = 'issues' | 'tiny' | 'text' | 'numbers' | 'deep' | 'recorded' | 'wide';
/** The shapes of rows, by name. */
export const shapes: Readonly<Record<ShapeName, Shape>> = {
  issues,
  tiny,
  text,
  numbers,
  deep,
  recorded,
  wide,
};

/** More rows than these are the same ones again: 10 M rows of issues would be 6 GB on disk. */
const MOST_MADE = 2_000_000;

/**
 * Returns the files of pages of a shape, in order: `{"data": [row, …]}` each. They are written once
 * to the folder for temporary files.
 */
export function pageFiles(name: ShapeName, rows: number): string[] {
  const { pageRows } = shapes[name];
  const made = Math.ceil(Math.min(rows, MOST_MADE) / pageRows);
  const folder = madeFolder(name, Math.min(rows, MOST_MADE));
  return Array.from({ length: Math.ceil(rows / pageRows) }, (_, page) =>
    join(folder, `p${String(page % made).padStart(5, '0')}.json`),
  );
}

/** Returns files of the same pages that are compressed by gzip, written once too. */
export function gzipFiles(name: ShapeName, rows: number): string[] {
  return pageFiles(name, rows).map((file) => {
    const compressed = `${file}.gz`;
    if (!existsSync(compressed)) writeFileSync(compressed, gzipSync(readFileSync(file)));
    return compressed;
  });
}

/** Returns the bodies of pages from their files. */
export function pageBodies(files: readonly string[]): Uint8Array[] {
  const bodies = new Map<string, Uint8Array>();
  return files.map((file) => {
    const body = bodies.get(file) ?? readFileSync(file);
    bodies.set(file, body);
    return body;
  });
}

/** Returns the type of the same rows, as their first 2,000 show it. */
export function pageType(name: ShapeName, rows: number): SqlType {
  const file = join(madeFolder(name, Math.min(rows, MOST_MADE)), 'type.json');
  return JSON.parse(readFileSync(file, 'utf8')) as SqlType;
}

function madeFolder(name: ShapeName, rows: number): string {
  const folder = join(tmpdir(), `sluice-bench-pages-${name}-${rows}`);
  if (existsSync(folder)) return folder;
  const part = `${folder}.${process.pid}`;
  mkdirSync(part);
  const { pageRows, row } = shapes[name];
  const random = seeded(12_345);
  const sample: object[] = [];
  for (let page = 0; page * pageRows < rows; page += 1) {
    const data = Array.from({ length: Math.min(pageRows, rows - page * pageRows) }, (_, i) =>
      row(page * pageRows + i, random),
    );
    if (sample.length < 2_000) sample.push(...data);
    const file = `p${String(page).padStart(5, '0')}.json`;
    writeFileSync(join(part, file), JSON.stringify({ data }));
  }
  writeFileSync(join(part, 'type.json'), JSON.stringify(sqlTypeOf(sample)));
  // Two processes may make them at once.
  if (existsSync(folder)) rmSync(part, { recursive: true });
  else renameSync(part, folder);
  return folder;
}
