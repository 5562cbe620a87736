import { pipeline, postgres, restSource } from 'sluice';

// One load in a process of its own, which the test kills.
const { url, config } = JSON.parse(process.argv[2]);
const destination = postgres(config);
await pipeline({
  name: 'shop',
  destination,
  dataset: 'data',
  batch: { rows: 10 },
  commit: { rows: 10 },
}).run(
  restSource({
    name: 'shop',
    client: { baseUrl: url },
    resources: [
      {
        name: 'items',
        endpoint: {
          path: 'items',
          dataSelector: 'data',
          paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'page' },
        },
      },
    ],
  }),
);
await destination.close();
