import { files, pipeline, restSource } from 'sluice';

// One load in a process of its own, which the test kills.
const { url, root, options, writeDisposition } = JSON.parse(process.argv[2]);
const destination = files(root, options);
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
        writeDisposition,
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
