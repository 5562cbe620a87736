import type { SettingPath, Sensitivity } from './place.js';

/** The source whose settings are looked up. */
export interface SettingsOwner {
  /** dlt's name of the source. */
  name: string;
  /** Section of the source's kind: `rest_api`, or the name again for a ready source. */
  section: string;
  /** Name of the pipeline that loads the source, where it is known. */
  pipeline?: string | undefined;
}

/**
 * Returns where the key `key` of a source may stand: first all paths with the pipeline's name in
 * front, then all without it, each from the most specific to the least (dlt's order:
 * `sources.S.N.k`, `sources.S.k`, `sources.N.k`, `sources.k`, `k`). Ours in addition is
 * `sources.<N>_source.k`, since dlt's examples name sources so. Credentials may stand under
 * `credentials`, those of `rest_api` under `client.auth` too, at every level.
 */
export function settingPaths(
  { name, section, pipeline }: SettingsOwner,
  key: string,
  sensitivity: Sensitivity,
): SettingPath[][] {
  const levels: SettingPath[] = [
    ['sources', section, name],
    ['sources', section],
    ...(section === name ? [] : [['sources', name]]),
    ['sources', `${name}_source`],
    ['sources'],
    [],
  ];
  const within = [...innerSections(section, sensitivity), []];
  const paths = levels.flatMap((level) => within.map((inner) => [...level, ...inner, key]));
  return pipeline === undefined ? [paths] : [paths.map((path) => [pipeline, ...path]), paths];
}

/** Returns the sections that may be between a level and the key. */
export function innerSections(section: string, sensitivity: Sensitivity): SettingPath[] {
  if (sensitivity === 'setting') return [];
  return section === 'rest_api' ? [['client', 'auth'], ['credentials']] : [['credentials']];
}
