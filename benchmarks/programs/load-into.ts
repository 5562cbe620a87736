import { type DuckdbDestination, ducklake, files, pipeline, postgres } from 'sluice';
import { httpPages } from '../data/http-pages.js';

// A large list into something else than a DuckDB file: `node load-into.js ROWS DESTINATION`.

const [, , rows = '', name = ''] = process.argv;
const { BENCH_DATABASE = '', BENCH_ENGINE = '' } = process.env;
const dataPath = `${BENCH_DATABASE}.files`;
const s3 = { endpoint: BENCH_ENGINE, accessKeyId: 'k', secretAccessKey: 's' };
const destinations: Readonly<Record<string, () => DuckdbDestination>> = {
  postgres: () => postgres(BENCH_ENGINE),
  files: () => files(dataPath),
  s3: () => files('s3://lake/bench', { s3 }),
  ducklake: () => ducklake({ catalog: `${BENCH_DATABASE}.ducklake`, dataPath }),
  'ducklake-postgres': () => ducklake({ catalog: BENCH_ENGINE, dataPath }),
};
const destination = destinations[name]?.();
if (destination === undefined) throw new Error(`there is no destination ${name}`);
const loading = pipeline({ name: 'bench', destination });
await loading.run(httpPages('issues', Number(rows)));
await loading.close();
await destination.close();
