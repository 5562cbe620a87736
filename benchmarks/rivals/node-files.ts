import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ShapeName, shapes } from '../data/pages.js';
import { loadByReadJson } from './load-by-read-json.js';

// Requests pages four at once, writes them to files as they come, and has DuckDB read the files:
// `node node-files.js ROWS SHAPE`.

const AT_ONCE = 4;
const [, , size = '', name = ''] = process.argv;
const [rows, shape] = [Number(size), name as ShapeName];
const database = process.env['BENCH_DATABASE'] ?? '';
const files = Array.from({ length: Math.ceil(rows / shapes[shape].pageRows) }, (_, page) =>
  join(dirname(database), `page-${page}.json`),
);
const waiting = files.entries();
async function worker(): Promise<void> {
  for (const [page, file] of waiting) {
    const { body } = await fetch(`${process.env['BENCH_URL']}/pages?page=${page}`);
    await pipeline(body as unknown as Readable, createWriteStream(file));
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, worker));
await loadByReadJson(database, shape, rows, files);
