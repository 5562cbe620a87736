import { duckdb, pipeline } from 'sluice';
import { httpPages } from '../data/http-pages.js';
import type { ShapeName } from '../data/pages.js';

// What a user writes for a large list: `node load-pages.js ROWS SHAPE [MEMORY]`.

const [, , rows = '', shape = '', memory] = process.argv;
const destination = duckdb(process.env['BENCH_DATABASE'] ?? '');
const loading = pipeline({
  name: 'bench',
  destination,
  ...(memory !== undefined && { memory }),
});
await loading.run(httpPages(shape as ShapeName, Number(rows)));
await loading.close();
