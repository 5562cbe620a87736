import { ducklake, pipeline, postgres, restSource } from 'sluice';

// One load in a process of its own, which the test kills, or has exit.
process.once('SIGUSR2', () => process.exit(3));
const { url, config } = JSON.parse(process.argv[3]);
const destination = { ducklake, postgres }[process.argv[2]](config);
let committed = 0;
const steps = pipeline({
  name: 'shop',
  destination,
  dataset: 'data',
  batch: { rows: 10 },
  commit: { rows: 10 },
}).stream(
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
await steps.forEach(({ kind, tables }) => {
  if (kind !== 'commit') return;
  committed += tables.items ?? 0;
  console.log(committed);
});
await destination.close();
