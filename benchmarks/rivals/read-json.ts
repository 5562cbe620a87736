import type { ShapeName } from '../data/pages.js';
import { loadByReadJson } from './load-by-read-json.js';

// `node read-json.js ROWS SHAPE`, as a process of its own.

const [, , rows = '', shape = ''] = process.argv;
await loadByReadJson(process.env['BENCH_DATABASE'] ?? '', shape as ShapeName, Number(rows));
