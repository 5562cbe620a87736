import { parseArgs } from 'node:util';
import { didYouMean } from '../../operators/settings/nearest.js';
import { ConfigError } from '../errors.js';

/** The command that the arguments ask the command line to run. */
export type Command =
  | { kind: 'help'; topic: CommandName | null }
  | { kind: 'version' }
  | RunCommand
  | TypesCommand
  | SchemaCommand
  | { kind: 'extensions'; names: string[]; folder: string | null }
  | { kind: 'sandbox'; port: number | null; rateScale: number };

const COMMANDS = ['run', 'types', 'schema', 'extensions', 'sandbox'] as const;
export type CommandName = (typeof COMMANDS)[number];

/** `sluice types`. */
export interface TypesCommand {
  kind: 'types';
  /** A name, an address or a path, as `destinationFrom` takes it. */
  destination: string;
  /** Null: the only one. */
  dataset: string | null;
  /** `-` for stdout; null: a file named after the dataset. */
  out: string | null;
  check: boolean;
}

/** `sluice schema`. */
export interface SchemaCommand {
  kind: 'schema';
  /** A name, an address or a path, as `destinationFrom` takes it. */
  destination: string;
  /** Null: the only one. */
  dataset: string | null;
  /** Name of the schema document; null: the only one. */
  schema: string | null;
  format: SchemaFormat;
}

const FORMATS = ['yaml', 'json', 'mermaid'] as const;
export type SchemaFormat = (typeof FORMATS)[number];

/** `sluice run` with its options; null for those that are not given. */
export interface RunCommand {
  kind: 'run';
  /** Name of a ready source, or path of a file. */
  source: string;
  /** Path of a DuckDB file. */
  db: string | null;
  /** A name, an address or a path, as `destinationFrom` takes it. */
  destination: string | null;
  pipeline: string | null;
  dataset: string | null;
  /** Null: all of the source's. */
  resources: string[] | null;
  /** Options of the source, or settings of the file's, as given. */
  set: Record<string, string>;
  /** Path of a schema document of dlt's. */
  schema: string | null;
  /** What missing rows mean: a line in the summary, or a failed run. */
  incomplete: 'warn' | 'fail';
  /** As `PipelineConfig.memory`. */
  memory: string | null;
  /** A load that was stopped is begun anew, not resumed. */
  restart: boolean;
  json: boolean;
  quiet: boolean;
}

/**
 * Reads the arguments after `sluice`. No arguments: help.
 *
 * Errors: ConfigError for a wrong command, option or value; its message needs no stack.
 */
export function readArguments(args: readonly string[]): Command {
  const [name, ...rest] = args;
  switch (name) {
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      return { kind: 'help', topic: null };
    case 'version':
    case '--version':
    case '-v':
      return { kind: 'version' };
    case 'run':
      return readRun(rest);
    case 'types':
      return readTypes(rest);
    case 'schema':
      return readSchema(rest);
    case 'extensions':
      return readExtensions(rest);
    case 'sandbox':
      return readSandbox(rest);
    default:
      throw new ConfigError(
        `There is no command \`${name}\`.${commandMeant(name)} Commands: ${COMMANDS.join(', ')}. See sluice --help.`,
      );
  }
}

/** Suggests a command where a file or a misspelt command was given. */
function commandMeant(name: string): string {
  return /\.(m?[jt]s|json)$/i.test(name)
    ? ` To load this file: sluice run ${name}.`
    : didYouMean(name, COMMANDS);
}

function readRun(args: string[]): Command {
  const { values, positionals } = parsed('run', args, {
    db: { type: 'string' },
    destination: { type: 'string' },
    pipeline: { type: 'string' },
    dataset: { type: 'string' },
    resources: { type: 'string' },
    set: { type: 'string', multiple: true },
    schema: { type: 'string' },
    incomplete: { type: 'string', default: 'warn' },
    memory: { type: 'string' },
    restart: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    ...COMMON,
  });
  if (values.help === true) return { kind: 'help', topic: 'run' };
  if (values.version === true) return { kind: 'version' };
  const [source, ...more] = positionals;
  if (source === undefined)
    throw new ConfigError(
      'sluice run needs a source: coassemble, assembled, coalesce, or a .ts, .mts, .js, .mjs or .json file.',
    );
  if (more.length > 0)
    throw new ConfigError(`sluice run takes one source; found ${shown(positionals)}.`);
  return {
    kind: 'run',
    source,
    db: filled('db', values.db),
    destination: filled('destination', values.destination),
    pipeline: filled('pipeline', values.pipeline),
    dataset: filled('dataset', values.dataset),
    resources: values.resources === undefined ? null : names(values.resources as string),
    set: Object.fromEntries(((values.set ?? []) as string[]).map(assignment)),
    schema: filled('schema', values.schema),
    incomplete: oneOf('incomplete', values.incomplete, ['warn', 'fail']),
    memory: filled('memory', values.memory),
    restart: values.restart === true,
    json: values.json === true,
    quiet: values.quiet === true,
  };
}

