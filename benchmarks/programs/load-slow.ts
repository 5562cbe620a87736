import { duckdb, pageNumber, pipeline, restSource } from 'sluice';

// A list whose pages are slow and whose number of rows the API declares: `node load-slow.js PAGES`,
// one page after another with `one-by-one` behind it.

const paginator = pageNumber({ basePage: 1, totalRowsPath: 'total' });
const source = restSource({
  name: 'bench',
  client: { baseUrl: process.env['BENCH_URL'] ?? '' },
  resources: [
    {
      name: 'rows',
      endpoint: {
        path: 'pages',
        dataSelector: 'data',
        paginator,
        ...(process.argv[3] === 'one-by-one' && { parallelPages: false }),
      },
    },
  ],
});
const loading = pipeline({
  name: 'bench',
  destination: duckdb(process.env['BENCH_DATABASE'] ?? ''),
});
await loading.run(source);
await loading.close();
