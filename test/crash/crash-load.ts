import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import type { PageName } from './crash-api.js';

const root = pathToFileURL(`${process.cwd()}/`);

/** Where a load kills its own process: before or after so many events or statements of a kind. */
export type KillPoint =
  | { kind: 'event'; name: string; count: number }
  | { kind: 'statement'; pattern: string; count: number; when: 'before' | 'after' };

/** How a process of a load ended. */
export interface CrashLoad {
  isKilled: boolean;
  /** What the load says of itself; null where it was killed, or had been complete before. */
  info: { loadId: string; resumed?: unknown; tables: object; resources: Resource[] } | null;
  /** Pages that were committed, as far as that came to be known. */
  committed: PageName[];
  errors: string;
}

/** How the loads of a trial are made. */
export interface CrashConfig {
  /** Options of their batches. @default 500 rows */
  batch?: object;
  /** Complete loads with which the trial ends. @default 2 */
  loads?: number;
}

interface Resource {
  name: string;
  pages: number;
  rows: number;
  lists: number;
  verdict: string;
  declared: number | null;
  skipped: number;
}

/**
 * Loads the API in a process of its own.
 *
 * @param kill is given a function that kills the process at once
 */
export function crashLoad(
  url: string,
  path: string,
  point: KillPoint | null,
  kill: (now: () => void) => void = () => undefined,
  { batch = { rows: 500 }, loads = 2 }: CrashConfig = {},
): Promise<CrashLoad> {
  const source = PROGRAM.replace('URL', JSON.stringify(url))
    .replace('PATH', JSON.stringify(path))
    .replace('POINT', JSON.stringify(point))
    .replace('BATCH', JSON.stringify(batch))
    .replace('LOADS', String(loads));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [output, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    kill(() => void child.kill('SIGKILL'));
    child.on('error', reject).on('close', (_, signal) => {
      const lines = output
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { committed?: PageName[]; info?: CrashLoad['info'] });
      resolve({
        isKilled: signal === 'SIGKILL',
        info: lines.find(({ info }) => info)?.info ?? null,
        committed: lines.flatMap(({ committed = [] }) => committed),
        errors,
      });
    });
  });
}

const PROGRAM = `
import { writeSync } from 'node:fs';
import { duckdb, pipeline, restSource } from 'sluice';
import { DuckDBConnection } from 'sluice/duckdb';
const point = POINT;
const die = () => process.kill(process.pid, 'SIGKILL');
let count = 0;
if (point?.kind === 'statement') {
  const run = DuckDBConnection.prototype.run;
  DuckDBConnection.prototype.run = async function (sql, ...rest) {
    const isMeant = sql.includes(point.pattern) && (count += 1) === point.count;
    if (isMeant && point.when === 'before') die();
    const result = await run.call(this, sql, ...rest);
    if (isMeant) die();
    return result;
  };
}
const data = { dataSelector: 'data' };
const source = restSource({
  name: 'shop',
  client: { baseUrl: URL },
  resources: [
    { name: 'orders', endpoint: { path: 'orders', ...data, paginator: { type: 'pageNumber', basePage: 1, totalRowsPath: 'total' } } },
    { name: 'customers', primaryKey: 'id', writeDisposition: 'merge', endpoint: { path: 'customers', ...data, paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' } } },
    { name: 'shops', writeDisposition: 'replace', endpoint: { path: 'shops', ...data, paginator: { type: 'pageNumber' } } },
    { name: 'staff', includeFromParent: { shop: 'id' }, endpoint: { path: 'staff/{resources.shops.id}', ...data, paginator: { type: 'pageNumber' } } },
    { name: 'shifts', primaryKey: 'key', writeDisposition: { disposition: 'merge', strategy: 'upsert' }, includeFromParent: { person: 'id' }, endpoint: { path: 'shifts/{resources.staff.id}', paginator: 'single', skipStatus: [404] } },
    { name: 'prices', writeDisposition: { disposition: 'merge', strategy: 'scd2' }, endpoint: { path: 'prices', ...data, paginator: { type: 'offset', limit: 60, totalPath: null } } },
    { name: 'ledger', endpoint: { path: 'ledger', ...data, paginator: 'single' } },
    { name: 'events', endpoint: { path: 'events', ...data, paginator: { type: 'cursor', cursorPath: 'next', cursorParam: 'after' }, incremental: { cursorPath: 'at', startParam: 'since' } } },
  ],
});
const loading = pipeline({
  name: 'shop',
  dataset: 'data',
  destination: duckdb(PATH, { thread: point?.kind !== 'statement' }),
  batch: BATCH,
  commit: { rows: 500, ms: 100 },
});
const say = (what) => writeSync(1, JSON.stringify(what) + '\\n');
const [{ loads }] = await loading.dataset().query('SELECT count(*)::INT AS loads FROM _dlt_loads').catch(() => [{ loads: 0 }]);
// It was killed when all was done: another run would be another load.
if (loads === LOADS) {
  await loading.close();
  process.exit(0);
}
// Its largest response comes in slices.
const sliced = { ...source, pages: (context) => source.pages({ ...context, bodyBytes: 50_000 }) };
const info = await loading.run(sliced, {
  observe(event) {
    if (event.kind === 'commit') say({ committed: event.positions.map(({ resource, parent, page }) => ({ resource, parent, page })) });
    if (point?.kind === 'event' && event.kind === point.name && (count += 1) === point.count) die();
  },
});
say({ info });
`;
