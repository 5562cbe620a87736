import { givenOptions } from '../../operators/settings/given-options.js';
import {
  either,
  fn,
  list,
  name,
  object,
  record,
  type Shape,
  text,
} from '../../operators/settings/shape.js';
import type { SettingsProvider } from './provider.js';

/**
 * Where settings come from. Options that are left out are taken from `configureSettings`, then from
 * the defaults here.
 */
export interface SettingsOptions {
  /** Folder that holds `.dlt` and `.sluice`. @default DLT_PROJECT_DIR, else process.cwd() */
  cwd?: string;
  /** Home folder, whose `.dlt` and `.sluice` come after the project's. @default os.homedir() */
  home?: string;
  /** @default process.env */
  env?: Readonly<Record<string, string | undefined>>;
  /** Folder of the secrets that a container mounts as files. @default /run/secrets */
  mounted?: string;
  /**
   * Name of the pipeline that will load the source: settings with it in front
   * (`[shop_pipeline.sources.shop]`) win over those without. @default none
   */
  pipeline?: string | ((source: string) => string);
  /** Vaults: read after the files, in this order. @default none */
  providers?: readonly SettingsProvider[];
  /** Read before everything else. @default none */
  overrides?: SettingsProvider;
}

let common: SettingsOptions = {};

/**
 * Sets where settings come from for the whole process; options that are not given stay as they
 * were. Sources look up their settings when they are made, so call this first. Returns a function
 * that undoes it.
 *
 * @example
 * const secrets = await vault.readAll(); // a vault takes time: fetch first
 * configureSettings({ providers: [{ name: 'vault', get: (path) => secrets[path.join('/')] }] });
 */
export function configureSettings(options: SettingsOptions): () => void {
  const before = common;
  common = { ...common, ...givenOptions('configureSettings()', options, SHAPE) };
  return () => void (common = before);
}

/** Returns options together with those of `configureSettings`. */
export function configured(options?: SettingsOptions | null): SettingsOptions {
  return { ...common, ...givenOptions('The settings options', options, SHAPE) };
}

const SHAPE = record<SettingsOptions>('SettingsOptions', {
  cwd: name,
  home: name,
  env: object,
  mounted: name,
  pipeline: either(text, fn),
  providers: list(object) as Shape as Shape<NonNullable<SettingsOptions['providers']>>,
  overrides: object,
});
