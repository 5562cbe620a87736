import type { Json } from '../../operators/types.js';

/**
 * Returns true or false in any spelling that dlt accepts (`yes`, `N`, `1` …); null for anything
 * else.
 */
export function flagOf(value: Json | undefined): boolean | null {
  const text = typeof value === 'object' || value === undefined ? '' : String(value);
  if (/^(true|yes|y|t|1)$/i.test(text)) return true;
  return /^(false|no|n|f|0)$/i.test(text) ? false : null;
}
