import { ConfigError } from '../errors.js';
import type { RestConfig } from '../rest/rest-config.js';
import { restSource } from '../rest/rest-source.js';
import type { Source } from '../source.js';

/** Words of dlt's RESTAPIConfig that are written otherwise in camelCase. */
const DLT_WORDS = new Set([
  'base_url', 'resource_defaults', 'data_selector', 'response_actions', 'include_from_parent', 'processing_steps',
  'max_table_nesting', 'table_name', 'write_disposition', 'primary_key', 'merge_key', 'schema_contract',
]);
/** Their keys are the API's or the table's, not ours. */
const NAMES_OF_OTHERS = new Set(['params', 'json', 'data', 'headers', 'columns']);

/** True for what `pipeline.run` takes. */
export function isSource(value: unknown): value is Source {
  return isObject(value) && typeof value['pages'] === 'function' && typeof value['withResources'] === 'function';
}

/** True for what looks like the description of a source, in either spelling. */
export function isConfig(value: unknown): value is Record<string, unknown> {
  return isObject(value) && isObject(value['client']) && Array.isArray(value['resources']);
}

/**
 * A source from a description of an API; `name` is its name unless it says its own.
 *
 * Errors: ConfigError for dlt's spelling, naming the keys; those of `restSource`.
 */
export function sourceFromConfig(config: Record<string, unknown>, name: string): Source {
  const dlt = dltKeys(config, '');
  if (dlt.length > 0) throw new ConfigError(`The config is in dlt's spelling (${dlt.slice(0, 5).join(', ')}${dlt.length > 5 ? ', …' : ''}); write it in camelCase: baseUrl, resourceDefaults, dataSelector and so on.`);
  const { baseUrl } = config['client'] as Record<string, unknown>;
  if (typeof baseUrl !== 'string') throw new ConfigError('The config needs client.baseUrl, the root of the API as text, for example https://api.example.com/v1.');
  if (config['name'] !== undefined && typeof config['name'] !== 'string') throw new ConfigError('The `name` of the config must be text.');
  return restSource({ name, ...config } as unknown as RestConfig);
}

/** Where words of dlt's spelling stand, for example `resources[0].endpoint.data_selector`. */
function dltKeys(value: unknown, at: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one, index) => dltKeys(one, `${at}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = at === '' ? key : `${at}.${key}`;
    return [...(DLT_WORDS.has(key) ? [path] : []), ...(NAMES_OF_OTHERS.has(key) ? [] : dltKeys(inner, path))];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
