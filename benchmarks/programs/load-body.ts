import { duckdb, pipeline, restSource } from 'sluice';

// One response in so much memory: `node load-body.js ROWS MEMORY`.

const [, , , memory] = process.argv;
const source = restSource({
  name: 'bench',
  client: { baseUrl: process.env['BENCH_URL'] ?? '' },
  resources: [
    { name: 'rows', endpoint: { path: 'rows', dataSelector: 'data', paginator: 'single' } },
  ],
});
const loading = pipeline({
  name: 'bench',
  destination: duckdb(process.env['BENCH_DATABASE'] ?? ''),
  ...(memory !== undefined && { memory }),
});
await loading.run(source);
await loading.close();
