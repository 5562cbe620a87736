import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { groupedDigits } from '../../operators/settings/grouped-digits.js';
import { ConfigError } from '../errors.js';
import type { LoadInfo } from '../run/load-info.js';
import { pipeline } from '../run/pipeline.js';
import { readSchema } from '../run/read-schema.js';
import { withSchema } from '../run/with-schema.js';
import { configureSettings } from '../settings/configure-settings.js';
import type { RunCommand } from './arguments.js';
import { sourceNamed } from './catalogue.js';
import { destinationOf } from './destination-of.js';
import { display } from './display.js';
import { loadDotEnv } from './load-dot-env.js';
import { overrides } from './overrides.js';
import { isFile, sourceFromFile } from './source-from-file.js';

/**
 * Runs `sluice run`: loads one source, a ready one by its name or that of a file. Writes the
 * summary (with `--json` the load info) to stdout, progress and notices to stderr. Rejects with the
 * error of the run, after the open transaction is rolled back.
 *
 * @param watch gives the signal that stops the load; called when it begins
 */
export async function run(command: RunCommand, watch: () => AbortSignal): Promise<void> {
  loadDotEnv();
  const set = overrides(isFile(command.source) ? command.set : {});
  configureSettings({
    pipeline: (source) => command.pipeline ?? `${source}_pipeline`,
    overrides: set.provider,
  });
  const base = isFile(command.source)
    ? await sourceFromFile(command.source)
    : sourceNamed(command.source, command.set);
  requireUsed(set.unused(), command.source);
  const chosen = command.resources === null ? base : base.withResources(command.resources);
  const source =
    command.schema === null ? chosen : withSchema(chosen, await readSchema(command.schema));
  const name = command.pipeline ?? `${source.name}_pipeline`;
  const loading = pipeline({
    name,
    destination: destinationOf(command.db, command.destination, name),
    ...(command.dataset !== null && { dataset: command.dataset }),
    ...(command.memory !== null && { memory: command.memory }),
  });
  const shown = display(process.stderr, { quiet: command.quiet });
  try {
    const info = await loading.run(source, {
      stop: watch(),
      observe: shown.observe(name),
      incomplete: command.incomplete,
      ...(command.restart && { resume: false }),
    });
    shown.close();
    if (command.json) process.stdout.write(`${JSON.stringify(info)}\n`);
    else if (!command.quiet) process.stdout.write(`${String(info)}\n${tableLines(info)}\n`);
  } finally {
    shown.close();
    await loading.close();
  }
}

/** Returns one line a table: its rows and its name; a resource without rows has a line too. */
export function tableLines({ tables, resources }: Pick<LoadInfo, 'tables' | 'resources'>): string {
  const empty = resources.filter(({ rows }) => rows === 0).map(({ name }) => `${name} (no rows)`);
  const lines = [...Object.entries(tables), ...empty.map((line) => [line, 0] as const)];
  const width = Math.max(0, ...lines.map(([, rows]) => groupedDigits(rows).length));
  return lines
    .map(([table, rows]) => `  ${styleText('bold', groupedDigits(rows).padStart(width))} ${table}`)
    .join('\n');
}

/**
 * Errors: ConfigError for a setting that nothing reads. It is misspelt, and the load would ignore
 * it.
 */
function requireUsed(unused: readonly string[], source: string): void {
  if (unused.length === 0) return;
  throw new ConfigError(
    `--set ${unused.join(', ')}: ${source} does not read ${unused.length === 1 ? 'this setting' : 'these settings'}. Correct the name, or read it with secret('…') or setting('…') where the source is made.`,
  );
}

/** Returns the version of this package. */
export function packageVersion(): string {
  // This module is in a file of dist/chunks.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
