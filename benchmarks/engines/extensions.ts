import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const FOLDER = join(homedir(), '.duckdb/extensions/v1.5.5/linux_amd64');

/** The files of those of DuckDB's extensions that are not installed. */
export function missingExtensions(...names: readonly string[]): string[] {
  return names
    .map((name) => join(FOLDER, `${name}.duckdb_extension`))
    .filter((file) => !existsSync(file));
}
