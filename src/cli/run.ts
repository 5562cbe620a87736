import { existsSync, readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { duckdb } from '../destination/duckdb/duckdb.js';
import { ConfigError } from '../errors.js';
import { pipeline } from '../run/pipeline.js';
import { configureSettings } from '../settings/configure-settings.js';
import type { RunCommand } from './arguments.js';
import { sourceNamed } from './catalogue.js';
import { display } from './display.js';
import { overrides } from './overrides.js';
import { isFile, sourceFromFile } from './source-from-file.js';

/**
 * `sluice run`: loads one source, a ready one by its name or that of a file. Summary (or with
 * `--json` the load info) on stdout, progress and notices on stderr. Rejects with the error of the
 * run; nothing of an open transaction stays.
 */
export async function run(command: RunCommand, signal: AbortSignal): Promise<void> {
  loadDotEnv();
  const set = overrides(isFile(command.source) ? command.set : {});
  configureSettings({
    pipeline: (source) => command.pipeline ?? `${source}_pipeline`,
    overrides: set.provider,
  });
  const base = isFile(command.source)
    ? await sourceFromFile(command.source)
    : sourceNamed(command.source, command.set);
  const source = command.resources === null ? base : base.withResources(command.resources);
  const name = command.pipeline ?? `${source.name}_pipeline`;
  const db = command.db ?? `${name}.duckdb`;
  const loading = pipeline({
    name,
    destination: duckdb(db),
    dataset: command.dataset ?? `${source.name}_data`,
  });
  const shown = display(process.stderr, { quiet: command.quiet });
  for (const unused of set.unused())
    shown.note(`--set ${unused}: nothing in ${command.source} has asked for it.`);
  try {
    const info = await loading.run(source, {
      signal,
      observe: shown.observe(name),
      incomplete: command.incomplete,
    });
    shown.close();
    if (command.json) process.stdout.write(`${JSON.stringify(info)}\n`);
    else if (!command.quiet) process.stdout.write(`${String(info)}\n${tableLines(info.tables)}\n`);
  } finally {
    shown.close();
    await loading.close();
  }
}

/** One line a table: its rows and its name. */
export function tableLines(tables: Readonly<Record<string, number>>): string {
  const width = Math.max(
    0,
    ...Object.values(tables).map((rows) => rows.toLocaleString('en-US').length),
  );
  return Object.entries(tables)
    .map(
      ([table, rows]) =>
        `  ${styleText('bold', rows.toLocaleString('en-US').padStart(width))} ${table}`,
    )
    .join('\n');
}

/** Only the command line reads `.env`; what the environment already says wins. */
function loadDotEnv(): void {
  if (!existsSync('.env')) return;
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    throw new ConfigError('The file .env in this folder cannot be read.', { cause: error });
  }
}

/** The version of this package. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
