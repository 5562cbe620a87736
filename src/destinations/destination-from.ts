import { existsSync } from 'node:fs';
import { didYouMean } from '../../operators/settings/nearest.js';
import { requireShape } from '../../operators/settings/require-shape.js';
import { name } from '../../operators/settings/shape.js';
import type { DuckdbDestination } from '../destination/duckdb/engine-destination.js';
import { ConfigError } from '../errors.js';
import type { SettingsOptions } from '../settings/configure-settings.js';
import type { DestinationKind } from './destination-kind.js';
import { duckdbKind } from './duckdb-kind.js';
import { ducklakeKind } from './ducklake-kind.js';
import { filesKind } from './files-kind.js';
import { motherduckKind } from './motherduck-kind.js';
import { postgresKind } from './postgres-kind.js';

/** The destinations that can be chosen by name. */
const KINDS: Readonly<Record<string, DestinationKind>> = {
  duckdb: duckdbKind,
  postgres: postgresKind,
  ducklake: ducklakeKind,
  motherduck: motherduckKind,
  files: filesKind,
};

/**
 * Makes a destination from a text, as `sluice run --destination` does: a name (`postgres`), an
 * address (`postgres://loader@db.example.com/shop`), or the path of a DuckDB file. A name's address
 * and credentials, and what an address lacks, are taken from settings by dlt's names:
 * `destination.postgres.credentials` as an address, or as a table with `host`, `port`, `database`,
 * `username` and `password`; `destination.ducklake.credentials` with `catalog` (an address, or such
 * a table) and `storage`; `destination.motherduck.credentials` with `database` and `password`, the
 * token; `destination.filesystem.bucket_url` for `files`, with `aws_access_key_id`,
 * `aws_secret_access_key`, `region_name` and `endpoint_url` among its `credentials`, or with
 * `client_email` and `private_key` of Google, or with `azure_storage_account_name` and
 * `azure_storage_account_key`.
 *
 * `duckdb` without settings is `<pipeline>.duckdb`, as in dlt, where `options` name the pipeline.
 *
 * Errors: ConfigError for a name or address that there is none of, one that lacks something (it
 * lists every place searched), and a secret in config.toml.
 *
 * @example pipeline({ name: 'shop', destination: destinationFrom('postgres') })
 */
export function destinationFrom(
  destination: string,
  options?: SettingsOptions | null,
): DuckdbDestination {
  const text = requireShape('destinationFrom()', destination, name);
  const named = text === 'filesystem' ? 'files' : text;
  const kind = Object.hasOwn(KINDS, named) ? KINDS[named] : undefined;
  return kind === undefined
    ? kindOf(text).make(text, options ?? {})
    : kind.make(null, options ?? {});
}

/** The kind of an address or a path. Errors: ConfigError, which shows nothing of an address. */
function kindOf(text: string): DestinationKind {
  // A single letter before a colon is a drive of Windows.
  const [, scheme] = /^([a-z][a-z0-9+.-]+):/i.exec(text) ?? [];
  if (scheme === undefined) {
    if (/[./\\]/.test(text) || text === ':memory:' || existsSync(text)) return duckdbKind;
    throw new ConfigError(
      `There is no destination \`${text}\`.${didYouMean(text, Object.keys(KINDS))} ${choices()}`,
    );
  }
  const kind = Object.values(KINDS).find(({ schemes }) => schemes.includes(scheme.toLowerCase()));
  if (kind !== undefined) return kind;
  throw new ConfigError(
    `There is no destination for an address that begins with ${scheme}:. ${choices()}`,
  );
}

function choices(): string {
  const examples = Object.values(KINDS).map(({ example }) => example);
  return `Destinations: ${Object.keys(KINDS).join(', ')}; or an address or a path: ${examples.join(', ')}.`;
}
