import type { RestEndpoint } from '../config/rest-config.js';
import { placeholdersIn } from './placeholders.js';
import { FILLED } from './resource-tree.js';

/** Tells whether the requests of an endpoint differ from window to window. */
export function usesWindows(endpoint: RestEndpoint): boolean {
  const { startParam, endParam } = endpoint.windows ?? {};
  return (
    (startParam ?? endParam) !== undefined ||
    placeholdersIn(...FILLED.map((part) => endpoint[part])).some(({ from }) => from === 'window')
  );
}
