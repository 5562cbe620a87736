import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SettingsOptions } from './configure-settings.js';
import { environmentPlace } from './environment.js';
import { type Place, providerPlace } from './place.js';
import { tomlPlace } from './toml-files.js';

/** Returns the places in dlt's order: environment, secrets.toml, config.toml, vaults. */
export function placesOf({
  cwd,
  home = homedir(),
  env = process.env,
  mounted = '/run/secrets',
  providers = [],
}: SettingsOptions): Place[] {
  const project = resolve(cwd ?? (env['DLT_PROJECT_DIR'] || '.'));
  const folders = [
    ...new Set([
      join(project, '.sluice'),
      resolve(project, env['DLT_CONFIG_FOLDER'] || '.dlt'),
      join(home, '.sluice'),
      join(home, '.dlt'),
    ]),
  ];
  return [
    environmentPlace(env, mounted),
    tomlPlace('secrets.toml', folders),
    tomlPlace('config.toml', folders),
    ...providers.map(providerPlace),
  ];
}
