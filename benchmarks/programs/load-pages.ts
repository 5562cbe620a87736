import { duckdb, pageNumber, pipeline, restSource } from 'sluice';
import { type ShapeName, shapes } from '../data/pages.js';

// What a user writes for a large list: `node load-pages.js ROWS SHAPE [MEMORY]`.

const [, , rows = '', shape = '', memory] = process.argv;
const pages = Math.ceil(Number(rows) / shapes[shape as ShapeName].pageRows);
const source = restSource({
  name: 'bench',
  client: { baseUrl: process.env['BENCH_URL'] ?? '' },
  resources: [
    {
      name: shape,
      endpoint: {
        path: 'pages',
        dataSelector: 'data',
        paginator: pageNumber({ basePage: 0, maximumPage: pages }),
      },
    },
  ],
});
const destination = duckdb(process.env['BENCH_DATABASE'] ?? '');
const loading = pipeline({
  name: 'bench',
  destination,
  ...(memory !== undefined && { memory }),
});
await loading.run(source);
await loading.close();
