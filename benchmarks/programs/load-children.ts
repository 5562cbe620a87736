import { duckdb, pipeline, restSource } from 'sluice';

// One small request for each row of a list, four at once:
// `node load-children.js ORDERS [node-fetch]`.

const source = restSource({
  name: 'bench',
  client: {
    baseUrl: process.env['BENCH_URL'] ?? '',
    ...(process.argv[3] === 'node-fetch' && { fetch: 'node-fetch' }),
  },
  resourceDefaults: { endpoint: { paginator: 'single' } },
  resources: [
    { name: 'orders', endpoint: { path: 'orders' } },
    { name: 'states', endpoint: { path: 'orders/{resources.orders.id}/state', dataSelector: '@' } },
  ],
});
const loading = pipeline({
  name: 'bench',
  destination: duckdb(process.env['BENCH_DATABASE'] ?? ''),
});
await loading.run(source);
await loading.close();