function readTypes(args: string[]): Command {
  const { values, positionals } = parsed('types', args, {
    destination: { type: 'string' },
    dataset: { type: 'string' },
    out: { type: 'string' },
    check: { type: 'boolean', default: false },
    ...COMMON,
  });
  if (values.help === true) return { kind: 'help', topic: 'types' };
  if (values.version === true) return { kind: 'version' };
  const out = filled('out', values.out);
  const check = values.check === true;
  if (check && out === '-')
    throw new ConfigError('--check compares with a file: `--out -` has none. Leave one out.');
  const dataset = filled('dataset', values.dataset);
  const destination = readFrom('types', positionals, values.destination);
  return { kind: 'types', destination, dataset, out, check };
}

function readSchema(args: string[]): Command {
  const { values, positionals } = parsed('schema', args, {
    destination: { type: 'string' },
    dataset: { type: 'string' },
    schema: { type: 'string' },
    format: { type: 'string', default: 'yaml' },
    ...COMMON,
  });
  if (values.help === true) return { kind: 'help', topic: 'schema' };
  if (values.version === true) return { kind: 'version' };
  return {
    kind: 'schema',
    destination: readFrom('schema', positionals, values.destination),
    dataset: filled('dataset', values.dataset),
    schema: filled('schema', values.schema),
    format: oneOf('format', values.format, FORMATS),
  };
}

const COMMON = {
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', default: false },
} as const;

/** What a command reads: its argument, or `--destination`. */
function readFrom(
  command: CommandName,
  positionals: readonly string[],
  option: Values[string],
): string {
  const named = filled('destination', option);
  const [from, ...more] = named === null ? positionals : [named, ...positionals];
  if (from === undefined || from === '')
    throw new ConfigError(
      `sluice ${command} needs the path of a database file, or a destination: sluice ${command} shop.duckdb.`,
    );
  if (more.length > 0)
    throw new ConfigError(
      `sluice ${command} takes one database file or destination; found ${shown([from, ...more])}.`,
    );
  return from;
}

/** Addresses may hold passwords: their beginnings are shown. */
function shown(values: readonly string[]): string {
  return values.map((value) => value.replace(/^([a-z][a-z0-9+.-]+:).*$/is, '$1…')).join(', ');
}

const EXTENSIONS = ['postgres', 'ducklake', 'motherduck', 'httpfs', 'azure'];

function readExtensions(args: string[]): Command {
  const { values, positionals } = parsed('extensions', args, {
    folder: { type: 'string' },
    ...COMMON,
  });
  if (values.help === true) return { kind: 'help', topic: 'extensions' };
  if (values.version === true) return { kind: 'version' };
  const [verb, ...names] = positionals;
  const unknown = names.find((name) => !EXTENSIONS.includes(name));
  if (verb !== 'install' || names.length === 0 || unknown !== undefined)
    throw new ConfigError(
      `sluice extensions install takes names of ${EXTENSIONS.join(', ')}; found ${positionals.join(' ') || 'nothing'}.`,
    );
  return { kind: 'extensions', names, folder: filled('folder', values.folder) };
}

function readSandbox(args: string[]): Command {
  const { values, positionals } = parsed('sandbox', args, {
    port: { type: 'string' },
    'rate-scale': { type: 'string', default: '1' },
    ...COMMON,
  });
  if (values.help === true) return { kind: 'help', topic: 'sandbox' };
  if (values.version === true) return { kind: 'version' };
  if (positionals.length > 0)
    throw new ConfigError(`sluice sandbox takes no arguments; found ${positionals.join(', ')}.`);
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && !(Number.isInteger(port) && port >= 1 && port <= 65_533))
    throw new ConfigError(
      `--port takes a port from 1 to 65533 (three in a row are used); found ${String(values.port)}.`,
    );
  const rateScale = Number(values['rate-scale']);
  if (!(rateScale > 0 && Number.isFinite(rateScale)))
    throw new ConfigError(
      `--rate-scale takes a number above 0 that the rate limits are multiplied by; found ${String(values['rate-scale'])}.`,
    );
  return { kind: 'sandbox', port, rateScale };
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;
type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

function parsed(
  command: string,
  args: string[],
  options: Options,
): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    const [what] = (error as Error).message.split('. To specify');
    throw new ConfigError(`sluice ${command}: ${what}. Options: ${known.join(', ')}.`, {
      cause: error,
    });
  }
}

function filled(option: string, value: Values[string]): string | null {
  if (value === undefined) return null;
  if (value === '') throw new ConfigError(`--${option} is empty.`);
  return value as string;
}

function oneOf<Word extends string>(
  option: string,
  value: Values[string],
  words: readonly Word[],
): Word {
  const word = words.find((one) => one === value);
  if (word === undefined)
    throw new ConfigError(`--${option} takes ${words.join(' or ')}; found ${String(value)}.`);
  return word;
}

function names(list: string): string[] {
  const found = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (found.length === 0)
    throw new ConfigError('--resources takes names separated by commas; found none.');
  return found;
}

function assignment(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0)
    throw new ConfigError('--set takes name=value; one of the values has no name or no `=`.');
  return [text.slice(0, at), text.slice(at + 1)];
}
