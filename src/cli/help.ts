import { settingName } from '../settings/setting-name.js';
import type { CommandName } from './arguments.js';
import { catalogue } from './catalogue.js';

const OVERVIEW = `sluice — REST APIs into DuckDB, as RxJS streams

Usage
  sluice run <source> [options]      load a source into a DuckDB file, or another destination
  sluice run <file> [options]        the same for a source of your own (.ts, .mts, .js, .mjs, .json)
  sluice types <db> [options]        write TypeScript types of the rows in a database
  sluice schema <db> [options]       print dlt's schema of a dataset: YAML, JSON or a diagram
  sluice extensions install <name …> install extensions of DuckDB that destinations need
  sluice sandbox [options]           serve stand-ins of the three services on this machine
  sluice --help | --version

Sources: coassemble, assembled, coalesce. More: sluice run --help`;

const RUN = `Usage: sluice run coassemble|assembled|coalesce|<file> [options]

A .ts, .mts, .js or .mjs file exports a source, a config, or a function that gives one (the default export, or the only
one); a .json file is a config: { "client": { "baseUrl": … }, "resources": […] }, or dlt's own (base_url). sluice need not
be installed beside it. A second run adds to or replaces what is there, as each resource's writeDisposition says.

  --db <path>           database file, made where missing  [<pipeline>.duckdb]
  --destination <what>  duckdb, postgres, ducklake, motherduck or files, an address (postgres://user@host/database,
                        ducklake:<path of its catalog>, md:<database>, file:///folder) or a path
  --pipeline <name>     name of the pipeline               [<source>_pipeline]
  --dataset <name>      schema that holds the tables       [<pipeline>_dataset]
  --resources <a,b>     load only these; some (README) are loaded only so [all others]
  --set <name=value>    an option of the source, or a setting of the file's; repeat for more
  --schema <file>       schema document of dlt (YAML, JSON): types, keys and dispositions of tables
  --incomplete <word>   what missing rows mean: warn (a line in the summary) or fail [warn]
  --memory <size>       memory that the process is to take, about: 256MB, 1GiB    [no bound]
  --restart             begin a load anew that was stopped, and do not resume it
  --json                the load info as one JSON document on stdout, everything else on stderr
  --quiet               no progress, no summary
  --help, --version

Examples
  SOURCES__COALESCE__ACCESS_TOKEN=… sluice run coalesce
  sluice run assembled --resources people,teams --db team.duckdb
  sluice run assembled --destination postgres://loader@db.example.com/team
  sluice run assembled --set start_time=2026-01-01 --set end_time=2026-01-08
  sluice run shop.ts --set token=…

Settings come from --set, then the environment (SOURCES__<SOURCE>__<NAME>) and a .env file here, then secrets.toml, then
config.toml (in .sluice and .dlt, here and in your home folder); containers' secrets in /run/secrets. Those of a
destination have dlt's names: DESTINATION__POSTGRES__CREDENTIALS, or …__CREDENTIALS__PASSWORD beside an address.
Exit codes: 0 done, 1 the run failed, 2 wrong usage or settings, 130 and 143 stopped.`;

const TYPES = `Usage: sluice types <db> [options]

<db> is the path of a DuckDB file, or a destination as \`sluice run --destination\` takes it.

Writes a .d.ts file with an interface for the rows of each table, and \`Tables\` with all of them, for
\`dataset<Tables>()\`. Comments give dlt's types, and the load in which a column was first seen, where that is known.

  --dataset <name>      schema that holds the tables       [the only dataset of the database]
  --destination <what>  in place of <db>
  --out <file>          where to write; - for stdout       [<dataset>.d.ts]
  --check               write nothing: show how the file differs from the tables, and exit with 1 if it does
  --help, --version

Exit codes: 0 done, 1 the file differs or the database cannot be read, 2 wrong usage.`;

const SCHEMA = `Usage: sluice schema <db> [options]

<db> is the path of a DuckDB file, or a destination as \`sluice run --destination\` takes it.

Prints the latest schema document that is stored with a dataset (_dlt_version), or, where none is, what the tables
themselves say.

  --dataset <name>      schema that holds the tables       [the only dataset of the database]
  --destination <what>  in place of <db>
  --schema <name>       schema document, of several        [the only one]
  --format <word>       yaml, json (dlt's documents) or mermaid (an entity relationship diagram) [yaml]
  --help, --version

Exit codes: 0 done, 1 the database cannot be read, 2 wrong usage.`;

const EXTENSIONS = `Usage: sluice extensions install postgres|ducklake|motherduck|httpfs|azure … [options]

Has DuckDB download extensions that destinations need, once, in the version that sluice uses.

  --folder <path>       where they are kept, for images that start without a network: the \`extensions\` of the
                        destination                        [DuckDB's own folder]
  --help, --version`;

const SANDBOX = `Usage: sluice sandbox [options]

  --port <n>            first of three ports               [any free ones]
  --rate-scale <x>      multiplies the services' rate limits [1]
  --help, --version

Serves until it is stopped (Ctrl-C); prints the URLs and the settings that \`sluice run\` needs to use it.`;

/** Returns the help text of a command, or of all for null. */
export function help(topic: CommandName | null): string {
  if (topic === null) return OVERVIEW;
  if (topic !== 'run')
    return { types: TYPES, schema: SCHEMA, extensions: EXTENSIONS, sandbox: SANDBOX }[topic];
  const options = Object.values(catalogue).map(({ sourceName, options }) =>
    [
      `Options of ${sourceName}`,
      ...options.map(
        ({ name, required, description }) =>
          `  ${settingName(name).padEnd(20)}  ${description}${required === true ? ' (required)' : ''}`,
      ),
    ].join('\n'),
  );
  return [RUN, ...options].join('\n\n');
}
