import { requireKind } from '../../operators/settings/given-options.js';
import { ConfigError } from '../errors.js';
import { configured, type SettingsOptions } from './configure-settings.js';
import { lookUp, placesText } from './look-up.js';
import { parseSetting, SETTING_KINDS, type SettingKind } from './parse-setting.js';
import { providerPlace, type Sensitivity } from './place.js';
import { placesOf } from './places.js';

/** A look-up at exactly one dotted path. */
export interface DirectLookUp {
  /** As its kind wants it; undefined where it is nowhere. */
  value: unknown;
  /** Every place that was looked in, a line each. */
  places: () => string;
}

/**
 * Looks at exactly one path, in all places. ConfigError for a path with empty parts, or a value
 * that is not of the kind.
 */
export function direct(
  dotted: string,
  kind: SettingKind,
  sensitivity: Sensitivity,
  options?: SettingsOptions | null,
): DirectLookUp {
  const path = requireKind('The path of a setting', dotted, 'text').split('.');
  if (path.includes(''))
    throw new ConfigError(
      `\`${dotted}\` is no path of a setting. Give sections and key joined by dots, for example shop.token.`,
    );
  if (!Array.isArray(kind)) requireKind('The kind of a setting', kind, SETTING_KINDS);
  const where = configured(options);
  const places = placesOf(where);
  const all = where.overrides === undefined ? places : [providerPlace(where.overrides), ...places];
  const found = lookUp(all, [[path]], sensitivity);
  return {
    value: found && parseSetting(found.value, kind, `Setting \`${dotted}\`: ${found.from}`),
    places: () => placesText(places, [path], sensitivity),
  };
}
