import { gzipFiles, pageFiles, type ShapeName } from '../data/pages.js';
import { loadByReadJson } from './load-by-read-json.js';

// `node read-json.js ROWS SHAPE [gzip]`, as a process of its own.

const [, , size = '', name = '', compression = ''] = process.argv;
const [rows, shape] = [Number(size), name as ShapeName];
const files = compression === 'gzip' ? gzipFiles(shape, rows) : pageFiles(shape, rows);
await loadByReadJson(process.env['BENCH_DATABASE'] ?? '', shape, rows, files);
