import type { Shape } from '../../../operators/settings/shape.js';
import { settingName } from '../../settings/setting-name.js';
import { restShape } from '../config/rest-shape.js';

/**
 * A path or message of ours in dlt's spelling: `data_selector` for `dataSelector`. Only words that
 * are keys of our configs, so that names stay as they are.
 */
export function inSnakeCase(text: string): string {
  return text.replaceAll(/\b[a-z]+[A-Z]\w*/g, (word) =>
    OURS.has(word) ? settingName(word) : word,
  );
}

const OURS: ReadonlySet<string> = new Set(keysOf(restShape));

function keysOf(shape: Shape): string[] {
  if (shape.kind === 'record')
    return Object.entries(shape.fields).flatMap(([key, field]) => [key, ...keysOf(field)]);
  if (shape.kind === 'tagged') return Object.values(shape.types).flatMap(keysOf);
  if (shape.kind === 'either') return shape.of.flatMap(keysOf);
  return shape.kind === 'list' || shape.kind === 'map' ? keysOf(shape.of) : [];
}
