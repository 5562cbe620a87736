import { requireShape } from '../../operators/settings/require-shape.js';
import { name, words } from '../../operators/settings/shape.js';
import { ConfigError } from '../errors.js';
import { configured, type SettingsOptions } from './configure-settings.js';
import { lookUp, placesText } from './look-up.js';
import { parseSetting, SETTING_KINDS, type SettingKind } from './parse-setting.js';
import { providerPlace, type Sensitivity } from './place.js';
import { placesOf } from './places.js';

/** The result of looking up one dotted path. */
export interface SettingAt {
  /** The value as its kind; undefined where no place has it. */
  value: unknown;
  /** Every place that was searched, a line each. */
  places: () => string;
}

/**
 * Looks up exactly one path in all places. ConfigError for a path with empty parts, or a value
 * that is not of the kind.
 */
export function settingAt(
  dotted: string,
  kind: SettingKind,
  sensitivity: Sensitivity,
  options?: SettingsOptions | null,
): SettingAt {
  const path = requireShape('The path of a setting', dotted, name).split('.');
  if (path.includes(''))
    throw new ConfigError(
      `\`${dotted}\` is not the path of a setting. Give sections and key joined by dots, for example shop.token.`,
    );
  if (!Array.isArray(kind)) requireShape('The kind of a setting', kind, words(...SETTING_KINDS));
  const where = configured(options);
  const places = placesOf(where);
  const all = where.overrides === undefined ? places : [providerPlace(where.overrides), ...places];
  const found = lookUp(all, [[path]], sensitivity);
  return {
    value: found && parseSetting(found.value, kind, `Setting \`${dotted}\`: ${found.from}`),
    places: () => placesText(places, [path], sensitivity),
  };
}
