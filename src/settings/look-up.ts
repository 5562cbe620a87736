import { ConfigError } from '../errors.js';
import type { Place, Sensitivity, Setting, SettingPath } from './place.js';

/** The text that dlt writes into new files in place of a value. */
const PLACEHOLDER = '<configure me>';

/**
 * Finds the first value that is there: in each pass, each place is tried with all paths before the
 * next place. Undefined, null and empty text count as not set. ConfigError for a placeholder that
 * was never filled.
 */
export function lookUp(
  places: readonly Place[],
  passes: readonly (readonly SettingPath[])[],
  sensitivity: Sensitivity,
): Setting | undefined {
  for (const paths of passes) {
    for (const place of places) {
      for (const path of paths) {
        const found = place.find(path, sensitivity);
        if (
          found === undefined ||
          found.value === undefined ||
          found.value === null ||
          found.value === ''
        )
          continue;
        if (found.value === PLACEHOLDER)
          throw new ConfigError(
            `${found.from} is still the placeholder ${PLACEHOLDER}. Replace it with the value, or remove it.`,
          );
        return found;
      }
    }
  }
  return undefined;
}

/**
 * Returns every place that `lookUp` tried, one line each. A place with the same keys as the one
 * before says `the same`.
 */
export function placesText(
  places: readonly Place[],
  paths: readonly SettingPath[],
  sensitivity: Sensitivity,
): string {
  let before = '';
  return places
    .flatMap((place) => place.lines(paths, sensitivity))
    .map(({ place, keys }) => {
      const text = keys.join(', ');
      const shown = text === before ? 'the same' : text;
      before = text;
      return `  - ${place}${keys.length === 0 ? '' : `: ${shown}`}`;
    })
    .join('\n');
}
