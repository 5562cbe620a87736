import { parseArgs, styleText } from 'node:util';
import type { DuckdbDestination } from '../destination/duckdb/engine-destination.js';
import { destinationFrom } from '../destinations/destination-from.js';
import type { LoadInfo } from '../run/load-info.js';
import { pipeline } from '../run/pipeline.js';
import { startSandbox } from '../sandbox/index.js';
import { sourceNamed } from './catalogue.js';
import { type Display, display } from './display.js';
import { loadDotEnv } from './load-dot-env.js';
import { tableLines } from './run.js';
import { sandboxSettings } from './sandbox-settings.js';
import { stopSignal } from './stop-signal.js';

// `npm start`: the main job on this machine, with nothing but Node: loads stand-ins of three
// services into one DuckDB file at once, or into what `npm start -- --destination …` names.

const DATABASE = 'sluice-start.duckdb';
/**
 * Multiplies the rate limits of the stand-ins and of the sources: with the real limits the run
 * would take minutes.
 */
const RATE_SCALE = 300;
const JOIN = `SELECT c.title, count(*) AS trackings, round(avg(t.progress_percent), 1) AS progress
FROM coassemble_data.trackings t JOIN coassemble_data.courses c ON c.id = t.course_id
GROUP BY c.title ORDER BY trackings DESC, c.title LIMIT 3`;
const CHILD = `SELECT p.name AS project, list(w.name ORDER BY w._dlt_list_idx) AS workspaces
FROM coalesce_data.projects p JOIN coalesce_data.projects__workspaces w ON w._dlt_parent_id = p._dlt_id
GROUP BY p.name ORDER BY p.name`;

async function start(): Promise<void> {
  const stop = stopSignal();
  const shown = display(process.stderr, { quiet: false });
  try {
    await loadAll(chosenDestination(), stop.watch(), shown);
  } catch (error) {
    shown.close();
    process.stderr.write(`sluice: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = stop.exitCode ?? 1;
  } finally {
    stop.close();
  }
}

function chosenDestination(): DuckdbDestination {
  loadDotEnv();
  const { values } = parseArgs({ options: { destination: { type: 'string' } } });
  return destinationFrom(values.destination ?? DATABASE);
}

async function loadAll(
  destination: DuckdbDestination,
  signal: AbortSignal,
  shown: Display,
): Promise<void> {
  const began = performance.now();
  const sandbox = await startSandbox({ rateScale: RATE_SCALE });
  try {
    // The stand-ins are on this machine, which no proxy can reach.
    Object.assign(process.env, { no_proxy: '*', NO_PROXY: '*' });
    const settings = sandboxSettings(sandbox, RATE_SCALE);
    shown.note(
      `Loading coassemble, assembled and coalesce from stand-ins on this machine into ${destination.location} …`,
    );
    const infos = await Promise.all(
      Object.entries(settings).map(([name, values]) => {
        Object.assign(process.env, values);
        const loading = pipeline({
          name: `${name}_pipeline`,
          destination,
          dataset: `${name}_data`,
        });
        return loading.run(sourceNamed(name, {}), {
          signal,
          observe: shown.observe(loading.name),
        });
      }),
    );
    shown.close();
    for (const info of infos) {
      const tables = await rowCounts(destination, info);
      process.stdout.write(`\n${String(info)}\n${tableLines({ ...info, tables })}\n`);
    }
    for (const sql of [JOIN, CHILD])
      process.stdout.write(
        `\n${styleText('dim', sql)}\n${rowLines(await destination.query(sql))}\n`,
      );
    process.stdout.write(
      `\nAll of it in ${((performance.now() - began) / 1000).toFixed(1)} s. ${forReal()}\n`,
    );
  } finally {
    await destination.close();
    await sandbox.close();
  }
}

/**
 * Returns the numbers of rows that the tables of a load have now: a merged row counts once, however
 * often it was received.
 */
async function rowCounts(
  destination: DuckdbDestination,
  { dataset, tables }: LoadInfo,
): Promise<Record<string, number>> {
  const counts = Object.keys(tables).map(
    (table) => `SELECT '${table}' AS name, count(*) AS rows FROM ${dataset}.${table}`,
  );
  const rows = await destination.query(counts.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, rows: count }) => [name as string, count as number]));
}

function rowLines(rows: readonly Record<string, unknown>[]): string {
  return rows
    .map(
      (row) =>
        `  ${Object.entries(row)
          .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
          .join(', ')}`,
    )
    .join('\n');
}

function forReal(): string {
  return [
    'With your own credentials:',
    '  SOURCES__COASSEMBLE__WORKSPACE_ID=… SOURCES__COASSEMBLE__API_KEY=… npx sluice run coassemble',
    '  SOURCES__ASSEMBLED__API_KEY=sk_live_… npx sluice run assembled',
    '  SOURCES__COALESCE__ACCESS_TOKEN=… npx sluice run coalesce',
  ].join('\n');
}

await start();
