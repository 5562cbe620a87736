import { duckdb, pageNumber, pipeline, restSource } from 'sluice';

// Many lists of 50 pages each through one limit of four requests at once:
// `node load-lists.js LISTS [node-fetch]`.

const paginator = pageNumber({ basePage: 1, totalPath: 'pages' });
const source = restSource({
  name: 'bench',
  client: {
    baseUrl: process.env['BENCH_URL'] ?? '',
    ...(process.argv[3] === 'node-fetch' && { fetch: 'node-fetch' }),
  },
  resourceDefaults: { endpoint: { dataSelector: 'data', paginator } },
  resources: Array.from({ length: Number(process.argv[2]) }, (_, i) => `list_${i}`),
});
const loading = pipeline({
  name: 'bench',
  destination: duckdb(process.env['BENCH_DATABASE'] ?? ''),
});
await loading.run(source);
await loading.close();
