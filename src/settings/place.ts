import { ConfigError } from '../errors.js';
import type { SettingsProvider } from './provider.js';

/** Sections and key, for example `['sources', 'shop', 'token']`. */
export type SettingPath = readonly string[];

/**
 * The kind of value that is looked up: a plain `setting`; a `credential` (a user's name, for
 * example), which may be in a file of its own and under `credentials` too; a `secret`, a credential
 * that must not be in config.toml.
 */
export type Sensitivity = 'setting' | 'credential' | 'secret';

/** A setting that was found: its value and a name for its place (never the value itself). */
export interface Setting {
  value: unknown;
  from: string;
}

/** One of the places that settings come from. */
export interface Place {
  /** Returns the value at this path. */
  find(path: SettingPath, sensitivity: Sensitivity): Setting | undefined;
  /**
   * Returns where it looks for these paths, as lines for messages: the name of a place and the keys
   * that are looked up there.
   */
  lines(
    paths: readonly SettingPath[],
    sensitivity: Sensitivity,
  ): { place: string; keys: readonly string[] }[];
}

/** Makes a place of a provider. ConfigError for one that returns a promise. */
export function providerPlace(provider: SettingsProvider): Place {
  return {
    find(path) {
      const value = provider.get(path);
      if (value instanceof Promise)
        throw new ConfigError(
          `Settings provider ${provider.name} returns a promise, but sources are made at once. Await the values first, then pass a provider that has them.`,
        );
      return { value, from: `${provider.name} ${path.join('.')}` };
    },
    lines: (paths) => [{ place: provider.name, keys: paths.map((path) => path.join('.')) }],
  };
}
